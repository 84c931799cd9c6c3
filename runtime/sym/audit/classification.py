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
    """),
}


def split(
    document: Mapping[str, Any], *, new_salt: Callable[[], str] = lambda: secrets.token_hex(16)
) -> tuple[dict[str, Any], list[PersonalValue]]:
    """The entry to store, and the personal values to store beside it.

    Null and empty values stay where they are: they tell nothing about anybody. A list is one value; so is an object
    with nothing public in it. Raises KeyError for an entry whose type is unknown.
    """
    personal: list[PersonalValue] = []
    public_paths = PUBLIC[document["type"]]

    def walk(value: Any, path: _Path) -> Any:
        matching = [public for public in public_paths if _begins(public, path)]
        if value in (None, "", [], {}):
            return value
        if isinstance(value, dict):
            if any(len(public) > len(path) for public in matching):
                return {key: walk(item, (*path, key)) for key, item in value.items()}
        elif any(len(public) == len(path) for public in matching):
            return value
        salt = new_salt()
        personal.append(PersonalValue(path=pointer(path), value=value, salt=salt))
        return placeholder(salt, value)

    return walk(plain(document), ()), personal


def _begins(public: _Path, path: _Path) -> bool:
    return all(expected in ("*", key) for expected, key in zip(public, path, strict=False))


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
