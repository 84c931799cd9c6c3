"""Lists to choose from: declared in Terraform, given by authors' code, searched by typing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sym.engine.form import Option
from sym.sdk.duration import duration_seconds

MOST_OPTIONS = 1000
MOST_FOUND = 100
LONGEST = 55
"""Characters of a value's text, and of a label."""
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


class BadOptions(ValueError):
    """What authors' code gave is no list of options; the text says why."""


def declared_options(kind: str, texts: Iterable[str]) -> tuple[Option, ...]:
    """The options of a field's ``allowed_values``, which are text in Terraform, as values of the field's type. Values
    that are none of its type are left out: nobody could choose them."""
    found = []
    for text in texts:
        value = _typed(kind, text)
        if value is not None:
            found.append(Option(value, duration_words(value) if kind == "duration" else str(text)))
    return _distinct(found)


def read_options(kind: str, answer: Any) -> tuple[Option, ...]:
    """The options in what authors' code answered, as JSON: a list of FieldOption. Raises BadOptions."""
    if not isinstance(answer, list):
        raise BadOptions(f"it must be a list of FieldOption, not a value of type {type(answer).__name__}")
    if len(answer) > MOST_OPTIONS:
        raise BadOptions(f"there are {len(answer)} options; at most {MOST_OPTIONS} can be shown")
    return _distinct([_read_option(kind, item, number) for number, item in enumerate(answer, start=1)])


def _read_option(kind: str, item: Any, number: int) -> Option:
    if not isinstance(item, dict) or "label" not in item or item.get("$type", "field_option") != "field_option":
        raise BadOptions(f"option {number} is no FieldOption")
    value, label = _typed(kind, item.get("value")), item["label"]
    if value is None:
        raise BadOptions(f"the value of option {number} must be {_WORDS.get(kind, 'text')}")
    if not isinstance(label, str) or not label:
        raise BadOptions(f"option {number} has no label")
    for part, text in (("value", str(value)), ("label", label)):
        if len(text) > LONGEST:
            raise BadOptions(
                f"the {part} of option {number} has {len(text)} characters; at most {LONGEST} can be shown"
            )
    return Option(value, label)


_WORDS = {"int": "a whole number", "int_list": "a whole number", "duration": "a number of seconds"}


def _typed(kind: str, value: Any) -> Any:
    """One choice as what a field of this kind holds, None for what it cannot hold."""
    if kind == "duration":
        return _seconds(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        return None
    if kind in ("int", "int_list"):
        text = str(value).strip()
        return int(text) if text.removeprefix("-").isdecimal() else None
    return str(value)


def _seconds(value: Any) -> int | None:
    try:
        return duration_seconds(value) if not isinstance(value, bool) else None
    except ValueError:
        return None


def _distinct(options: Sequence[Option]) -> tuple[Option, ...]:
    found: dict[Any, Option] = {}
    for option in options:
        found.setdefault(option.value, option)
    return tuple(found.values())


def duration_words(seconds: int) -> str:
    """A duration as people read it: ``90 seconds``, ``1 hour``, ``30 days``."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def matching(options: Sequence[Option], typed: str) -> list[Option]:
    """The first 100 options whose label has what was typed, in whatever letter case."""
    wanted = typed.strip().casefold()
    return [option for option in options if wanted in option.label.casefold()][:MOST_FOUND]
