"""Where people log in, as the variables ``SYM_OIDC_*`` say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sym.errors import Invalid
from sym.oidc.addresses import is_issuer

ROLES = ("admin", "member", "guest")
"""The roles of people, the most powerful first."""
DEFAULT_SCOPES = ("openid", "email", "profile", "offline_access")

_ISSUER, _CLIENT, _SECRET = "SYM_OIDC_ISSUER", "SYM_OIDC_CLIENT_ID", "SYM_OIDC_PUBLIC_SECRET"
_ROLES, _GROUPS, _SCOPES, _EMAIL = "SYM_OIDC_ROLES", "SYM_OIDC_GROUPS_CLAIM", "SYM_OIDC_SCOPES", "SYM_OIDC_EMAILS"


@dataclass(frozen=True, kw_only=True)
class OidcSettings:
    """The issuer that people log in at, and what its word is worth.

    ``issuer`` is compared letter for letter; ``client_id`` is what the command line is called there, and
    ``public_secret`` goes with it at issuers that want one from programs everybody can read. ``roles`` gives roles to
    groups, which stand in ``groups_claim``; empty, the issuer has no say in roles. ``takes_all_emails``: an e-mail
    address counts unless the issuer says that it is not verified; else only if it says that it is.
    """

    issuer: str
    client_id: str
    public_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    roles: Mapping[str, str] = field(default_factory=dict)
    groups_claim: str = "groups"
    takes_all_emails: bool = False


def oidc_settings(given: Mapping[str, str]) -> OidcSettings | None:
    """The settings in an environment without empty values; None if nothing of them is set. Raises Invalid, its ``path``
    the variable that is wrong or missing."""
    names = (_ISSUER, _CLIENT, _SECRET, _ROLES, _GROUPS, _SCOPES, _EMAIL)
    found = {name: given[name].strip() for name in names if given.get(name, "").strip()}
    if not found:
        return None
    for name in (_ISSUER, _CLIENT):
        if name not in found:
            raise _refuse(name, f"it is needed where {', '.join(sorted(found))} is set")
    if not is_issuer(found[_ISSUER]):
        raise _refuse(_ISSUER, "an issuer is needed as its tokens name it, such as https://id.example.com; https")
    return OidcSettings(
        issuer=found[_ISSUER], client_id=found[_CLIENT], public_secret=found.get(_SECRET),
        scopes=_scopes(found.get(_SCOPES, " ".join(DEFAULT_SCOPES))), roles=_roles(found.get(_ROLES, "")),
        groups_claim=found.get(_GROUPS, "groups"), takes_all_emails=_takes_all(found.get(_EMAIL, "verified")),
    )  # fmt: skip


def _scopes(value: str) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(value.replace(",", " ").split()))
    if "openid" not in scopes or "email" not in scopes:
        raise _refuse(_SCOPES, "openid and email are among the scopes, separated by spaces")
    return scopes


def _roles(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, value.split(","))):
        # The last "=": names of groups may hold one (cn=admins,… may not: it has commas).
        group, _, role = (text.strip() for text in part.rpartition("="))
        if not group or role not in ROLES:
            raise _refuse(_ROLES, "GROUP=ROLE is needed, such as platform=admin,everyone=member; roles: "
                          + ", ".join(ROLES))  # fmt: skip
        if group in found:
            raise _refuse(_ROLES, "a group is named twice")
        found[group] = role
    return found


def _takes_all(value: str) -> bool:
    if value.lower() not in ("verified", "all"):
        raise _refuse(_EMAIL, "verified or all is needed")
    return value.lower() == "all"


def _refuse(variable: str, message: str) -> Invalid:
    return Invalid(f"{variable}: {message}.", path=variable, code="Config:INVALID")
