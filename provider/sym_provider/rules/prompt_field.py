"""What is checked at plan of one prompt field of a flow: what may be said of a field of its type, and whether it fits
together. What is not known yet is passed over."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from sym.implementation import read_on_change
from sym.resources._answers import (
    LONGEST_OPTION,
    NOT_APPLICABLE,
    PEOPLE,
    default_problem,
    duration_problem,
    is_among,
    is_whole_number,
)
from sym_provider.framework.diagnostics import Diagnostic, Path, error, warning
from sym_provider.framework.schema import State
from sym_provider.framework.values import is_unknown
from sym_provider.rules.author_code import check_code

_read = functools.lru_cache(maxsize=64)(read_on_change)  # flows share their code


def check_prompt_field(field: State, path: Path) -> Iterator[Diagnostic]:
    """What is wrong with a prompt field, whatever the flow is."""
    name = field.get("name")
    if name == "":
        yield error("A prompt field without a name", "An answer is found by its field's name.", (*path, "name"))
    if isinstance(name, str) and field.get("on_change") != "":
        source, on_change = f"on_change of {name}", (*path, "on_change")
        yield from check_code(field.get("on_change"), on_change, source, lambda text: _read(text, name).problems)
    yield from _check_applicable(field, path)
    if field.get("type") not in PEOPLE:
        yield from _check_allowed_values(field, (*path, "allowed_values"))
        yield from _check_default(field, (*path, "default"))


def check_duration_field(field: State, path: Path) -> Iterator[Diagnostic]:
    """What is wrong with the prompt field named ``duration`` of a flow whose access ends by itself."""
    if field.get("required") is False:
        detail = "Access that ends by itself needs a duration, so the field must be required."
        yield error("The prompt field duration must be required", detail, (*path, "required"))
    values = field.get("allowed_values")
    if not is_unknown(values) and not values:
        detail = 'Say which durations there are, such as allowed_values = ["30m", "1h"], or leave the field out: then '
        detail += "30s, 10m and 1h are offered."
        yield error("The prompt field duration needs allowed_values", detail, (*path, "allowed_values"))
    if is_unknown(values) or field.get("type") == "duration":
        return  # those of that type are checked wherever they are
    for index, value in enumerate(values or []):
        if isinstance(value, str) and (problem := duration_problem(value)):
            yield error("Invalid duration", f"{problem}.", (*path, "allowed_values", index))


def _check_applicable(field: State, path: Path) -> Iterator[Diagnostic]:
    kind = field.get("type")
    for attribute in NOT_APPLICABLE.get(kind, ()) if isinstance(kind, str) else ():
        if not _is_given(field.get(attribute)):
            continue
        place = (*path, attribute)
        if kind in PEOPLE:
            detail = "People are chosen from everybody in the Slack workspace. Remove it."
            yield error(f"A field of type {kind} cannot have {attribute}", detail, place)
        else:
            detail = f"A field of type {kind} has none. Remove it."
            yield warning(f'The {attribute} of "{field.get("name")}" does nothing', detail, place)


def _is_given(value: Any) -> bool:
    # An unknown value may turn out to be null.
    return not is_unknown(value) and value not in (None, "", False, [])


def _check_allowed_values(field: State, path: Path) -> Iterator[Diagnostic]:
    values = field.get("allowed_values")
    if is_unknown(values):
        return
    if not values:
        yield from _check_choice_of_durations(field, path)
    elif field.get("name") == "target_id":
        detail = "The targets of the strategy are offered. Remove allowed_values."
        yield warning("The allowed_values of target_id are ignored", detail, path)
    else:
        for index, value in enumerate(values):
            if isinstance(value, str):
                yield from _check_allowed_value(field.get("type"), value, (*path, index))


def _check_choice_of_durations(field: State, path: Path) -> Iterator[Diagnostic]:
    name = field.get("name")
    if field.get("type") == "duration" and isinstance(name, str) and name != "duration":
        detail = 'A duration is chosen from a list. Add one, such as allowed_values = ["30m", "1h"].'
        yield warning(f'The prompt field "{name}" has no durations to choose from', detail, path)


def _check_allowed_value(kind: Any, value: str, path: Path) -> Iterator[Diagnostic]:
    if len(value) > LONGEST_OPTION:
        detail = f"It has {len(value)} characters; an option of a drop-down list has at most {LONGEST_OPTION}."
        yield warning(f'The option "{value[:LONGEST_OPTION]}…" is too long', detail, path)
    if kind in ("int", "int_list") and not is_whole_number(value):
        detail = f"A field of type {kind} has whole numbers for answers, so this one cannot be chosen."
        yield warning(f'The option "{value}" is not a whole number', detail, path)
    if kind == "duration" and (problem := duration_problem(value)):
        yield error("Invalid duration", f"{problem}.", path)


def _check_default(field: State, path: Path) -> Iterator[Diagnostic]:
    kind, default = field.get("type"), field.get("default")
    if not isinstance(kind, str) or not isinstance(default, str) or not default:
        return
    if "default" in NOT_APPLICABLE.get(kind, ()):
        return
    values = field.get("allowed_values")
    values = [] if is_unknown(values) else values or []
    if default in values:
        return
    if problem := default_problem(kind, default):
        yield error("The default is not an answer to this field", problem, path)
    elif _is_closed(field, values) and not is_among(kind, default, values):
        detail = f'"{default}" is not one of: {", ".join(values)}.'
        yield error("The default is not among the allowed values", detail, path)


def _is_closed(field: State, values: list[Any]) -> bool:
    """Whether ``values`` are all the answers there can be: known, and not replaced by prefetched ones or targets."""
    if field.get("prefetch") is not False and field.get("prefetch") is not None:
        return False
    applies = "allowed_values" not in NOT_APPLICABLE.get(field["type"], ()) and field.get("name") != "target_id"
    return bool(values) and applies and all(isinstance(value, str) for value in values)
