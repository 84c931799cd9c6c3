"""The app: what its manifest says, its secrets, and the workspaces it is installed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sym.simulator.ids import Ids

SCOPES = (
    "channels:history", "channels:join", "channels:read", "chat:write", "chat:write.public", "commands",
    "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write",
    "team:read", "usergroups:read", "users:read", "users:read.email",
)  # fmt: skip
EVENTS = (
    "app_home_opened", "app_uninstalled", "channel_archive", "channel_rename", "channel_unarchive",
    "group_archive", "member_joined_channel", "member_left_channel", "team_join", "tokens_revoked", "user_change",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command."""

    command: str
    description: str = ""
    usage_hint: str = ""

    def as_json(self) -> dict[str, str]:
        """What the page shows of it."""
        return {"command": self.command, "description": self.description, "usage_hint": self.usage_hint}


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A global shortcut."""

    callback_id: str
    name: str
    description: str = ""

    def as_json(self) -> dict[str, str]:
        """What the page shows of it."""
        return {"callback_id": self.callback_id, "name": self.name, "description": self.description}


@dataclass(frozen=True, kw_only=True)
class AppSettings:
    """What of an app's manifest matters here; :meth:`of_manifest` reads one."""

    name: str = "Sym"
    bot_name: str = "Sym"
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = EVENTS
    commands: tuple[Command, ...] = (Command(command="/sym", description="Ask for access", usage_hint="req [flow]"),)
    shortcuts: tuple[Shortcut, ...] = (Shortcut(callback_id="sym_request", name="Request access"),)
    redirect_urls: tuple[str, ...] = ()
    has_home: bool = True

    @classmethod
    def of_manifest(cls, manifest: Mapping[str, Any]) -> AppSettings:
        """The settings of an app manifest (Slack's schema, read as JSON)."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        oauth = manifest.get("oauth_config", {})
        commands = features.get("slash_commands", [])
        shortcuts = [each for each in features.get("shortcuts", []) if each.get("type") == "global"]
        name = str(manifest["display_information"]["name"])
        return cls(
            name=name,
            bot_name=str(features.get("bot_user", {}).get("display_name", name)),
            scopes=tuple(oauth.get("scopes", {}).get("bot", [])),
            events=tuple(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands=tuple(Command(**_only(Command, each)) for each in commands),
            shortcuts=tuple(Shortcut(**_only(Shortcut, each)) for each in shortcuts),
            redirect_urls=tuple(oauth.get("redirect_urls", [])),
            has_home=bool(features.get("app_home", {}).get("home_tab_enabled", False)),
        )


def _only(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in kind.__annotations__ if name in given}


@dataclass(kw_only=True)
class Installation:
    """The app in one workspace: its bot, its token, what it may do."""

    team: str
    bot_user: str
    bot_id: str
    token: str
    scopes: tuple[str, ...]
    installed_by: str


@dataclass(kw_only=True)
class App:
    """The one app of the simulator, with its made-up secrets."""

    id: str
    settings: AppSettings
    client_id: str
    client_secret: str
    signing_secret: str
    app_token: str
    verification_token: str
    request_url: str | None = None
    options_url: str | None = None
    installations: dict[str, Installation] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    def of_token(self, token: str) -> Installation | None:
        """The installation whose bot token this is."""
        return next((each for each in self.installations.values() if each.token == token), None)


def made_up_app(ids: Ids, settings: AppSettings, given: Mapping[str, str] | None = None) -> App:
    """An app with secrets made from the ids' seed, or those ``given`` by name."""
    number = int(ids.secret("", "client")[:12], 16)
    secrets = {
        "client_id": f"{number}.{number % 10**12}",
        "client_secret": ids.secret("", "client secret")[:32],
        "signing_secret": ids.secret("", "signing secret")[:32],
        "app_token": ids.secret("xapp-1-", "app token"),
        "verification_token": ids.secret("", "verification token")[:24],
    }
    app = App(id=ids.next("A"), settings=settings, **secrets)  # type: ignore[arg-type] # the five texts above
    for name, value in (given or {}).items():
        if name not in secrets:
            raise ValueError(f"an app has no {name}: it has {', '.join(secrets)}")
        setattr(app, name, value)
    return app


def scopes_of(text: str) -> tuple[str, ...]:
    """The scopes of a comma-separated list."""
    return tuple(sorted({scope for scope in text.replace(" ", ",").split(",") if scope}))


def missing(scopes: Sequence[str], granted: Sequence[str]) -> list[str]:
    """Those of ``scopes`` that are not ``granted``."""
    return [scope for scope in scopes if scope not in granted]
