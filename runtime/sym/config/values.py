"""What the texts of variables mean. Every function raises Invalid with the variable's name as ``path``, never with the
value: it may hold a password."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from sym.api.limits import Rate
from sym.errors import Invalid

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_STORE_SCHEMES = ("postgresql", "postgresql+psycopg")
_MEMORY_MB = (64, 65536)
_LOGIN_FILE = Path("symflow", "default", "config.yml")
_LOG_FORMATS = ("json", "console")


def refuse(variable: str, message: str) -> Invalid:
    return Invalid(f"{variable}: {message}", path=variable, code="Config:INVALID")


def store_url(value: str | None) -> str:
    if value is None:
        return f"sqlite:///{data_dir() / 'store.db'}"
    if value.startswith("sqlite:///") and value.removeprefix("sqlite:///").split("?")[0] not in ("", ":memory:"):
        return value
    if value.split("://")[0] in _STORE_SCHEMES and "://" in value:
        return value
    raise refuse(
        "SYM_STORE_URL", "the store is sqlite:///PATH (a file, so sqlite:////var/lib/… has four) or postgresql://…"
    )


def beside(store_url: str, name: str) -> Path:
    """What is called ``name`` beside the store and is not in it."""
    return folder_of(store_url) / name


def of_store(store_url: str, name: str) -> Path:
    """A file that belongs to one store alone: a folder may hold several, and so may a server."""
    if store_url.startswith("sqlite:///"):
        return Path(f"{store_url.removeprefix('sqlite:///').split('?')[0]}.{name}")
    parts = urlsplit(store_url)
    place = "-".join(part for part in (parts.hostname, str(parts.port or ""), parts.path.strip("/")) if part)
    return data_dir() / f"{re.sub(r'[^A-Za-z0-9.-]', '_', place)}.{name}"


def folder_of(store_url: str) -> Path:
    """Where what belongs to the store and is not in it lies: beside a file, else in the user's data folder."""
    if store_url.startswith("sqlite:///"):
        return Path(store_url.removeprefix("sqlite:///").split("?")[0]).parent
    return data_dir()


def anchor(value: str | None, default: Path) -> str | None:
    if value is None:
        return str(default)
    if value.lower() == "off":
        return None
    if "://" in value and not re.fullmatch(r"s3://[a-z0-9.-]+(/.*)?", value):
        raise refuse("SYM_AUDIT_ANCHOR", "a file, s3://bucket/prefix or off is needed")
    return value


def retention(value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,3})(d|y)", value)
    if found is None:
        raise refuse("SYM_AUDIT_RETENTION", "days or years are needed, such as 400d or 7y; unset keeps everything")
    return timedelta(days=int(found[1]) * (366 if found[2] == "y" else 1))


def every(variable: str, value: str) -> timedelta | None:
    if value.lower() == "off":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,4})(m|h|d)", value)
    span = timedelta(minutes=int(found[1]) * {"m": 1, "h": 60, "d": 1440}[found[2]]) if found else timedelta()
    if not timedelta(minutes=5) <= span <= timedelta(days=7):
        raise refuse(variable, "minutes, hours or days are needed, such as 30m or 1d, from 5m to 7d; or off")
    return span


def rate_limit(value: str) -> Rate | None:
    if value.lower() == "off":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,6})/(s|m|h)", value)
    if found is None:
        raise refuse("SYM_RATE_LIMIT", "calls per second, minute or hour are needed, such as 600/m; or off")
    return Rate(int(found[1]), {"s": 1, "m": 60, "h": 3600}[found[2]])


def data_dir() -> Path:
    return Path(platformdirs.user_data_dir("sym", appauthor=False))


def api_url(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or parts.query or parts.fragment:
        raise refuse("SYM_API_URL", "an address such as https://sym.example.com/api/v1 is needed, without a password")
    path = parts.path.rstrip("/") or "/api/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


def service_urls(value: str) -> dict[str, str]:
    found = {}
    for part in filter(None, map(str.strip, value.split(","))):
        host, _, url = part.partition("=")
        parts = urlsplit(url.strip())
        if not host.strip() or parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise refuse("SYM_SERVICE_URLS", "HOST=URL is needed, such as api.github.com=https://proxy.example.com")
        found[host.strip()] = url.strip().rstrip("/")
    return found


def folder(variable: str, value: str | None) -> Path | None:
    if value is None:
        return None
    if not Path(value).is_dir():
        raise refuse(variable, "there is no such folder")
    return Path(value).resolve()


def folders(variable: str, value: str) -> tuple[Path, ...]:
    found = (folder(variable, part) for part in value.split(os.pathsep) if part)
    return tuple(folder for folder in found if folder is not None)


def memory(value: str) -> int:
    least, most = _MEMORY_MB
    if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
        raise refuse("SYM_HANDLER_MEMORY_MB", f"a whole number of MiB from {least} to {most} is needed")
    return int(value)


def log_level(value: str) -> str:
    level = value.upper()
    if level not in _LOG_LEVELS or level not in logging.getLevelNamesMapping():
        raise refuse("SYM_LOG_LEVEL", f"one of {', '.join(_LOG_LEVELS)} is needed")
    return level


def log_format(value: str | None) -> str | None:
    if value is not None and value.lower() not in _LOG_FORMATS:
        raise refuse("SYM_LOG_FORMAT", f"{' or '.join(_LOG_FORMATS)} is needed")
    return value.lower() if value else None


def metrics(value: str) -> bool | tuple[str, int]:
    if value.lower() in ("on", "off"):
        return value.lower() == "on"
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.path or parts.username or parts.query or parts.fragment:
        raise refuse("SYM_METRICS", "on, off or an address such as 127.0.0.1:9464 is needed")
    return host, port


def login_files(given: Mapping[str, str]) -> tuple[Path, ...]:
    """Where a login may be; the Terraform provider looks in the same places, in the same order."""
    home = given.get("HOME") or given.get("USERPROFILE")
    folders = [given.get("XDG_CONFIG_HOME"), f"{home}/.config" if home else None]
    return tuple(dict.fromkeys(Path(folder, _LOGIN_FILE) for folder in folders if folder))


def has_display(given: Mapping[str, str]) -> bool:
    if given.get("SSH_CONNECTION") and not given.get("DISPLAY"):
        return False
    shows = any(given.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return shows or sys.platform in ("darwin", "win32")
