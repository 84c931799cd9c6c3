"""The scopes the app asks for are those of what it calls."""

from __future__ import annotations

import re

from slack_sdk import WebClient

from sym.simulator import web_api as simulated
from sym.slack.scopes import METHODS, bot_scopes
from tests.architecture.sources import SOURCE_ROOTS

_FAMILIES = ("apps", "auth", "chat", "conversations", "oauth", "team", "usergroups", "users", "views")
_FUNCTIONS = {name for name in dir(WebClient) if name.startswith(tuple(f"{family}_" for family in _FAMILIES))}
_USED = re.compile(rf"\.({'|'.join(sorted(_FUNCTIONS, key=len, reverse=True))})\b")
_BY_NAME = re.compile(rf"[\"'](({'|'.join(_FAMILIES)})(?:\.\w+)+)[\"']")


def methods_in(source: str) -> set[str]:
    """The methods of Slack's Web API that a source calls, or hands on to be called: by the SDK's functions or by
    name."""
    used = {name.replace("_", ".") for name in _USED.findall(source)}
    return used | {name for name, _ in _BY_NAME.findall(source)}


def called() -> dict[str, str]:
    """The methods the product calls, and a file that does."""
    found = {}
    for path in sorted((SOURCE_ROOTS["runtime"] / "slack").rglob("*.py")):
        if path.name != "scopes.py":
            found |= dict.fromkeys(methods_in(path.read_text()), path.name)
    return found


def test_calls_are_found_in_sources() -> None:
    source = """
        self._client.chat_postMessage(channel=channel)
        client.usergroups_users_list (usergroup=group)
        web.users_lookupByEmail(email=email)
        pages(client.conversations_list, "channels")
        client.api_call("views.open", json={})
        services.people.user_of(team)
    """
    assert methods_in(source) == {
        "chat.postMessage",
        "usergroups.users.list",
        "users.lookupByEmail",
        "views.open",
        "conversations.list",
    }


def test_every_method_that_is_called_has_its_scopes_in_the_table() -> None:
    assert {method: file for method, file in called().items() if method not in METHODS} == {}


def test_no_scope_is_asked_for_on_account_of_a_method_nobody_calls() -> None:
    found = called()
    # Socket Mode, installing and replies to what people typed are the libraries' calls.
    assert sorted(set(METHODS) - set(found) - {"apps.connections.open", "auth.test", "oauth.v2.access"}) == []


def test_the_scopes_are_these() -> None:
    assert bot_scopes() == [
        "channels:history", "channels:join", "channels:read", "chat:write", "chat:write.public", "commands",
        "groups:history", "groups:read", "im:history", "im:write", "mpim:history", "mpim:write",
        "usergroups:read", "users:read", "users:read.email",
    ]  # fmt: skip


def test_the_simulator_has_every_method_that_is_called() -> None:
    assert sorted(set(METHODS) - set(simulated.METHODS)) == []
