"""The app's manifest: from it Slack makes the app, with all that has to be set right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sym.errors import Invalid
from sym.slack.blocks.ids import SHORTCUT
from sym.slack.scopes import EVENTS, bot_scopes

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"


def manifest(
    *, name: str = "Sym", command: str = "/sym", request_url: str | None = None, install_url: str | None = None
) -> dict[str, Any]:
    """The manifest of an app called ``name``, for the slash command ``command``.

    ``request_url`` is the server's public address; Slack's calls go to its ``/slack/events``, unless it has a path
    already. Without one the app uses Socket Mode. ``install_url`` is the public address at which further workspaces
    install the app; that of ``request_url`` if None. Raises Invalid for what Slack would refuse.
    """
    _check(name, command)
    url = None if request_url is None else _events_url(request_url)
    pages = url if install_url is None else _events_url(install_url, "install_url")
    return {
        "display_information": {
            "name": name,
            "description": "Ask for access, and decide who gets it, for as long as it is needed.",
            "background_color": "#1f2937",
        },
        "features": _features(name, command, url),
        "oauth_config": {
            **({"redirect_urls": [_at(pages, REDIRECT_PATH)]} if pages else {}),
            "scopes": {"bot": bot_scopes()},
        },
        "settings": _settings(url),
    }


def _check(name: str, command: str) -> None:
    if not 0 < len(name.strip()) <= 35:
        raise Invalid("The app's name must have 1 to 35 characters.", path="name", code="Manifest:INVALID")
    if not command.startswith("/") or not 2 <= len(command) <= 32 or command != command.lower() or " " in command:
        raise Invalid(
            f"{command!r} cannot be a slash command.", path="command", code="Manifest:INVALID",
            hint="Write a slash and up to 31 lower-case characters without spaces, like /sym.",
        )  # fmt: skip


def _events_url(request_url: str, path: str = "request_url") -> str:
    parts = urlsplit(request_url.strip())
    if parts.scheme != "https" or not parts.hostname:
        raise Invalid(
            f"{request_url!r} is no address that Slack would call.", path=path, code="Manifest:INVALID",
            hint="Write https:// and the public name of the server; or use Socket Mode, which needs no address.",
        )  # fmt: skip
    return _at(request_url.strip(), EVENTS_PATH) if parts.path in ("", "/") else request_url.strip()


def _at(url: str, path: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _features(name: str, command: str, url: str | None) -> dict[str, Any]:
    slash = {
        "command": command,
        "description": "Ask for access",
        "usage_hint": "[req FLOW [ENVIRONMENT] | list | whoami | help]",
        "should_escape": False,
    }
    shortcut = {"name": "Request access", "type": "global", "callback_id": SHORTCUT, "description": "Ask for access"}
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        "bot_user": {"display_name": name, "always_online": True},
        "shortcuts": [shortcut],
        "slash_commands": [slash | ({"url": url} if url else {})],
    }


def _settings(url: str | None) -> dict[str, Any]:
    place = {"request_url": url} if url else {}
    # Lists that are searched by typing are asked for at an address of their own.
    options = {"message_menu_options_url": url} if url else {}
    return {
        "event_subscriptions": {**place, "bot_events": sorted(EVENTS)},
        "interactivity": {"is_enabled": True, **place, **options},
        "org_deploy_enabled": False,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }
