"""Functions of Terraform that need nothing but their arguments. What an argument does not tell, the result does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sym.assessment.values import UNKNOWN, MissingFile, Unknown, refs_in


def as_text(value: Any) -> str:
    """A plain value as a template writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def step_into(value: Any, steps: list[Any]) -> Any:
    """What is at ``steps`` inside of a value."""
    for step in steps:
        is_key = isinstance(value, dict) and step in value
        is_index = isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value)
        if not is_key and not is_index:
            return Unknown(refs_in(value))
        value = value[step]
    return value


def _merged(arguments: list[Any]) -> Any:
    if not all(isinstance(item, dict) for item in arguments):
        return Unknown(refs_in(arguments))
    return {key: value for item in arguments for key, value in item.items()}


def _concatenated(arguments: list[Any]) -> Any:
    if not all(isinstance(item, list) for item in arguments):
        return Unknown(refs_in(arguments))
    return [value for item in arguments for value in item]


def _encoded(arguments: list[Any]) -> Any:
    if refs_in(arguments) or _has_unknown(arguments[0]):
        return Unknown(refs_in(arguments))
    return json.dumps(arguments[0], default=str)


def _decoded(arguments: list[Any]) -> Any:
    try:
        return json.loads(arguments[0])
    except (TypeError, ValueError):
        return Unknown(refs_in(arguments))


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Unknown | MissingFile):
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_unknown(item) for item in items)


def _of_text(change: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    def changed(arguments: list[Any]) -> Any:
        return change(*arguments) if all(isinstance(item, str) for item in arguments) else Unknown(refs_in(arguments))

    return changed


def _flattened(arguments: list[Any]) -> Any:
    if not isinstance(arguments[0], list):
        return Unknown(refs_in(arguments))
    nested = [_flattened([item]) if isinstance(item, list) else [item] for item in arguments[0]]
    return [item for items in nested for item in items]


def _formatted(arguments: list[Any]) -> Any:
    pattern, *given = arguments
    if not isinstance(pattern, str) or not all(_is_plain(item) for item in given):
        return Unknown(refs_in(arguments))
    parts = re.split(r"%[sdv]", pattern)
    if len(parts) != len(given) + 1 or any("%" in part for part in parts):
        return UNKNOWN
    return parts[0] + "".join(as_text(item) + part for item, part in zip(given, parts[1:], strict=True))


def _looked_up(arguments: list[Any]) -> Any:
    found, key, *otherwise = [*arguments, UNKNOWN][:3]
    if not isinstance(found, dict) or not isinstance(key, str):
        return Unknown(refs_in(arguments))
    return found.get(key, otherwise[0] if otherwise else UNKNOWN)


def _counted(arguments: list[Any]) -> Any:
    return len(arguments[0]) if isinstance(arguments[0], list | dict | str) else UNKNOWN


def _distinct(arguments: list[Any]) -> Any:
    found = arguments[0]
    if not isinstance(found, list) or not all(_is_plain(item) for item in found):
        return Unknown(refs_in(arguments))
    return list(dict.fromkeys(found))


def _set(value: Any) -> Any:
    """A set of texts: its keys are its values."""
    return {item: item for item in sorted(value)} if _are_texts(value) else value


def _values(value: Any) -> Any:
    return list(value.values()) if isinstance(value, dict) else value


def _joined(mark: Any, items: Any) -> Any:
    return mark.join(items) if isinstance(mark, str) and _are_texts(items) else Unknown(refs_in(items))


def _sorted(arguments: list[Any]) -> Any:
    found = _values(arguments[0])
    return sorted(found) if _are_texts(found) else Unknown(refs_in(arguments))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


FUNCTIONS: Mapping[str, Callable[[list[Any]], Any]] = {
    "flatten": _flattened, "format": _formatted, "lookup": _looked_up, "length": _counted, "distinct": _distinct,
    "title": _of_text(lambda text: re.sub(r"\b[a-z]", lambda found: found[0].upper(), text)),
    "split": _of_text(lambda mark, text: text.split(mark)), "sort": _sorted,
    "merge": _merged, "concat": _concatenated, "jsonencode": _encoded, "jsondecode": _decoded,
    "lower": _of_text(str.lower), "upper": _of_text(str.upper), "trimspace": _of_text(str.strip),
    "replace": _of_text(str.replace), "tostring": lambda found: as_text(found[0]) if _is_plain(found[0]) else found[0],
    "tolist": lambda found: _values(found[0]), "toset": lambda found: _set(found[0]), "tomap": lambda found: found[0],
    "sensitive": lambda found: found[0], "nonsensitive": lambda found: found[0],
    "keys": lambda found: sorted(found[0]) if isinstance(found[0], dict) else UNKNOWN,
    "values": lambda found: list(found[0].values()) if isinstance(found[0], dict) else Unknown(refs_in(found)),
    "join": lambda found: _joined(found[0], _values(found[1])),
    "compact": lambda found: [x for x in found[0] if x] if isinstance(found[0], list) else Unknown(refs_in(found)),
}  # fmt: skip
"""Functions that need nothing but their arguments."""
