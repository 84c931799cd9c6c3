"""A second workspace is linked with a browser, through the simulated Slack's own pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
import requests

from sym.audit.events import Actor
from sym.simulator.server import Person, Simulator
from sym.slack.manifest import manifest
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.slack.place import Place, listening, services_for, settings_for

NAMES = ("bot_token", "signing_secret", "client_id", "client_secret", "api_url")


@pytest.fixture
def acme() -> Iterator[Simulator]:
    """A Slack whose app has the product's manifest, as one that is reached over HTTP."""
    app = manifest(request_url="https://sym.example.com")
    with Simulator(manifest=app) as simulator:
        yield simulator


@pytest.fixture
def linked(acme: Simulator, one_store: Store, now: datetime) -> Iterator[Place]:
    """The app in the first workspace."""
    settings = settings_for(acme, **{name: getattr(acme, name) for name in NAMES})  # type: ignore[arg-type]
    now = datetime.now(UTC)
    with listening(services_for(settings, one_store, now), one_store, now) as place:
        acme.connect(f"{place.url}/slack/events")
        yield place


def declare(place: Place, team_id: str) -> None:
    with place.store.transaction() as conn:
        document = {"type": "slack", "name": "other", "external_id": team_id}
        save(conn, "integration", document, actor=Actor.SYSTEM, now=place.now)


def install(place: Place, acme: Simulator) -> requests.Response:
    """Press the button and agree; the page that Slack sends the browser back to."""
    with requests.Session() as browser:
        page = browser.get(f"{place.url}/slack/install", timeout=30)
        (link,) = re.findall(r'href="([^"]+)"', page.text)
        sent_back = browser.get(unescape(link), timeout=30, allow_redirects=False)
        assert sent_back.status_code == 302, sent_back.text
        # Its public name is not that of this machine.
        came = sent_back.headers["Location"].replace("https://sym.example.com", place.url)
        assert came.startswith(f"{place.url}/slack/oauth_redirect?")
        return browser.get(came, timeout=30)


def test_a_second_workspace_is_installed_with_its_own_token_and_heard(linked: Place, acme: Simulator) -> None:
    other = acme.add_workspace("Globex")
    hank = acme.add_person("Hank", email="hank@globex.example", team=other.id)
    declare(linked, other.id)
    answer = install(linked, acme)
    assert (answer.status_code, "Globex" in answer.text) == (200, True), answer.text
    assert linked.services.workspaces.token(other.id) == acme.slack.installation(other.id).token
    assert linked.services.workspaces.token(acme.team_id) == acme.bot_token
    assert type_command(linked, hank) == ["command"]
    # Once it takes the app off, it is a stranger again.
    acme.uninstall(other.id)
    acme.settle()
    assert linked.services.workspaces.find(other.id) is None


def type_command(place: Place, person: Person) -> list[str]:
    """What the listeners heard of it."""

    def heard(ack: object, body: dict[str, object]) -> None:
        place.heard.append(("command", body))
        ack()  # type: ignore[operator]

    app: object = place.slack.app
    app.command("/sym")(heard)  # type: ignore[attr-defined]
    assert person.command("/sym")
    return [kind for kind, _ in place.heard]


def test_a_workspace_that_nobody_declared_is_not_linked_and_what_it_sends_is_refused(
    linked: Place, acme: Simulator
) -> None:
    other = acme.add_workspace("Globex")
    answer = install(linked, acme)
    assert (answer.status_code, f"{other.id} is not declared" in answer.text) == (403, True)
    hank = acme.add_person("Hank", email="hank@globex.example", team=other.id)
    acme.install(other.id)  # by hand, in Slack
    assert type_command(linked, hank) == []
    assert "not linked" in hank.ephemerals()[-1].text
    shortcut = hank.shortcut()
    assert not shortcut
