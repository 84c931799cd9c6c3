"""The environment, read once and checked: everything that can be set for a process of the product.

With the provider's own start-up module, this is the only place that reads the environment and the clock.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from sym.errors import Invalid
from sym.key_files import keys_folder
from sym.slack.settings import SlackSettings, slack_settings

_SECRET_PREFIX = "SYM_SECRET_"  # noqa: S105 - the beginning of names, not a secret
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_STORE_SCHEMES = ("postgresql", "postgresql+psycopg")
_MEMORY_MB = (64, 65536)
_LOG_FORMATS = ("json", "console")


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, what holds without it, and what it is for. Markdown."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("SYM_STORE_URL", "a SQLite file in the user's data directory",
             "Where everything is kept: `sqlite:////path/store.db` (four slashes) or `postgresql://user@host/name`."),
    Variable("SYM_KEYS_DIR", "`keys` beside the SQLite file, or in the user's data directory",
             "The folder with the signing keys, mode 0700; its files have mode 0600."),
    Variable("SYM_API_URL", "none", "The server that `symflow runs` and the Terraform provider talk to, such as "
             "`https://sym.example.com/api/v1`. Not together with `SYM_STORE_URL`."),
    Variable("SYM_JWT", "none", "A token of `symflow tokens issue`: who acts through `SYM_API_URL`, or on the store."),
    Variable("SYM_SECRET_…", "none", "Secrets of the source `env`: no other variable can be read by flows."),
    Variable("SYM_SECRETS_DIR", "none", "The folder below which the secret source `file` reads. It must exist."),
    Variable("SYM_HANDLER_FOLDERS", "none", "Folders that authors' code may read and write, separated by `:`. On Linux "
             "with Landlock it can touch no other files."),
    Variable("SYM_HANDLER_MEMORY_MB", "`512`", "Memory of one call of authors' code, in MiB, from 64 to 65536."),
    Variable("SYM_LEDGER_DIR", "`ledger` beside the SQLite file, or in the user's data directory",
             "The folder with the list of leases that is kept beside the store; put it on another disk, and keep it."),
    Variable("SYM_AUDIT_ANCHOR", "`<store>.audit-anchor.jsonl` beside the SQLite file, or in the user's data directory",
             "Where seals of the audit log are written down: a file, `s3://bucket/prefix`, or `off`."),
    Variable("SYM_AUDIT_SPOOL", "`<store>.audit-spool.jsonl` beside the SQLite file, or in the user's data directory",
             "The file for entries of endings while the audit log cannot be written."),
    Variable("SYM_AUDIT_RETENTION", "for ever", "How long audit entries are kept, such as `400d` or `7y`."),
    Variable("SYM_SERVICE_URLS", "none", "Where services are reached in place of where they are, such as a proxy: "
             "`api.github.com=https://proxy.example.com/github`, several separated by commas."),
    Variable("SYM_DRIFT_EVERY", "`1h`", "How often what services grant is compared with what was approved, from `5m` "
             "to `7d`, or `off`. Nothing is changed by it."),
    Variable("SYM_LOG_LEVEL", "`INFO`", "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."),
    Variable("SYM_LOG_FORMAT", "`console` on a terminal, else `json`",
             "How a server writes its log to stderr: `json`, an object a line, or `console`, for people."),
    Variable("SYM_METRICS", "`on`", "`on`: Prometheus reads `/metrics` on the API's port, without a token. "
             "`HOST:PORT`: there instead, such as `127.0.0.1:9464`. `off`: nowhere."),
    Variable("SYM_SLACK_BOT_TOKEN", "none", "The bot token of the Slack workspace (`xoxb-…`). Nothing of Slack set: "
             "nobody is told anything there."),
    Variable("SYM_SLACK_SIGNING_SECRET", "none", "The app's signing secret: proves that a request comes from Slack. "
             "Needed unless Socket Mode is used."),
    Variable("SYM_SLACK_APP_TOKEN", "none", "The app-level token (`xapp-…`, scope `connections:write`): Socket Mode, "
             "for servers that Slack cannot reach. Needs the bot token too."),
    Variable("SYM_SLACK_CLIENT_ID", "none", "The app's client id: more workspaces can be linked at `/slack/install`."),
    Variable("SYM_SLACK_CLIENT_SECRET", "none", "The client secret that goes with it."),
    Variable("SYM_SLACK_API_URL", "`https://slack.com/api/`", "Where Slack's Web API is; another one for a simulator."),
)  # fmt: skip
"""Every variable there is; the reference page is written from it."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the environment says. Values that may hold a password are left out of ``repr``.

    ``store_url`` is ``sqlite:///<path>`` or ``postgresql://…``, and ``store_is_default`` whether nobody set it;
    ``api_url`` ends without a slash and includes ``/api/v1``; ``handler_memory_mb`` is in MiB;
    ``handler_folders`` are the folders authors' code may read and write;
    ``ledger_dir`` is where the list of leases is kept beside the store;
    ``service_urls`` are the addresses of services by their host names;
    ``drift_every`` is how often it is looked for drift, None for never;
    ``log_format`` is ``json``, ``console`` or None (whatever suits the stream); ``metrics`` whether they are shown,
    or the host and port where;
    ``environment_secrets`` are the variables ``SYM_SECRET_*``, for the ``env`` secret source; ``audit_anchor`` is the
    file or ``s3://bucket/prefix`` where seals of the audit log are written down, None for nowhere; ``audit_spool`` the
    file for entries that the store does not take; ``audit_retention`` how long entries are kept, None for ever;
    ``slack`` is what connects to Slack, None for nothing.
    """

    store_url: str = field(repr=False)
    store_is_default: bool
    keys_dir: Path
    ledger_dir: Path
    jwt: str | None = field(default=None, repr=False)
    api_url: str | None = None
    secrets_dir: Path | None = None
    handler_memory_mb: int = 512
    handler_folders: tuple[Path, ...] = ()
    service_urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    drift_every: timedelta | None = timedelta(hours=1)
    log_level: str = "INFO"
    log_format: str | None = None
    metrics: bool | tuple[str, int] = True
    environment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    audit_anchor: str | None = None
    audit_spool: Path = Path("audit-spool.jsonl")
    audit_retention: timedelta | None = None
    slack: SlackSettings | None = None


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment (or ``environ``). A variable that is empty counts as unset.

    Raises Invalid with the variable's name as ``path`` for a value that cannot be used. The value itself is never in
    the message: it may hold a password.
    """
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value}
    store_url = _store_url(given.get("SYM_STORE_URL"))
    return Config(
        store_url=store_url,
        store_is_default="SYM_STORE_URL" not in given,
        keys_dir=Path(given["SYM_KEYS_DIR"]) if "SYM_KEYS_DIR" in given else keys_folder(store_url, _data_dir()),
        ledger_dir=Path(given["SYM_LEDGER_DIR"]) if "SYM_LEDGER_DIR" in given else _beside(store_url, "ledger"),
        jwt=given.get("SYM_JWT", "").strip() or None,
        api_url=_api_url(given.get("SYM_API_URL")),
        secrets_dir=_folder("SYM_SECRETS_DIR", given.get("SYM_SECRETS_DIR")),
        handler_memory_mb=_memory(given.get("SYM_HANDLER_MEMORY_MB", "512")),
        handler_folders=_folders("SYM_HANDLER_FOLDERS", given.get("SYM_HANDLER_FOLDERS", "")),
        service_urls=_service_urls(given.get("SYM_SERVICE_URLS", "")),
        drift_every=_drift_every(given.get("SYM_DRIFT_EVERY", "1h")),
        log_level=_log_level(given.get("SYM_LOG_LEVEL", "INFO")),
        log_format=_log_format(given.get("SYM_LOG_FORMAT")),
        metrics=_metrics(given.get("SYM_METRICS", "on")),
        environment_secrets={name: value for name, value in given.items() if name.startswith(_SECRET_PREFIX)},
        audit_anchor=_anchor(given.get("SYM_AUDIT_ANCHOR"), _of_store(store_url, "audit-anchor.jsonl")),
        audit_spool=Path(given.get("SYM_AUDIT_SPOOL") or _of_store(store_url, "audit-spool.jsonl")),
        audit_retention=_retention(given.get("SYM_AUDIT_RETENTION")),
        slack=slack_settings(given),
    )


