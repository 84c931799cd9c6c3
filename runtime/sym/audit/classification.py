"""What of an entry anybody who reads the log may see for ever. Everything unclassified is personal.

A personal value is kept beside its entry and can be erased; in the entry stands a commitment to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sym.audit.chain import PersonalValue, keys, placeholder, plain, pointer

_Path = tuple[str, ...]


def _paths(text: str) -> tuple[_Path, ...]:
    return tuple(tuple(path.split(".")) for path in text.split())


# * is any one key. Ids of users (in SRNs) are pseudonyms: names and addresses are elsewhere.
_EVERYWHERE = _paths("""
    id type meta.schema_version state.status
    run.srn run.parent run.flow run.actors.*.user
    event.id event.srn event.type event.template event.timestamp event.channel
    actor.user
""")

# By the entry's type, because the fields of a run are named by whoever wrote the flow: "code" may be one of them.
PUBLIC: dict[str, tuple[_Path, ...]] = {
    "event": _EVERYWHERE
    + _paths("""
        fields.target_id fields.duration fields.deescalate_type
        fields.held_by fields.preexisting fields.never_granted
        fields.target.srn fields.target.type fields.target.label
    """),
    "refusal": _EVERYWHERE + _paths("fields.action fields.code fields.run"),
    "configuration": _EVERYWHERE
    + _paths("""
        fields.resource.name fields.resource.type fields.resource.slug fields.resource.id fields.resource.version
        fields.resource.document_hash fields.resource.changed
    """),
    "administration": _EVERYWHERE
    + _paths("""
        fields.organization.id fields.organization.slug
        fields.user.id fields.user.type fields.user.role fields.user.previous_role fields.user.entries
        fields.token.jti fields.token.user fields.token.expires_at
        fields.identity.user fields.identity.service fields.identity.service_id
        fields.recovery.reason fields.recovery.leases
        fields.export.full fields.export.personal
        fields.pruning.through fields.pruning.seal_hash fields.pruning.signature fields.pruning.key_id
        fields.pruning.entries
        fields.domain.name fields.domain.primary
        fields.workspace.team_id fields.workspace.scopes
        fields.user.runs fields.user.rerouted fields.user.revoked fields.user.flagged fields.user.trust
        fields.trust.id fields.trust.user fields.trust.issuer fields.trust.audience
        fields.key.purpose fields.key.key_id
        fields.service.service fields.service.service_id fields.service.identities
    """),
}


def _tree(paths: tuple[_Path, ...]) -> dict[str, Any]:
    """The paths as nested dicts; what ends at a place has the key "" there."""
    tree: dict[str, Any] = {}
    for path in paths:
        place = tree
        for key in path:
            place = place.setdefault(key, {})
        place[""] = {}
    return tree


_TREES = {kind: _tree(paths) for kind, paths in PUBLIC.items()}


class _Salts:
    """Salts of 16 random bytes each, in hex, drawn from the system many at a time."""

    def __init__(self) -> None:
        self._drawn = ""

    def __call__(self) -> str:
        if not self._drawn:
            self._drawn = secrets.token_hex(16 * 16)
        salt, self._drawn = self._drawn[:32], self._drawn[32:]
        return salt


def split(
    document: Mapping[str, Any], *, new_salt: Callable[[], str] | None = None
) -> tuple[dict[str, Any], list[PersonalValue]]:
    """The entry to store, and the personal values to store beside it.

    Null and empty values stay where they are: they tell nothing about anybody. A list is one value; so is an object
    with nothing public in it. Raises KeyError for an entry whose type is unknown.
    """
    personal: list[PersonalValue] = []
    draw = new_salt or _Salts()

    def walk(value: Any, path: _Path, public: list[dict[str, Any]]) -> Any:
        if value in (None, "", [], {}):
            return value
        if isinstance(value, dict):
            if any(key for place in public for key in place):
                return {key: walk(item, (*path, key), _below(public, key)) for key, item in value.items()}
        elif any("" in place for place in public):
            return value
        salt = draw()
        personal.append(PersonalValue(path=pointer(path), value=value, salt=salt))
        return placeholder(salt, value)

    return walk(plain(document), (), [_TREES[document["type"]]]), personal


def _below(public: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """The places under ``key``; * is any. An author's key may be "" or *: it is only ever looked up as a name."""
    names = (key, "*") if key not in ("", "*") else ("*",)
    return [place[name] for place in public for name in names if name in place]


def join(document: Mapping[str, Any], personal: list[PersonalValue]) -> dict[str, Any]:
    """The entry with its personal values put back; one that was erased is ``{"erased": true}``."""
    whole = _copy(document)
    for item in personal:
        *parents, last = keys(item.path)
        place = whole
        for key in parents:
            place = place[key]
        place[last] = {"erased": True} if item.erased else item.value
    return whole


def _copy(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in document.items()}
