"""``POST /tokens/exchange``: CI jobs' tokens, as GitHub, GitLab and CircleCI write them, for a bot's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from sym.audit.events import Actor
from sym.oidc.conditions import matched
from sym.oidc.trusting import label_of
from sym.store.audit import entries
from sym.store.tokens import list_tokens
from sym.store.users import deactivate
from tests.fakes.oidc.issuer import FakeIssuer, serving_issuer
from tests.runtime.api.conftest import World, assert_error

AUDIENCE = "https://sym.acme.example"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
MAIN = {"repository": "acme/app", "ref": "refs/heads/main"}
GITHUB = {
    "sub": "repo:acme/app:ref:refs/heads/main", "repository": "acme/app", "repository_id": "74",
    "repository_owner": "acme", "repository_owner_id": "65", "ref": "refs/heads/main", "ref_type": "branch",
    "ref_protected": "true", "sha": "f00", "workflow": "deploy", "event_name": "push", "actor": "ann",
    "job_workflow_ref": "acme/app/.github/workflows/deploy.yml@refs/heads/main", "run_id": "1", "environment": "prod",
}  # fmt: skip
GITLAB = {
    "sub": "project_path:acme/app:ref_type:branch:ref:main", "project_id": "22", "project_path": "acme/app",
    "namespace_id": "72", "namespace_path": "acme", "user_login": "ann", "user_email": "ann@acme.example",
    "pipeline_source": "push", "ref": "main", "ref_type": "branch", "ref_protected": "true",
}  # fmt: skip
CIRCLE = {
    "sub": "org/7d8b/project/c7f1/user/aa", "oidc.circleci.com/project-id": "c7f1",
    "oidc.circleci.com/context-ids": ["ctx-1", "ctx-2"], "oidc.circleci.com/vcs-origin": "github.com/acme/app",
    "oidc.circleci.com/vcs-ref": "refs/heads/main", "oidc.circleci.com/ssh-rerun": False,
}  # fmt: skip


@pytest.fixture
def ci(api: World) -> Iterator[FakeIssuer]:
    """The issuer of a CI."""
    with serving_issuer(lambda: api.now) as serving:
        yield serving


def trust(world: World, ci: FakeIssuer, claims: dict[str, str], *, bot: str = "ci", audience: str = AUDIENCE) -> str:
    body = {"bot": bot, "issuer": ci.url, "audience": audience, "claims": claims}
    response = world.post("/trust", body, name="root")
    assert response.status_code == 200, response.text
    made: str = response.json()["id"]
    return made


def job(ci: FakeIssuer, claims: dict[str, Any] | None = None, **changes: Any) -> str:
    return ci.token(**{**(claims or GITHUB), "aud": AUDIENCE, **changes})


def bring(world: World, token: str, **more: str) -> requests.Response:
    return world.call("POST", "/api/v1/tokens/exchange", json={"subject_token": token, **more})


def refused(response: requests.Response) -> None:
    message = assert_error(response, 401, "Auth:INVALID_TOKEN")
    assert message == "The token is not accepted here. Why is in the server's log and audit log."


def reasons(world: World) -> list[str]:
    with world.store.reading() as conn:
        return [entry["fields"]["details"]["reason"] for entry in entries(conn, name="action.refused")]


@pytest.mark.parametrize(
    ("claims", "conditions", "label"),
    [
        (GITHUB, MAIN, "oidc:acme/app@refs/heads/main"),
        (GITHUB, {"sub": "repo:acme/app:*"}, "oidc:acme/app@refs/heads/main"),
        (GITLAB, {"project_path": "acme/app", "ref": "main", "ref_type": "branch"}, "oidc:acme/app@main"),
        (CIRCLE, {"oidc.circleci.com/project-id": "c7f1", "oidc.circleci.com/context-ids": "ctx-2",
                  "oidc.circleci.com/ssh-rerun": "false"}, "oidc:c7f1@refs/heads/main"),
    ],
)  # fmt: skip
def test_a_job_acts_as_the_bot_for_fifteen_minutes(
    api: World, ci: FakeIssuer, claims: dict[str, Any], conditions: dict[str, str], label: str
) -> None:
    trust_id = trust(api, ci, conditions)
    response = bring(api, job(ci, claims))
    assert response.status_code == 200, response.text
    body = response.json()
    assert {key: body[key] for key in set(body) - {"access_token"}} == {
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "token_type": "Bearer",
        "expires_in": 900, "bot": "ci", "org": "acme",
    }  # fmt: skip
    with api.store.reading() as conn:
        (row,) = list_tokens(conn, user_id=api.users["ci"].id)
        issued = entries(conn, name="token.issued")[-1]
    assert (row.label, row.issued_by, row.issuer_id) == (label, ci.url, api.users["root"].id)
    assert row.expires_at - row.issued_at == timedelta(minutes=15)
    assert row.binding == {"iss": ci.url, "aud": AUDIENCE, "trust": trust_id, "claims": matched(conditions, claims)}
    assert issued["fields"]["token"]["label"] == label
    request = {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {"reason": "x"}}
    token = body["access_token"]
    assert api.call("POST", "/api/v1/events/request", token=token, json=request).status_code == 200
    assert api.inbound.submissions[-1].requester.username == "ci"
    api.now += timedelta(minutes=15)
    assert_error(api.call("GET", "/api/v1/version", token=token), 401, "Auth:EXPIRED_TOKEN")


def test_the_form_of_the_standard_is_taken(api: World, ci: FakeIssuer) -> None:
    trust(api, ci, MAIN)
    form = {"grant_type": GRANT, "subject_token": job(ci), "subject_token_type": JWT, "audience": AUDIENCE}
    response = api.call("POST", "/api/v1/tokens/exchange", data=form)
    assert response.status_code == 200, response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"}, {"aud": None}, {"aud": [f"{AUDIENCE}/"]}, {"exp": 1}, {"exp": None},
        {"iss": "https://token.actions.githubusercontent.com"}, {"iss": None}, {"iss": 7},
        {"iss": "http://169.254.169.254"}, {"repository": "acme/app2"}, {"repository": "evil/app"},
        {"repository": "acme/app\n"}, {"repository": ["acme/other"]}, {"repository": None},
        {"repository": "ACME/app"}, {"ref": "refs/heads/main-evil"}, {"ref": "refs/heads/evil/refs/heads/main"},
        {"ref": "refs/pull/1/merge"}, {"ref": "refs/tags/main"}, {"ref": "refs/heads/main/"}, {"ref": "main"},
    ],
)  # fmt: skip
def test_another_job_gets_nothing(api: World, ci: FakeIssuer, changes: dict[str, Any]) -> None:
    trust(api, ci, MAIN)
    refused(bring(api, job(ci, **changes)))
    with api.store.reading() as conn:
        assert list_tokens(conn, user_id=api.users["ci"].id) == []


def test_a_token_is_worth_one_exchange(api: World, ci: FakeIssuer) -> None:
    trust(api, ci, MAIN)
    token = job(ci)
    assert bring(api, token).status_code == 200
    refused(bring(api, token))
    refused(api.call("POST", "/api/v1/tokens/exchange", data={"subject_token": token}))
    assert reasons(api) == ["it was exchanged before"]  # once, however often it is tried
    # The last letter of a signature holds bits that mean nothing.
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        assert bring(api, token[:-1] + last).status_code == 401


def test_a_token_that_was_refused_is_not_spent(api: World, ci: FakeIssuer) -> None:
    token = job(ci)
    refused(bring(api, token))
    trust(api, ci, MAIN)
    assert bring(api, token).status_code == 200


def test_an_issuer_that_nobody_trusts_is_never_asked(api: World, ci: FakeIssuer) -> None:
    refused(bring(api, job(ci)))
    trust(api, ci, MAIN)
    for name in (f"{ci.url}/", ci.url.replace("127.0.0.1", "localhost"), ci.url.upper(), f"{ci.url}#x"):
        refused(bring(api, job(ci, iss=name)))
    with serving_issuer(lambda: api.now) as other:
        other.add_key("one", "EC")
        refused(bring(api, job(other)))
        refused(bring(api, other.token({"jku": f"{other.url}/keys"}, **{**GITHUB, "aud": AUDIENCE, "iss": ci.url})))
        assert other.seen == []
    assert "/.well-known/openid-configuration" in ci.seen  # for the last one: its key is called like the real one


def test_trust_that_was_removed_is_none(api: World, ci: FakeIssuer) -> None:
    trust_id = trust(api, ci, MAIN)
    assert api.call("DELETE", f"/api/v1/trust/{trust_id}", token=api.token("root")).status_code == 200
    refused(bring(api, job(ci)))


def test_a_bot_that_is_gone_is_nobody(api: World, ci: FakeIssuer) -> None:
    trust(api, ci, MAIN)
    with api.store.transaction() as conn:
        deactivate(conn, api.users["ci"].id, actor=Actor.SYSTEM, now=api.now)
    refused(bring(api, job(ci)))
    assert reasons(api) == ["its claims fit no trust"]


def test_of_several_bots_one_is_named(api: World, ci: FakeIssuer) -> None:
    trust(api, ci, MAIN)
    trust(api, ci, {"repository": "acme/app"}, bot="terraform", audience=AUDIENCE)
    token = job(ci)
    assert_error(bring(api, token), 400, "ExchangeAPI:AMBIGUOUS", "bot")
    assert bring(api, token, bot="terraform").json()["bot"] == "terraform"
    assert bring(api, job(ci), bot="CI").json()["bot"] == "ci"
    refused(bring(api, job(ci), bot="root@acme.example"))
    refused(bring(api, job(ci, ref="refs/heads/x"), bot="ci"))


def test_an_audience_narrows_the_choice_and_widens_nothing(api: World, ci: FakeIssuer) -> None:
    trust(api, ci, MAIN)
    trust(api, ci, MAIN, bot="terraform", audience="other")
    token = job(ci, aud=[AUDIENCE, "other"])
    assert bring(api, token, audience="other").json()["bot"] == "terraform"
    refused(bring(api, job(ci), audience="other"))
    refused(bring(api, job(ci, aud="other"), audience=AUDIENCE))


def test_why_is_in_the_log_for_those_who_run_the_server(
    api: World, ci: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    trust(api, ci, MAIN)
    with caplog.at_level(logging.INFO):
        token = job(ci, ref="refs/heads/x")
        refused(bring(api, token))
        refused(bring(api, job(ci, exp=1)))
    assert "its claims fit no trust" in caplog.text
    assert "it has expired" in caplog.text
    assert token not in caplog.text
    with api.store.reading() as conn:
        (entry,) = entries(conn, name="action.refused")
    assert entry["fields"]["details"] == {
        "issuer": ci.url, "job": "oidc:acme/app@refs/heads/x", "reason": "its claims fit no trust",
    }  # fmt: skip


def test_an_issuer_that_is_down_lets_nobody_in(api: World, ci: FakeIssuer) -> None:
    trust(api, ci, MAIN)
    ci.instead["/keys"] = (302, {"Location": "/keys2"}, b"")
    message = assert_error(bring(api, job(ci)), 503, "API:UNAVAILABLE")
    assert ci.url in message


@pytest.mark.parametrize(
    "body",
    [{}, {"subject_token": ""}, {"subject_token": "a", "scope": "admin"}, {"subject_token": "a", "grant_type": "x"},
     {"subject_token": "a", "subject_token_type": "urn:ietf:params:oauth:token-type:saml2"},
     {"subject_token": "a", "requested_token_type": "x"}, {"subject_token": ["a"]}],
)  # fmt: skip
def test_another_body_is_refused(api: World, body: Any) -> None:
    response = api.call("POST", "/api/v1/tokens/exchange", json=body)
    assert (response.status_code, response.json()["code"]) == (400, "API:INVALID_REQUEST")


@pytest.mark.parametrize("raw", [b"subject_token=a&subject_token=b", b"subject_token", b"\xff=1", b"a=1&" * 50, b""])
def test_another_form_is_refused(api: World, raw: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    response = api.call("POST", "/api/v1/tokens/exchange", data=raw, headers=kind)
    assert (response.status_code, response.json()["code"]) == (400, "API:INVALID_REQUEST")


def test_a_label_is_one_short_line() -> None:
    assert label_of({"repository": "acme/app", "ref": "a\n\x1b[31mb"}) == "oidc:acme/app@a??[31mb"
    assert label_of({"sub": "s"}) == "oidc:s"
    assert label_of({"repository": 7, "project_path": "p", "ref": ["x"]}) == "oidc:p"
    assert len(label_of({"repository": "x" * 500})) == 200
