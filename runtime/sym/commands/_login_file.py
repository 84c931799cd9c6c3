"""The login of this machine's user: ``symflow/default/config.yml``, which the Terraform provider reads too.

Its keys: ``auth_token`` (``access_token``, and what renews it), ``client_id``, ``email``, ``org``, ``api_url`` (the
server that the login is good for) and ``last_update_check``, which is kept for older programs. Others stay as they are.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sym.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from sym.config import Config

_AGAIN = "Log in again with `symflow login`, or remove the file."


@dataclass(frozen=True, kw_only=True)
class Login:
    """A login at the server ``api_url``. ``issuer``, ``refresh_token`` and ``nonce_secret`` renew it, where the issuer
    lets it be renewed."""

    api_url: str
    access_token: str = field(repr=False)
    expires_at: datetime | None
    client_id: str
    email: str
    org: str
    issuer: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    nonce_secret: str | None = field(default=None, repr=False)


def read_login(settings: Config) -> Login | None:
    """The login, None if there is none. Raises Invalid or Unavailable for a file that cannot be used."""
    for path in settings.login_files:
        document = read(path)
        if document is not None:
            return _login(path, document)
    return None


def read(path: Path) -> dict[str, Any] | None:
    """What is in the file, None if there is none. Raises Invalid or Unavailable, without a word of its text."""
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
        raise Unavailable(f"The login file {path} cannot be read: {reason}.", hint=_AGAIN) from None
    except yaml.YAMLError:
        raise Invalid(f"The login file {path} is no YAML.", hint=_AGAIN) from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise Invalid(f"The login file {path} is no YAML mapping.", hint=_AGAIN)
    return document


def _login(path: Path, document: Mapping[str, Any]) -> Login | None:
    from sym.config import values

    auth = document.get("auth_token")
    token = auth.get("access_token") if isinstance(auth, dict) else None
    url = document.get("api_url")
    # Without a server it is a login to somewhere, such as the original vendor's service: no token of it is sent here.
    if not isinstance(auth, dict) or not isinstance(token, str) or not token or not isinstance(url, str):
        return None
    try:
        api_url = values.api_url(url)
    except Invalid:
        raise Invalid(f"The login file {path} names a server that cannot be used.", hint=_AGAIN) from None
    return Login(
        api_url=api_url or "", access_token=token, expires_at=_moment(auth.get("expires_at")),
        client_id=str(document.get("client_id") or ""), email=str(document.get("email") or ""),
        org=str(document.get("org") or ""), issuer=_text(auth.get("issuer")),
        refresh_token=_text(auth.get("refresh_token")), nonce_secret=_text(auth.get("nonce_secret")),
    )  # fmt: skip


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def write_login(settings: Config, login: Login) -> Path:
    """Keep the login, readable by nobody else; gives the file. Raises Unavailable."""
    if not settings.login_files:
        raise Unavailable("There is no place for the login.", hint="Set HOME or XDG_CONFIG_HOME.")
    path = settings.login_files[0]
    try:
        document = read(path) or {}
    except Invalid:
        document = {}  # what cannot be read is no loss
    auth = {
        "access_token": login.access_token,
        "expires_at": login.expires_at.isoformat() if login.expires_at else None,
        "issuer": login.issuer,
        "refresh_token": login.refresh_token,
        "nonce_secret": login.nonce_secret,
    }
    document |= {
        "auth_token": {key: value for key, value in auth.items() if value is not None},
        "client_id": login.client_id, "email": login.email, "org": login.org, "api_url": login.api_url,
    }  # fmt: skip
    document.setdefault("last_update_check", None)
    _write(path, document)
    return path


def forget_login(settings: Config) -> bool:
    """Remove the login from every file it may be in; whether there was one."""
    was_there = False
    for path in settings.login_files:
        document = read(path)
        if document and document.keys() & {"auth_token", "email", "org", "client_id", "api_url"}:
            was_there = was_there or "auth_token" in document
            kept = ("auth_token", "email", "org", "client_id", "api_url")
            _write(path, {key: value for key, value in document.items() if key not in kept})
    return was_there


@contextlib.contextmanager
def renewing(settings: Config) -> Iterator[None]:
    """One renewal at a time: a refresh token may be good once."""
    import fcntl

    path = settings.login_files[0].with_suffix(".lock")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}.") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, document: Mapping[str, Any]) -> None:
    import yaml

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config-")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                yaml.safe_dump(dict(document), file, sort_keys=False, allow_unicode=True)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unavailable(f"The login file {path} cannot be written: {error.strerror}.") from None