def now() -> datetime:
    """The present moment, in UTC: the clock that start-up modules hand to everything else."""
    return datetime.now(UTC)


def _refuse(variable: str, message: str) -> Invalid:
    return Invalid(f"{variable}: {message}", path=variable, code="Config:INVALID")


def _store_url(value: str | None) -> str:
    if value is None:
        return f"sqlite:///{_data_dir() / 'store.db'}"
    if value.startswith("sqlite:///") and value.removeprefix("sqlite:///").split("?")[0] not in ("", ":memory:"):
        return value
    if value.split("://")[0] in _STORE_SCHEMES and "://" in value:
        return value
    raise _refuse(
        "SYM_STORE_URL", "the store is sqlite:///PATH (a file, so sqlite:////var/lib/… has four) or postgresql://…"
    )


def _beside(store_url: str, name: str) -> Path:
    """What is called ``name`` beside the store and is not in it."""
    return _folder_of(store_url) / name


def _of_store(store_url: str, name: str) -> Path:
    """A file that belongs to one store alone: a folder may hold several, and so may a server."""
    if store_url.startswith("sqlite:///"):
        return Path(f"{store_url.removeprefix('sqlite:///').split('?')[0]}.{name}")
    parts = urlsplit(store_url)
    place = "-".join(part for part in (parts.hostname, str(parts.port or ""), parts.path.strip("/")) if part)
    return _data_dir() / f"{re.sub(r'[^A-Za-z0-9.-]', '_', place)}.{name}"


