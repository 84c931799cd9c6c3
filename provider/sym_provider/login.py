"""Which server resources are kept on, and the token to use there: by environment variables, or by the login file.

The login file is ``symflow/default/config.yml`` in ``$XDG_CONFIG_HOME`` if it is there, else in ``~/.config``. Read are
``auth_token.access_token``, ``org`` and ``api_url``, the server the login is good for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sym.errors import Invalid, Unauthenticated, Unavailable
from sym_provider.server import Access

SKIP_VALIDATION = "SYM_TF_SKIP_VALIDATION"

_LOGIN_FILE = Path("symflow", "default", "config.yml")


def find_access(environment: Mapping[str, str], *, org: str, token_variable: str) -> Access | None:
    """The server to use, or None if nothing says that there is one. ``environment`` is the process's; ``org`` and
    ``token_variable`` are what the provider block says.

    A token in the environment is used as it is, without a look at the login file. A login file is used for the server
    that ``SYM_API_URL`` names, or, without that, for the one it names itself; one that names none selects nothing. The
    server will have to be ``org``'s, as will the login, unless ``SYM_TF_SKIP_VALIDATION`` is set.

    Raises Invalid for what cannot be used, Unauthenticated where a token is missing, Unavailable for a login file that
    cannot be read. Their text never holds a token; ``path`` is ``org`` where that is meant.
    """
    expected_org = "" if environment.get(SKIP_VALIDATION) else org
    url = environment.get("SYM_API_URL", "")
    if token := environment.get(token_variable, ""):
        return Access(url=server_url(url), token=token, origin=token_variable, org=expected_org) if url else None
    for path in _login_files(environment):
        text = _text(path)
        if text is not None:
            return _access_of_login(path, _parse(path, text), url, expected_org, token_variable)
    if not url:
        return None
    hint = f"Set {token_variable} to a token of that server, or log in with the command line."
    raise Unauthenticated("SYM_API_URL is set, but there is neither a token nor a login file.", hint=hint)


def server_url(text: str) -> str:
    """The address of a server, ending with its path (``/api/v1`` if there is none) and without a slash. Raises
    Invalid, without repeating the text: it may hold a password."""
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or "@" in parts.netloc or parts.query or parts.fragment or not text.isprintable():
        hint = "Write it like https://sym.example.com/api/v1, without a password."
        raise Invalid("The server's address in SYM_API_URL, or api_url of the login file, is not usable.", hint=hint)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/api/v1'}"


def _login_files(environment: Mapping[str, str]) -> list[Path]:
    """Where a login file may be; the first that is there counts."""
    home = environment.get("HOME") or environment.get("USERPROFILE")
    folders = [environment.get("XDG_CONFIG_HOME"), f"{home}/.config" if home else None]
    return [Path(folder, _LOGIN_FILE) for folder in folders if folder]


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
        hint = "Make it readable, log in again with the command line, or set SYM_API_URL and SYM_JWT."
        # Not the cause: what Python says of bytes that are no UTF-8 holds the bytes.
        raise Unavailable(f"The login file {path} cannot be read: {reason}.", hint=hint) from None


def _parse(path: Path, text: str) -> Mapping[str, Any]:
    try:
        import yaml
    except ImportError as problem:
        hint = "Install it with: pip install 'symflow[provider]'. Or set SYM_API_URL and SYM_JWT."
        raise Unavailable(f"Reading the login file {path} needs PyYAML.", hint=hint) from problem
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        # What PyYAML says quotes the file, which holds a token.
        raise _unreadable(path, f"line {mark.line + 1} is no YAML" if mark else "it is no YAML") from None
    if not isinstance(document, Mapping):
        raise _unreadable(path, "it is no YAML mapping")
    return document


def _unreadable(path: Path, reason: str) -> Invalid:
    hint = "Log in again with the command line, or remove the file."
    return Invalid(f"The login file {path} could not be parsed: {reason}.", hint=hint)


def _access_of_login(path: Path, login: Mapping[str, Any], url: str, org: str, token_variable: str) -> Access | None:
    named = login.get("api_url")
    if not named and not url:
        return None  # a login to somewhere, such as the original vendor's service
    chosen = server_url(url or str(named))
    if named and server_url(str(named)) != chosen:
        hint = f"Correct SYM_API_URL, log in there, or set {token_variable} to a token of that server."
        raise Invalid(f"SYM_API_URL is {chosen}, but {path} is a login to {server_url(str(named))}.", hint=hint)
    auth = login.get("auth_token")
    token = auth.get("access_token") if isinstance(auth, Mapping) else None
    if not isinstance(token, str) or not token:
        hint = f"Log in with the command line, or set {token_variable} to a token."
        raise Unauthenticated(f"The login file {path} holds no token.", hint=hint)
    logged_in = str(login.get("org") or "")
    if org and logged_in.lower() != org.lower():
        of = f"of the organization '{logged_in}'" if logged_in else "without an organization"
        raise Invalid(
            f"{path} is a login {of}, but the provider's org is '{org}'.",
            hint=f"Log in to '{org}', correct org, or set {SKIP_VALIDATION}.",
            path="org",
        )
    return Access(url=chosen, token=token, origin=str(path), org=org)
