"""What connects this server to Slack, as the variables ``SYM_SLACK_*`` say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sym.errors import Invalid

API_URL = "https://slack.com/api/"

_BOT, _APP, _SECRET = "SYM_SLACK_BOT_TOKEN", "SYM_SLACK_APP_TOKEN", "SYM_SLACK_SIGNING_SECRET"
_CLIENT, _CLIENT_SECRET, _URL = "SYM_SLACK_CLIENT_ID", "SYM_SLACK_CLIENT_SECRET", "SYM_SLACK_API_URL"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, kw_only=True)
class SlackSettings:
    """What connects this server to Slack. No secret is in ``repr``.

    ``bot_token`` is that of one workspace; ``signing_secret`` proves that a request comes from Slack; ``app_token``
    opens Socket Mode; ``client_id`` and ``client_secret`` let further workspaces install the app. ``api_url`` is where
    the Web API is, with a slash at its end; ``command`` the slash command that people type.
    """

    bot_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_url: str = API_URL
    command: str = "/sym"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that nobody may see."""
        return tuple(text for text in (self.bot_token, self.signing_secret, self.app_token, self.client_secret) if text)


def slack_settings(given: Mapping[str, str]) -> SlackSettings | None:
    """The settings in an environment without empty values; None if nothing of Slack is set.

    Raises Invalid, its ``path`` the variable that is wrong or missing. No value is ever in the message.
    """
    names = (_BOT, _SECRET, _APP, _CLIENT, _CLIENT_SECRET, _URL)
    found = {name: given[name].strip() for name in names if given.get(name)}
    if not found:
        return None
    _check_shapes(found)
    _check_whole(found)
    return SlackSettings(
        bot_token=found.get(_BOT),
        signing_secret=found.get(_SECRET),
        app_token=found.get(_APP),
        client_id=found.get(_CLIENT),
        client_secret=found.get(_CLIENT_SECRET),
        api_url=_api_url(found[_URL]) if _URL in found else API_URL,
    )


def _refuse(variable: str, message: str) -> Invalid:
    return Invalid(f"{variable}: {message}", path=variable, code="Config:INVALID")


def _check_shapes(found: Mapping[str, str]) -> None:
    shapes = {
        _BOT: (r"xoxb-[\x21-\x7e]+", "a bot token is needed; it begins with xoxb-"),
        _APP: (r"xapp-[\x21-\x7e]+", "an app-level token is needed; it begins with xapp-"),
        _SECRET: (r"[\x21-\x7e]{8,}", "the signing secret of the app's page Basic Information is needed"),
        _CLIENT: (r"[A-Za-z0-9._-]+", "the client id of the app's page Basic Information is needed"),
        _CLIENT_SECRET: (r"[\x21-\x7e]{8,}", "the client secret of the app's page Basic Information is needed"),
    }
    for name, (shape, message) in shapes.items():
        if name in found and not re.fullmatch(shape, found[name]):
            raise _refuse(name, message)


def _check_whole(found: Mapping[str, str]) -> None:
    """Whether what is set is enough to hear Slack and to answer it."""
    if (_CLIENT in found) != (_CLIENT_SECRET in found):
        missing, there = (_CLIENT_SECRET, _CLIENT) if _CLIENT in found else (_CLIENT, _CLIENT_SECRET)
        raise _refuse(missing, f"it goes with {there}, which is set: set both, or neither")
    if _APP in found and _BOT not in found:
        raise _refuse(_BOT, f"Socket Mode ({_APP}) needs the workspace's bot token too")
    if _BOT not in found and _CLIENT not in found:
        raise _refuse(_BOT, f"Slack is set up by half: set the bot token of a workspace, or {_CLIENT} and its secret")
    if _SECRET not in found and _APP not in found:
        raise _refuse(_SECRET, f"without it nothing of what Slack sends can be trusted; only Socket Mode ({_APP}) "
                               "does without")  # fmt: skip


def _api_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or parts.query or parts.fragment:
        raise _refuse(_URL, "an address such as https://slack.com/api/ is needed, without a password")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise _refuse(_URL, "tokens would cross the network in the clear: https is needed, except on this machine")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
