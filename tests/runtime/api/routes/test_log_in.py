"""``POST /login``: an ID token for a token of ours, over a real socket, with a real issuer beside it."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from sym.audit.events import Actor
from sym.oidc.issuers import Issuers
from sym.oidc.login import Oidc, nonce_of
from sym.oidc.settings import OidcSettings
from sym.oidc.web import fetch
from sym.store.audit import entries
from sym.store.domains import add_domain
from sym.store.identities import identities_of
from sym.store.tokens import list_tokens
from sym.store.users import User, create_user, deactivate, find_user, set_role
from tests.fakes.oidc.issuer import CLIENT, FakeIssuer, serving_issuer
from tests.runtime.api.conftest import World, assert_error

SECRET = "s" * 43
ROLES = {"platform": "admin", "everyone": "member", "outside": "guest"}


@pytest.fixture
def issuer(world: World) -> Iterator[FakeIssuer]:
    """The issuer that the people of acme.example log in at."""
    with world.store.transaction() as conn:
        add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=world.now)
    with serving_issuer(lambda: world.now) as serving:
        world.oidc.settings = OidcSettings(issuer=serving.url, client_id=CLIENT)
        yield serving


@pytest.fixture
def login(issuer: FakeIssuer, api: World) -> World:
    """The API, with a login."""
    return api


def with_roles(world: World, **options: Any) -> None:
    assert world.oidc.settings is not None
    world.oidc.settings = OidcSettings(issuer=world.oidc.settings.issuer, client_id=CLIENT, roles=ROLES, **options)


def bring(world: World, token: str, secret: str | None = None) -> requests.Response:
    body = {"id_token": token} if secret is None else {"id_token": token, "nonce_secret": secret}
    return world.call("POST", "/api/v1/login", json=body)


def enter(world: World, issuer: FakeIssuer, **claims: Any) -> requests.Response:
    """Log in as the issuer's person, with ``claims`` in place of theirs."""
    return bring(world, issuer.token(**{**issuer.person, "nonce": nonce_of(SECRET), **claims}), SECRET)


def account(world: World, email: str) -> User:
    with world.store.reading() as conn:
        user = find_user(conn, email=email)
    assert user is not None
    return user


def log(world: World, name: str) -> list[dict[str, Any]]:
    with world.store.reading() as conn:
        return entries(conn, name=name)


def test_a_login_gives_a_token_of_twelve_hours(login: World, issuer: FakeIssuer) -> None:
    response = enter(login, issuer)
    assert response.status_code == 200, response.text
    body = response.json()
    assert (body["org"], body["email"], body["role"]) == ("acme", "ann@acme.example", "member")
    assert login.call("GET", "/api/v1/version", token=body["access_token"]).json()["org"] == "acme"
    with login.store.reading() as conn:
        (row,) = list_tokens(conn, user_id=login.users["ann"].id)
    assert (row.jti, row.label, row.issuer_id) == (body["token_id"], "login", login.users["ann"].id)
    assert row.expires_at - row.issued_at == timedelta(hours=12)
    assert row.binding == {"iss": issuer.url, "sub": "u-ann"}
    assert body["access_token"] not in str(log(login, "token.issued"))
    login.now += timedelta(hours=12)
    assert login.call("GET", "/api/v1/version", token=body["access_token"]).status_code == 401


def test_an_id_token_is_worth_one_login(login: World, issuer: FakeIssuer) -> None:
    token = issuer.token(**issuer.person, nonce=nonce_of(SECRET))
    assert bring(login, token, SECRET).status_code == 200
    assert_error(bring(login, token, SECRET), 401, "Auth:INVALID_TOKEN")
    login.now += timedelta(seconds=issuer.lifetime + 59)
    assert_error(bring(login, token, SECRET), 401, "Auth:INVALID_TOKEN")
    assert len(log(login, "token.issued")) == 1