def _folder_of(store_url: str) -> Path:
    """Where what belongs to the store and is not in it lies: beside a file, else in the user's data folder."""
    if store_url.startswith("sqlite:///"):
        return Path(store_url.removeprefix("sqlite:///").split("?")[0]).parent
    return _data_dir()


def _anchor(value: str | None, default: Path) -> str | None:
    if value is None:
        return str(default)
    if value.lower() == "off":
        return None
    if "://" in value and not re.fullmatch(r"s3://[a-z0-9.-]+(/.*)?", value):
        raise _refuse("SYM_AUDIT_ANCHOR", "a file, s3://bucket/prefix or off is needed")
    return value


def _retention(value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,3})(d|y)", value)
    if found is None:
        raise _refuse("SYM_AUDIT_RETENTION", "days or years are needed, such as 400d or 7y; unset keeps everything")
    return timedelta(days=int(found[1]) * (366 if found[2] == "y" else 1))


def _drift_every(value: str) -> timedelta | None:
    if value.lower() == "off":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,4})(m|h|d)", value)
    every = timedelta(minutes=int(found[1]) * {"m": 1, "h": 60, "d": 1440}[found[2]]) if found else timedelta()
    if not timedelta(minutes=5) <= every <= timedelta(days=7):
        raise _refuse("SYM_DRIFT_EVERY", "minutes, hours or days are needed, such as 30m or 1d, from 5m to 7d; or off")
    return every


def _data_dir() -> Path:
    return Path(platformdirs.user_data_dir("sym", appauthor=False))


def _api_url(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or parts.query or parts.fragment:
        raise _refuse("SYM_API_URL", "an address such as https://sym.example.com/api/v1 is needed, without a password")
    path = parts.path.rstrip("/") or "/api/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _service_urls(value: str) -> dict[str, str]:
    found = {}
    for part in filter(None, map(str.strip, value.split(","))):
        host, _, url = part.partition("=")
        parts = urlsplit(url.strip())
        if not host.strip() or parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise _refuse("SYM_SERVICE_URLS", "HOST=URL is needed, such as api.github.com=https://proxy.example.com")
        found[host.strip()] = url.strip().rstrip("/")
    return found


def _folder(variable: str, value: str | None) -> Path | None:
    if value is None:
        return None
    if not Path(value).is_dir():
        raise _refuse(variable, "there is no such folder")
    return Path(value).resolve()


def _folders(variable: str, value: str) -> tuple[Path, ...]:
    found = (_folder(variable, part) for part in value.split(os.pathsep) if part)
    return tuple(folder for folder in found if folder is not None)


def _memory(value: str) -> int:
    least, most = _MEMORY_MB
    if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
        raise _refuse("SYM_HANDLER_MEMORY_MB", f"a whole number of MiB from {least} to {most} is needed")
    return int(value)


def _log_level(value: str) -> str:
    level = value.upper()
    if level not in _LOG_LEVELS or level not in logging.getLevelNamesMapping():
        raise _refuse("SYM_LOG_LEVEL", f"one of {', '.join(_LOG_LEVELS)} is needed")
    return level


def _log_format(value: str | None) -> str | None:
    if value is not None and value.lower() not in _LOG_FORMATS:
        raise _refuse("SYM_LOG_FORMAT", f"{' or '.join(_LOG_FORMATS)} is needed")
    return value.lower() if value else None


def _metrics(value: str) -> bool | tuple[str, int]:
    if value.lower() in ("on", "off"):
        return value.lower() == "on"
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.path or parts.username or parts.query or parts.fragment:
        raise _refuse("SYM_METRICS", "on, off or an address such as 127.0.0.1:9464 is needed")
    return host, port
