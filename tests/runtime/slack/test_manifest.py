"""The app's manifest, held against Slack's schema of manifests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sym.errors import Invalid
from sym.slack.blocks import ids
from sym.slack.manifest import manifest
from sym.slack.scopes import EVENTS, bot_scopes
from tests.slack_rules import MANIFEST
from tests.vendor_specs import require_vendor_specs


def problems(document: dict[str, Any]) -> list[str]:
    schema = json.loads((require_vendor_specs() / MANIFEST).read_text())
    return [error.message for error in Draft7Validator(schema).iter_errors(document)]


@pytest.mark.parametrize("request_url", [None, "https://sym.acme.example"])
def test_slack_takes_the_manifest(request_url: str | None) -> None:
    document = manifest(name="Access", command="/access", request_url=request_url)
    assert problems(document) == []
    assert problems({**document, "display_information": {}}) != []
    assert document["features"]["slash_commands"][0]["command"] == "/access"
    assert document["display_information"]["name"] == document["features"]["bot_user"]["display_name"] == "Access"


def urls(value: Any) -> list[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) and "://" in value else [url for one in inner for url in urls(one)]


@pytest.mark.parametrize(
    ("address", "called"),
    [
        ("https://sym.acme.example", "https://sym.acme.example/slack/events"),
        ("https://sym.acme.example:8443/", "https://sym.acme.example:8443/slack/events"),
        ("https://acme.example/sym/slack/events", "https://acme.example/sym/slack/events"),
    ],
)
def test_everything_of_slacks_goes_to_one_address(address: str, called: str) -> None:
    document = manifest(request_url=address)
    redirects = document["oauth_config"].pop("redirect_urls")
    assert redirects[0].endswith("/slack/oauth_redirect")
    assert urls(document) == [called] * 4
    assert document["settings"]["socket_mode_enabled"] is False


def test_with_socket_mode_there_is_no_address() -> None:
    document = manifest()
    assert urls(document) == []
    assert document["settings"]["socket_mode_enabled"] is True
    assert document["settings"]["interactivity"] == {"is_enabled": True}


def test_with_socket_mode_other_workspaces_install_it_at_a_public_address_if_there_is_one() -> None:
    document = manifest(install_url="https://sym.example.com")
    assert document["oauth_config"]["redirect_urls"] == ["https://sym.example.com/slack/oauth_redirect"]
    assert document["settings"]["socket_mode_enabled"] is True
    with pytest.raises(Invalid) as refused:
        manifest(install_url="http://sym.example.com")
    assert refused.value.path == "install_url"


def test_the_shortcut_is_the_one_that_is_listened_to() -> None:
    (shortcut,) = manifest()["features"]["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("global", ids.SHORTCUT)


def test_scopes_and_events_are_those_of_the_table() -> None:
    document = manifest()
    assert document["oauth_config"]["scopes"] == {"bot": bot_scopes()}
    assert document["settings"]["event_subscriptions"] == {"bot_events": sorted(EVENTS)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 36}, {"command": "sym"}, {"command": "/"}, {"command": "/Sym"},
        {"command": "/sym req"}, {"command": "/" + "x" * 32}, {"request_url": "http://sym.acme.example"},
        {"request_url": "sym.acme.example"}, {"request_url": "https://"},
    ],
)  # fmt: skip
def test_what_slack_would_refuse_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as raised:
        manifest(**wrong)
    assert raised.value.path == next(iter(wrong))