def test_one_id_token_at_once_is_worth_one_login_too(login: World, issuer: FakeIssuer) -> None:
    token, found = issuer.token(**issuer.person, nonce=nonce_of(SECRET)), []
    threads = [threading.Thread(target=lambda: found.append(bring(login, token, SECRET).status_code)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 401, 401, 401, 401]


def test_who_found_an_id_token_lacks_the_secret_behind_its_nonce(login: World, issuer: FakeIssuer) -> None:
    token = issuer.token(**issuer.person, nonce=nonce_of(SECRET))
    for secret in (None, nonce_of(SECRET), "x" * 43):
        assert_error(bring(login, token, secret), 401, "Auth:INVALID_TOKEN")
    assert bring(login, token, SECRET).status_code == 200
    assert bring(login, issuer.token(**issuer.person)).status_code == 200  # of a device: there is none
    assert_error(bring(login, issuer.token(**issuer.person), SECRET), 401, "Auth:INVALID_TOKEN")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [({"aud": "other"}, "audience"), ({"iss": "https://id.example.com"}, "issuer"), ({"exp": 1}, "expired"),
     ({"azp": "other"}, "client"), ({"nonce": "\ud800"}, "nonce"), ({"nonce": 7}, "nonce"),
     ({"aud": [CLIENT, "other"]}, "client")],
)  # fmt: skip
def test_a_stranger_learns_nothing_and_the_log_everything(
    login: World, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture, claims: dict[str, Any], reason: str
) -> None:
    with caplog.at_level(logging.INFO):
        message = assert_error(enter(login, issuer, **claims), 401, "Auth:INVALID_TOKEN")
    assert message == "The token is not accepted here. Why is in the server's log and audit log."
    assert reason in caplog.text
    assert log(login, "action.refused") == []


def test_only_the_issuer_that_is_configured_is_ever_asked(login: World, issuer: FakeIssuer) -> None:
    with serving_issuer(lambda: login.now) as other:
        assert_error(bring(login, other.token(**issuer.person)), 401, "Auth:INVALID_TOKEN")
        assert other.seen == []


def test_without_an_issuer_nobody_logs_in(api: World) -> None:
    assert_error(bring(api, "a.b.c"), 404, "LoginAPI:NOT_CONFIGURED")


def test_an_issuer_that_is_down_is_said_to_be(login: World, issuer: FakeIssuer) -> None:
    issuer.instead["/keys"] = (500, {}, b"")
    message = assert_error(enter(login, issuer), 503, "API:UNAVAILABLE")
    assert "issuer" in message or issuer.url in message
    assert log(login, "token.issued") == []


def test_a_new_colleague_has_an_account_from_now_on(login: World, issuer: FakeIssuer) -> None:
    response = enter(login, issuer, sub="u-zoe", email="Zoe@Acme.Example", given_name="Zoe", family_name="Z\nZ")
    assert response.json()["role"] == "member"
    zoe = account(login, "zoe@acme.example")
    assert (zoe.username, zoe.first_name, zoe.last_name, zoe.type) == ("zoe@acme.example", "Zoe", "ZZ", "normal")
    with login.store.reading() as conn:
        (mine,) = identities_of(conn, zoe.id)
    assert (mine.service, mine.service_id, mine.external_user_id) == ("oidc", issuer.url, "u-zoe")


