"""What makes the log tamper-evident: canonical JSON, hashes of entries, commitments to personal values.

Pure functions; nothing here reads or writes. An entry's hash covers its document, in which personal values are replaced
by salted commitments: erasing value and salt leaves document and hash as they were. ``seals`` links what is hashed here
into one chain.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# PostgreSQL's JSON holds neither, and a lone surrogate has no UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_COMMITMENT = "commitment"
WRONG_HASH = "the entry's document does not have its hash"


@dataclass(frozen=True, kw_only=True)
class PersonalValue:
    """One personal value of an entry: ``path`` is a JSON Pointer (RFC 6901) into its document. Once it is erased, salt
    and value are gone."""

    path: str
    value: Any = None
    salt: str | None = None
    erased: bool = False


def plain(value: Any) -> Any:
    """``value`` as both databases give it back: NUL and lone surrogates become U+FFFD, whole floats integers, tuples
    lists. Raises TypeError for what is no JSON value, ValueError for NaN and infinities."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("JSON has no NaN and no infinity")
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a JSON object's key is text, not {type(key).__name__}")
    return _UNSTORABLE.sub("\ufffd", key)


def canonical(value: Any) -> bytes:
    """The one way to write a JSON value: keys sorted, no spaces, UTF-8, numbers as :func:`plain` makes them."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _whole(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def _no_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")


_DECODER = json.JSONDecoder(parse_float=_whole, parse_constant=_no_constant)


def parsed(text: str) -> Any:
    """The value of JSON text, with numbers as :func:`plain` makes them. Raises ValueError for what is no JSON."""
    return _DECODER.decode(text)


def canonical_parsed(value: Any) -> bytes:
    """:func:`canonical` for what :func:`parsed` gave, in a tenth of the time: there is nothing left to replace."""
    return _ENCODER.encode(value).encode()


def document_hash(document: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the canonical form of a document: what names one version of a resource's content."""
    return _sha256(canonical(document))


def entry_hash(document: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of an entry's document, personal values being commitments in it already."""
    return _sha256(b"entry\x00" + canonical(document))


def commitment(salt: str, value: Any) -> str:
    """SHA-256, in hex, that binds to ``value`` without telling it: ``salt`` (hex) keeps it from being guessed."""
    return _sha256(b"personal\x00" + canonical([salt, value]))


def placeholder(salt: str, value: Any) -> dict[str, str]:
    """What stands in an entry's document where the personal ``value`` was."""
    return {_COMMITMENT: commitment(salt, value)}


def merkle_root(hashes: Sequence[str]) -> str:
    """The Merkle tree hash (RFC 6962) over the entries' hashes in their order. Raises ValueError without any.

    Leaves and inner nodes are hashed with different prefixes, so that no node passes for a leaf.
    """
    if not hashes:
        raise ValueError("a seal needs at least one entry")
    if len(hashes) == 1:
        return _sha256(b"\x00" + bytes.fromhex(hashes[0]))
    split = 1 << (len(hashes) - 1).bit_length() - 1
    left, right = merkle_root(hashes[:split]), merkle_root(hashes[split:])
    return _sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))


def audit_path(hashes: Sequence[str], index: int) -> list[str]:
    """The Merkle audit path (RFC 6962) of the entry at ``index``: the hashes that, with its own, give the root."""
    if len(hashes) == 1:
        return []
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if index < split:
        return [*audit_path(hashes[:split], index), merkle_root(hashes[split:])]
    return [*audit_path(hashes[split:], index - split), merkle_root(hashes[:split])]


def root_of_path(value: str, index: int, count: int, path: Sequence[str]) -> str | None:
    """The root that an entry's hash and its audit path give, ``count`` entries being in the tree; None if the path
    cannot be one of that entry."""
    if not 0 <= index < count:
        return None
    if count == 1:
        return None if path else _sha256(b"\x00" + bytes.fromhex(value))
    if not path:
        return None
    split = 1 << (count - 1).bit_length() - 1
    is_left = index < split
    inner = root_of_path(value, index if is_left else index - split, split if is_left else count - split, path[:-1])
    if inner is None:
        return None
    left, right = (inner, path[-1]) if is_left else (path[-1], inner)
    return _sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))


def verify_entry(document: Mapping[str, Any], expected_hash: str, personal: Iterable[PersonalValue]) -> list[str]:
    """What is wrong with an entry as it is stored, in words; nothing if it is as it was written.

    ``document`` holds commitments, ``personal`` every value that was split off, erased ones included. An erased value
    cannot be checked and needs no check.
    """
    problems = [] if entry_hash(document) == expected_hash else [WRONG_HASH]
    for item in personal:
        found = _at(document, item.path)
        if not is_placeholder(found):
            problems.append(f"{item.path}: the entry has no commitment here")
        elif not item.erased and (item.salt is None or found[_COMMITMENT] != commitment(item.salt, item.value)):
            problems.append(f"{item.path}: the value is not the one that was committed to")
    return problems


def is_placeholder(value: Any) -> bool:
    """Whether a value of an entry's document stands for a personal one."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get(_COMMITMENT), str)


def placeholders(document: Any) -> dict[str, str]:
    """The commitments in an entry's document, as :func:`parsed` gave it, by their JSON Pointers."""
    found: dict[str, str] = {}
    waiting = [("", document)] if type(document) is dict else []
    while waiting:
        parent, value = waiting.pop()
        for key, item in value.items():
            if type(item) is not dict or not item:
                continue
            path = f"{parent}/{key}" if "~" not in key and "/" not in key else parent + pointer((key,))
            if is_placeholder(item):
                found[path] = item[_COMMITMENT]
            else:
                waiting.append((path, item))
    return found


def pointer(path: Sequence[str]) -> str:
    """The JSON Pointer of a path of keys."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def keys(path: str) -> list[str]:
    """The keys of a JSON Pointer, the inverse of :func:`pointer`."""
    return [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")[1:]]


def _at(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for key in keys(path):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value
