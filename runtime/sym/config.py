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

_SECRET_PREFIX = "SYM_SECRET_"  # noqa: S105 - the beginning of names, not a secret
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_STORE_SCHEMES = ("postgresql", "postgresql+psycopg")
_MEMORY_MB = (64, 65536)


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the environment says. Values that may hold a password are left out of ``repr``.

    ``store_url`` is ``sqlite:///<path>`` or ``postgresql://…``, and ``store_is_default`` whether nobody set it;
    ``api_url`` ends without a slash and includes ``/api/v1``; ``handler_memory_mb`` is in MiB;
    ``handler_folders`` are the folders authors' code may read and write;
    ``ledger_dir`` is where the list of leases is kept beside the store;
    ``environment_secrets`` are the variables ``SYM_SECRET_*``, for the ``env`` secret source; ``audit_anchor`` is the
    file or ``s3://bucket/prefix`` where seals of the audit log are written down, None for nowhere; ``audit_spool`` the
    file for entries that the store does not take; ``audit_retention`` how long entries are kept, None for ever.
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
    log_level: str = "INFO"
    environment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    audit_anchor: str | None = None
    audit_spool: Path = Path("audit-spool.jsonl")
    audit_retention: timedelta | None = None


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
        keys_dir=Path(given["SYM_KEYS_DIR"]) if "SYM_KEYS_DIR" in given else _beside(store_url, "keys"),
        ledger_dir=Path(given["SYM_LEDGER_DIR"]) if "SYM_LEDGER_DIR" in given else _beside(store_url, "ledger"),
        jwt=given.get("SYM_JWT", "").strip() or None,
        api_url=_api_url(given.get("SYM_API_URL")),
        secrets_dir=_folder("SYM_SECRETS_DIR", given.get("SYM_SECRETS_DIR")),
        handler_memory_mb=_memory(given.get("SYM_HANDLER_MEMORY_MB", "512")),
        handler_folders=_folders("SYM_HANDLER_FOLDERS", given.get("SYM_HANDLER_FOLDERS", "")),
        log_level=_log_level(given.get("SYM_LOG_LEVEL", "INFO")),
        environment_secrets={name: value for name, value in given.items() if name.startswith(_SECRET_PREFIX)},
        audit_anchor=_anchor(given.get("SYM_AUDIT_ANCHOR"), _folder_of(store_url)),
        audit_spool=Path(given.get("SYM_AUDIT_SPOOL") or _folder_of(store_url) / "audit-spool.jsonl"),
        audit_retention=_retention(given.get("SYM_AUDIT_RETENTION")),
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


def _folder_of(store_url: str) -> Path:
    """Where what belongs to the store and is not in it lies: beside a file, else in the user's data folder."""
    if store_url.startswith("sqlite:///"):
        return Path(store_url.removeprefix("sqlite:///").split("?")[0]).parent
    return _data_dir()


def _anchor(value: str | None, folder: Path) -> str | None:
    if value is None:
        return str(folder / "audit-anchor.jsonl")
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