def test_two_first_logins_at_once_make_one_account(login: World, issuer: FakeIssuer) -> None:
    found: list[int] = []
    tell = lambda: found.append(enter(login, issuer, sub="u-zoe", email="zoe@acme.example").status_code)  # noqa: E731
    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 4
    assert len(log(login, "user.created")) == len(login.users) - 2 + 1


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"email": None}, "NO_EMAIL"), ({"email": "ann"}, "NO_EMAIL"), ({"email": ["ann@acme.example"]}, "NO_EMAIL"),
        ({"email": "ann@acme.example "}, "NO_EMAIL"), ({"email": "a@evil.example@acme.example"}, "NO_EMAIL"),
        ({"email_verified": None}, "EMAIL_NOT_VERIFIED"),
        # The Kelvin sign becomes a k in small letters.
        ({"email": "\u212aim@acme.example"}, "NO_EMAIL"), ({"email": "ann@acme.example\n"}, "NO_EMAIL"),
        ({"email_verified": False}, "EMAIL_NOT_VERIFIED"), ({"email_verified": "false"}, "EMAIL_NOT_VERIFIED"),
        ({"email_verified": "yes"}, "EMAIL_NOT_VERIFIED"), ({"sub": None}, "NO_SUBJECT"), ({"sub": ""}, "NO_SUBJECT"),
        ({"sub": "a\x00b"}, "NO_SUBJECT"), ({"sub": "\ud800"}, "NO_SUBJECT"),
        ({"email": "eve@elsewhere.example", "sub": "u-eve"}, "UNKNOWN_DOMAIN"),
        ({"email": "eve@sub.acme.example", "sub": "u-eve"}, "UNKNOWN_DOMAIN"),
        ({"email": "eve@evil-acme.example", "sub": "u-eve"}, "UNKNOWN_DOMAIN"),
    ],
)  # fmt: skip
def test_who_cannot_come_in_is_told_why_and_it_is_recorded(
    login: World, issuer: FakeIssuer, claims: dict[str, Any], code: str
) -> None:
    token = issuer.token(**{**issuer.person, "nonce": nonce_of(SECRET), **claims})
    assert_error(bring(login, token, SECRET), 403, f"LoginAPI:{code}")
    assert bring(login, token, SECRET).status_code in (401, 403)
    (entry,) = log(login, "action.refused")
    assert (entry["fields"]["action"], entry["fields"]["code"]) == ("login", f"LoginAPI:{code}")
    assert log(login, "token.issued") == []


def test_an_address_of_ones_own_issuer_may_count_without_its_word_but_not_against_it(
    login: World, issuer: FakeIssuer
) -> None:
    assert login.oidc.settings is not None
    login.oidc.settings = OidcSettings(issuer=issuer.url, client_id=CLIENT, takes_all_emails=True)
    assert enter(login, issuer, email_verified=None).status_code == 200
    assert_error(enter(login, issuer, email_verified=False), 403, "LoginAPI:EMAIL_NOT_VERIFIED")


def test_an_account_that_was_closed_stays_closed(login: World, issuer: FakeIssuer) -> None:
    with login.store.transaction() as conn:
        deactivate(conn, login.users["ann"].id, actor=Actor.SYSTEM, now=login.now)
    assert_error(enter(login, issuer), 403, "LoginAPI:DEACTIVATED")
    (entry,) = log(login, "action.refused")
    assert login.users["ann"].id in entry["actor"]["user"]
    with_roles(login)
    assert_error(enter(login, issuer, groups=["platform"]), 403, "LoginAPI:DEACTIVATED")


def test_a_bot_has_no_login(login: World, issuer: FakeIssuer) -> None:
    with login.store.transaction() as conn:
        create_user(conn, username="robot", email="robot@acme.example", type="bot", role="requester",
                    actor=Actor.SYSTEM, now=login.now)  # fmt: skip
    assert_error(enter(login, issuer, sub="u-robot", email="robot@acme.example"), 403, "LoginAPI:BOT")


def test_whoever_is_given_somebodys_address_later_is_not_them(login: World, issuer: FakeIssuer) -> None:
    assert enter(login, issuer).status_code == 200
    assert_error(enter(login, issuer, sub="u-another-ann"), 403, "LoginAPI:ANOTHER_SUBJECT")
    assert enter(login, issuer).status_code == 200


def test_somebody_with_a_new_address_is_still_the_same(login: World, issuer: FakeIssuer) -> None:
    assert enter(login, issuer).status_code == 200
    assert enter(login, issuer, email="ann.new@acme.example").json()["email"] == "ann@acme.example"
    assert_error(enter(login, issuer, email="bob@acme.example"), 403, "LoginAPI:AMBIGUOUS")


def test_without_roles_of_groups_the_issuer_has_no_say(login: World, issuer: FakeIssuer) -> None:
    assert enter(login, issuer, groups=["platform", "admin"]).json()["role"] == "member"
    assert enter(login, issuer, sub="u-root", email="root@acme.example").json()["role"] == "admin"
    assert log(login, "user.role_changed") == []


