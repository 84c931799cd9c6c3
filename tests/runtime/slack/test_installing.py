"""Linking a workspace with a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sym.audit.events import Actor
from sym.slack.install_page import PURPOSES
from sym.slack.installing import COOKIE
from sym.slack.scopes import bot_scopes
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.slack.fake_slack import CLIENT_ID, FakeSlack
from tests.runtime.slack.place import Place, listening, services_for, settings_for

NEW = "T0NEW"


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    """A browser that keeps cookies."""
    with requests.Session() as session:
        yield session


def declare(store: Store, now: datetime, team_id: str = NEW) -> None:
    """Terraform names the workspace."""
    with store.transaction() as conn:
        document = {"type": "slack", "name": f"slack-{team_id.lower()}", "external_id": team_id}
        save(conn, "integration", document, actor=Actor.SYSTEM, now=now)


def begin(place: Place, browser: requests.Session) -> str:
    """Open the page; gives the state in its link."""
    page = browser.get(f"{place.url}/slack/install", timeout=30)
    assert page.status_code == 200
    (link,) = re.findall(r'href="([^"]+)"', page.text)
    asked = parse_qs(urlsplit(unescape(link)).query)
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["scope"] == [",".join(bot_scopes())]
    return asked["state"][0]


def agree(fake: FakeSlack, code: str = "code", **changes: Any) -> None:
    """Slack holds an installation ready for ``code``."""
    fake.tokens[NEW] = "xoxb-new-token"
    fake.codes[code] = {
        "access_token": "xoxb-new-token", "token_type": "bot", "scope": "commands,chat:write", "bot_user_id": "UBOT",
        "app_id": "A1", "team": {"id": NEW, "name": "New & Co"}, "enterprise": None, "is_enterprise_install": False,
        "authed_user": {"id": "U9"}, **changes,
    }  # fmt: skip


def end(place: Place, browser: requests.Session, state: str, code: str = "code", **more: str) -> requests.Response:
    return browser.get(f"{place.url}/slack/oauth_redirect", params={"state": state, "code": code, **more}, timeout=30)


def test_a_declared_workspace_is_linked(
    place: Place, fake_slack: FakeSlack, browser: requests.Session, now: datetime
) -> None:
    declare(place.store, now)
    state = begin(place, browser)
    agree(fake_slack)
    assert place.command(team_id=NEW).json()["text"].startswith("This Slack workspace is not linked")
    page = end(place, browser, state)
    assert page.status_code == 200
    assert "New &amp; Co" in page.text
    assert "xoxb" not in page.text
    assert place.services.workspaces.token(NEW) == "xoxb-new-token"
    assert place.services.workspaces.workspace(NEW).bot_id == f"B{NEW}"
    assert place.audit()[-1] == "slack.workspace_linked"
    assert place.command(team_id=NEW, trigger_id="again").status_code == 200
    assert len(place.heard) == 1
    assert fake_slack.revoked == []


def test_the_page_explains_every_scope_and_loads_nothing_from_elsewhere(
    place: Place, browser: requests.Session
) -> None:
    page = browser.get(f"{place.url}/slack/install", timeout=30)
    for scope in bot_scopes():
        assert f"<dt>{scope}</dt><dd>{escape(PURPOSES[scope])}</dd>" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "<script" not in page.text
    assert "src=" not in page.text
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    elsewhere = browser.get(f"{place.url}/slack/install", headers={"Host": "sym.example.com"}, timeout=30)
    assert "Secure" in elsewhere.headers["set-cookie"]


def test_a_workspace_that_nobody_declared_is_not_linked_and_its_token_is_given_back(
    place: Place, fake_slack: FakeSlack, browser: requests.Session
) -> None:
    state = begin(place, browser)
    agree(fake_slack)
    page = end(place, browser, state)
    assert page.status_code == 403
    assert NEW in page.text
    assert "sym_integration" in page.text
    assert fake_slack.revoked == ["xoxb-new-token"]
    assert place.services.workspaces.find(NEW) is None


def test_an_installation_ends_once(
    place: Place, fake_slack: FakeSlack, browser: requests.Session, now: datetime
) -> None:
    declare(place.store, now)
    state = begin(place, browser)
    cookie = browser.cookies[COOKIE]
    agree(fake_slack)
    assert end(place, browser, state).status_code == 200
    agree(fake_slack)
    browser.cookies.set(COOKIE, cookie)
    assert end(place, browser, state).status_code == 400
    assert fake_slack.count("oauth.v2.access") == 1


@pytest.mark.parametrize(
    "change", ["other browser", "other state", "no state", "cut", "later", "not ascii", "negative"]
)
def test_an_installation_that_was_not_begun_in_this_browser_just_now_is_refused(
    fake_slack: FakeSlack, one_store: Store, browser: requests.Session, now: datetime, change: str
) -> None:
    declare(one_store, now)
    moment = [now]
    services = replace(services_for(settings_for(fake_slack), one_store, now), clock=lambda: moment[0])
    with listening(services, one_store, now) as place:
        state = begin(place, browser)
        agree(fake_slack)
        nonce, until, signature = state.split(".")
        if change == "other browser":
            browser.cookies.clear()
        if change == "later":
            moment[0] = now + timedelta(minutes=10)
        given = {
            "other state": f"{nonce}.{int(until) + 60}.{signature}", "no state": "", "cut": state[:-1],
            "not ascii": f"{nonce}.\u0661\u0662.{signature}", "negative": f"{nonce}.-1.{signature}",
        }.get(change, state)  # fmt: skip
        assert end(place, browser, given).status_code == 400
        assert fake_slack.calls == []
        assert services.workspaces.installations.documents() == {}


def test_what_slack_refuses_is_said(
    place: Place, fake_slack: FakeSlack, browser: requests.Session, now: datetime
) -> None:
    declare(place.store, now)
    assert "cancelled" in end(place, browser, begin(place, browser), code="", error="access_denied").text
    page = end(place, browser, begin(place, browser), code="unknown<b>")
    assert (page.status_code, "invalid_code" in page.text) == (403, True)
    fake_slack.is_down = True
    page = end(place, browser, begin(place, browser))
    assert page.status_code in (403, 502)
    assert place.services.workspaces.installations.documents() == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"is_enterprise_install": True, "team": None, "enterprise": {"id": "E1"}},
        {"expires_in": 43200, "refresh_token": "xoxe-1"},
        {"team": {"id": "T0OTHER", "name": "Other"}},
        {"access_token": None},
    ],
)
def test_what_cannot_be_served_is_not_linked(
    place: Place, fake_slack: FakeSlack, browser: requests.Session, now: datetime, changes: dict[str, Any]
) -> None:
    declare(place.store, now)
    declare(place.store, now, "T0OTHER")
    state = begin(place, browser)
    agree(fake_slack, **changes)
    assert end(place, browser, state).status_code in (400, 403)
    assert place.services.workspaces.installations.documents() == {}
    assert fake_slack.revoked == (["xoxb-new-token"] if "access_token" not in changes else [])


def test_without_a_client_id_there_are_no_such_pages(fake_slack: FakeSlack, one_store: Store, now: datetime) -> None:
    services = services_for(settings_for(fake_slack, client_id=None, client_secret=None), one_store, now)
    with listening(services, one_store, now) as place:
        for path in ("/slack/install", "/slack/oauth_redirect"):
            assert requests.get(f"{place.url}{path}", timeout=10).status_code == 404
