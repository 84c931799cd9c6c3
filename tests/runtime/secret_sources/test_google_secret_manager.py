"""Secrets in Google Secret Manager, on a double held against its discovery document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.engine.connections.http import Transport
from sym.engine.connections.opening import Connections
from sym.engine.secret_access import fetch_secret
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import SymException
from sym.sdk.schema import fields
from sym.secret_sources import google_secret_manager
from sym.serving import is_served
from tests.fakes.services.google_secrets import PROJECT, GoogleSecrets
from tests.shelf_settings import optional, required

VALUE = "hunter2-of-okta"
CONTEXT = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"


@pytest.fixture
def google() -> Iterator[GoogleSecrets]:
    double = GoogleSecrets()
    double.values = {"okta": [b"old", VALUE.encode()], "json": [b'{"deep": {"key": "x"}}'], "binary": [b"\xff\xfe"]}
    yield double
    double.close()


@pytest.fixture
def place(google: GoogleSecrets) -> SecretPlace:
    view = {"$type": "integration", "srn": "acme:integration:google:g:latest:1", "type": "google",
            "external_id": "example.com", "settings": google.settings}  # fmt: skip
    connections = Connections(Transport(google.addresses, pause=lambda _seconds: None))
    return SecretPlace(google=lambda _id: connections.open(view, lambda _id: ""))


def fetch(place: SecretPlace, path: str, key: str = "", **settings: str) -> str:
    given = {"context_id": CONTEXT, "project_id": PROJECT, **settings}
    source = {"type": "google_secret_manager", "settings": {name: value for name, value in given.items() if value}}
    return fetch_secret({"path": path, "settings": {"json_key": key} if key else {}, "source": source}, place)


def test_it_requires_none_of_its_own_names() -> None:
    assert is_served("secret_sources", "google_secret_manager")
    assert required(google_secret_manager.Settings) == set()
    assert optional(google_secret_manager.Settings) == {"context_id", "project_id"}
    assert fields(google_secret_manager.Settings)[0].declaration.references == "integration"
    assert "this project's own" in str(google_secret_manager.__doc__)


def test_the_newest_version_is_read_by_name(place: SecretPlace) -> None:
    assert fetch(place, "okta") == VALUE
    assert fetch(place, "json", "deep.key") == "x"


def test_a_full_name_needs_no_project(place: SecretPlace) -> None:
    assert fetch(place, f"projects/{PROJECT}/secrets/okta", project_id="") == VALUE
    assert fetch(place, f"projects/{PROJECT}/secrets/okta/versions/1", project_id="") == "old"


@pytest.mark.parametrize(
    ("path", "settings", "words"),
    [
        ("okta", {"context_id": ""}, "needs the setting context_id"),
        ("okta", {"project_id": ""}, "needs the setting project_id"),
        ("none", {}, "Google has none of this name"),
        ("binary", {}, "its value is not text"),
        ("../okta", {}, "no name of a secret"),
        ("okta:access?x=", {}, "no name of a secret"),
    ],
)
def test_what_cannot_be_read_says_why(place: SecretPlace, path: str, settings: dict[str, str], words: str) -> None:
    with pytest.raises(SymException, match=words) as raised:
        fetch(place, path, **settings)
    assert VALUE not in str(raised.value)


def test_what_may_not_be_read_says_so(place: SecretPlace, google: GoogleSecrets) -> None:
    google.is_allowed = False
    with pytest.raises(SymException, match=r"secretmanager.versions.access") as raised:
        fetch(place, "okta")
    assert raised.value.error_code == "Secret:FORBIDDEN"
    assert not any(token in str(raised.value) for token in google.hidden())


def test_a_process_without_a_way_to_google_says_so() -> None:
    with pytest.raises(SymException, match="without a way to Google"):
        fetch(SecretPlace(), "okta")