@pytest.mark.parametrize(
    ("groups", "role"),
    [(["platform"], "admin"), (["everyone", "platform"], "admin"), (["outside", "everyone"], "member"),
     (["outside"], "guest"), (["other"], "member"), ([], "member"), (None, "member"), ("platform", "admin"),
     ([["platform"]], "member"), ({"platform": True}, "member"), (["Platform"], "member")],
)  # fmt: skip
def test_groups_give_roles_and_the_most_powerful_counts(
    login: World, issuer: FakeIssuer, groups: Any, role: str
) -> None:
    with_roles(login)
    assert enter(login, issuer, groups=groups).json()["role"] == role
    assert len(log(login, "user.role_changed")) == (role != "member")


def test_who_has_left_the_group_is_no_admin_any_more(login: World, issuer: FakeIssuer) -> None:
    with_roles(login)
    assert enter(login, issuer, groups=["platform"]).json()["role"] == "admin"
    assert enter(login, issuer, groups=[]).json()["role"] == "member"
    assert [entry["fields"]["user"]["role"] for entry in log(login, "user.role_changed")] == ["admin", "member"]


def test_the_last_admin_stays_one(login: World, issuer: FakeIssuer) -> None:
    with_roles(login)
    root = {"sub": "u-root", "email": "root@acme.example"}
    assert enter(login, issuer, **root, groups=["outside"]).json()["role"] == "admin"
    with login.store.transaction() as conn:
        set_role(conn, login.users["bob"].id, "admin", actor=Actor.SYSTEM, now=login.now)
    assert enter(login, issuer, **root, groups=["outside"]).json()["role"] == "guest"


def test_a_guest_by_hand_is_not_made_a_member_by_having_no_group(login: World, issuer: FakeIssuer) -> None:
    with_roles(login)
    assert enter(login, issuer, sub="u-eve", email="eve@acme.example", groups=[]).json()["role"] == "guest"


def test_a_group_with_a_role_lets_somebody_of_another_domain_in(login: World, issuer: FakeIssuer) -> None:
    with_roles(login, groups_claim="https://acme.example/groups")
    eve = {"sub": "u-ext", "email": "eve@partner.example"}
    assert_error(enter(login, issuer, **eve, groups=["outside"]), 403, "LoginAPI:UNKNOWN_DOMAIN")
    assert enter(login, issuer, **eve, **{"https://acme.example/groups": ["outside"]}).json()["role"] == "guest"


@pytest.mark.parametrize(
    "body",
    [{}, {"id_token": ""}, {"id_token": 7}, {"id_token": "a.b.c", "user": "x"}, [], {"id_token": "x" * 16_385},
     {"id_token": "a.b.c", "nonce_secret": "short"}],
)  # fmt: skip
def test_another_body_is_refused(login: World, body: Any) -> None:
    response = login.call("POST", "/api/v1/login", json=body)
    assert (response.status_code, response.json()["code"]) == (400, "API:INVALID_REQUEST")


def test_a_long_body_is_not_read(login: World) -> None:
    response = login.call("POST", "/api/v1/login", data=b"x" * 40_000, headers={"Content-Type": "application/json"})
    assert_error(response, 413, "API:BODY_TOO_LARGE")


def test_a_form_of_another_page_is_no_login(login: World) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x"):
        response = login.call("POST", "/api/v1/login", data=b"id_token=a", headers={"Content-Type": kind})
        assert_error(response, 415, "API:UNSUPPORTED_MEDIA_TYPE")


def test_a_slow_issuer_is_not_waited_for(world: World, issuer: FakeIssuer, api: World) -> None:
    issuer.holds = threading.Event()
    world.oidc.issuers = Issuers(functools.partial(fetch, seconds=0.2))
    assert_error(enter(api, issuer), 503, "API:UNAVAILABLE")


def test_the_default_is_no_login() -> None:
    assert Oidc().settings is None
