"""What another issuer's token must say to be taken for a bot's, and whether it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sym.errors import Invalid
from sym.oidc.addresses import is_issuer

# Whoever likes gets tokens there: at least one of these has to say whose is meant.
_OWNED: Mapping[str, tuple[str, ...]] = {
    "https://token.actions.githubusercontent.com": ("sub", "repository", "repository_id"),
    "https://gitlab.com": ("sub", "project_path", "project_id"),
    "https://oidc.circleci.com": ("sub", "oidc.circleci.com/project-id"),
    "https://agent.buildkite.com": ("sub", "pipeline_id"),
    "https://app.terraform.io": ("sub", "terraform_workspace_id", "terraform_project_id"),
    "https://api.bitbucket.org": ("sub", "repositoryUuid"),
    "https://accounts.google.com": ("sub", "email"),
}
_LONGEST = 512
_MOST = 20
_NAME = re.compile(r"[\x21-\x3c\x3e-\x7e]{1,128}")
# What a token says of itself; the issuer and the audience are conditions of their own.
_RESERVED = {"iss", "aud", "exp", "iat", "nbf", "jti"}


def checked(issuer: str, audience: str, claims: Mapping[str, str]) -> dict[str, str]:
    """The claims, if trust in them can be told apart from trust in everybody. Raises Invalid, its ``path`` what is
    wrong."""
    if not is_issuer(issuer):
        raise _refuse("issuer", "An issuer is named as in its tokens, such as "
                      "https://token.actions.githubusercontent.com; https.")  # fmt: skip
    if not audience.strip() or len(audience) > _LONGEST or not audience.isprintable():
        raise _refuse("audience", "An audience is needed: what the job asks its token for, such as this server.")
    if not claims or len(claims) > _MOST:
        raise _refuse("claims", f"Name one claim at least and {_MOST} at most, such as repository=acme/app.")
    for name, value in claims.items():
        _check_claim(name, value)
    _check_owner(issuer, claims)
    return dict(claims)


def _check_claim(name: str, value: str) -> None:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise _refuse("claims", f"{name!r} is no claim to go by.")
    if not value or len(value) > _LONGEST or not value.isprintable():
        raise _refuse("claims", f"The claim {name} needs a value of one line.")
    fixed = value.removesuffix("*")
    if "*" in fixed:
        raise _refuse("claims", f"The claim {name}: a * stands at the end, for any ending.")
    if fixed != value and (not fixed or fixed[-1].isalnum()):
        hint = "Write refs/heads/release-* or acme/*; refs/heads/main* would be refs/heads/main-evil too."
        raise _refuse("claims", f"The claim {name}: a * follows a separator.", hint)


def _check_owner(issuer: str, claims: Mapping[str, str]) -> None:
    for known, owned in _OWNED.items():
        if issuer.rstrip("/") != known and not issuer.startswith(f"{known}/"):
            continue
        named = [name for name in owned if name in claims and _names_owner(claims[name])]
        if not named:
            hint = f"Name one of: {', '.join(owned)}; before a * stands the whole owner, such as acme/*."
            raise _refuse("claims", f"Whoever likes gets tokens of {known}: it must be said whose are meant.", hint)


def _names_owner(value: str) -> bool:
    """Whether nobody else's value begins like this one: ``acme/*`` (``repo:acme/*``) and no less."""
    return not value.endswith("*") or re.fullmatch(r"[^/]*[^/:]/.*\*", value) is not None


def matched(conditions: Mapping[str, str], claims: Mapping[str, Any]) -> dict[str, str] | None:
    """What a token's ``claims`` say where there are ``conditions``, or None if one of them is not met."""
    found: dict[str, str] = {}
    for name, condition in conditions.items():
        said = next((text for text in _texts(claims.get(name)) if _fits(condition, text)), None)
        if said is None:
            return None
        found[name] = said
    return found


def _texts(value: Any) -> list[str]:
    """A claim as text: yes and no as in JSON; of a list, each. What cannot be shown, or stored, is none."""
    if isinstance(value, list):
        return [text for item in value if not isinstance(item, list) for text in _texts(item)]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(value)] if isinstance(value, (str, int)) and str(value).isprintable() else []


def _fits(condition: str, text: str) -> bool:
    return text.startswith(condition[:-1]) if condition.endswith("*") else text == condition


def _refuse(path: str, message: str, hint: str = "") -> Invalid:
    return Invalid(message, hint=hint, path=path, code="TrustAPI:INVALID")
