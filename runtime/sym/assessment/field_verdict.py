"""What would become of the prompt fields of a flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.assessment.code import code_findings
from sym.assessment.wording import Finding, needs, warns
from sym.implementation import Implementation, read_on_change
from sym.resources._answers import (
    LONGEST_OPTION,
    NOT_APPLICABLE,
    PEOPLE,
    default_problem,
    duration_problem,
    is_among,
    is_whole_number,
)
from sym.resources.flow import FIELD_TYPES


def check_fields(fields: list[Any], params: dict[str, Any], implementation: Implementation | None) -> Iterator[Finding]:
    """What is to be said of the prompt ``fields`` of a flow; what is not known of them is passed over."""
    seen: set[str] = set()
    for field in fields:
        if not isinstance(field, dict):
            continue
        name = field.get("name")
        if isinstance(name, str) and name in seen:
            yield needs(f'Two prompt fields are named "{name}".')
        seen.add(name if isinstance(name, str) else "")
        yield from _check_field(field, params)
        if implementation is not None and isinstance(name, str) and field.get("prefetch") is True:
            opaque = any(one.kind == "prefetch" and one.field_name is None for one in implementation.handlers)
            if implementation.prefetch_for(name) is None and not opaque:
                yield warns(f'Nothing prefetches the options of "{name}".')


def _check_field(field: dict[str, Any], params: dict[str, Any]) -> Iterator[Finding]:
    name, kind = field.get("name"), field.get("type")
    if kind == "list":
        yield needs(f'The prompt field "{name}" has the type "list" of 1.x; write string (or int) with allowed_values.')
    elif isinstance(kind, str) and kind not in FIELD_TYPES:
        yield needs(f'The prompt field "{name}" has the type "{kind}"; there are: {", ".join(FIELD_TYPES)}.')
    elif isinstance(kind, str):
        yield from _check_applicable(field, kind)
        yield from _check_answers(field, kind)
    if isinstance(name, str) and isinstance(field.get("on_change"), str):
        code = field["on_change"]
        yield from code_findings(code, f"on_change of {name}", lambda text: read_on_change(text, name).problems)
    if name == "duration":
        yield from _check_duration(field, params)


def _check_applicable(field: dict[str, Any], kind: str) -> Iterator[Finding]:
    name, unused = field.get("name"), [key for key in NOT_APPLICABLE.get(kind, ()) if field.get(key)]
    if unused and kind in PEOPLE:
        yield needs(f'The prompt field "{name}" is about people, and takes no allowed_values, default or prefetch.')
    elif unused:
        yield warns(f'The {" and the ".join(unused)} of the prompt field "{name}" do nothing: its type is {kind}.')
    if name == "target_id" and field.get("allowed_values"):
        yield warns("The allowed_values of target_id are ignored: the strategy's targets are offered.")


def _check_answers(field: dict[str, Any], kind: str) -> Iterator[Finding]:
    """Whether allowed values are answers to the field, and its default one of them."""
    name, unused = field.get("name"), NOT_APPLICABLE.get(kind, ())
    known = _texts(field.get("allowed_values")) if "allowed_values" not in unused and name != "target_id" else []
    for value in known or ():
        if len(value) > LONGEST_OPTION:
            yield warns(
                f'An option of "{name}" has {len(value)} characters; drop-down lists show {LONGEST_OPTION}: {value}'
            )
        if kind in ("int", "int_list") and not is_whole_number(value):
            yield warns(f'The option "{value}" of "{name}" is not a whole number, and cannot be chosen.')
        if kind == "duration" and (problem := duration_problem(value)):
            yield needs(f"The prompt field {name}: {problem}.")
    default = _text(field.get("default"))
    if default and "default" not in unused:
        if problem := default_problem(kind, default):
            yield needs(f'The default of "{name}" is no answer: {problem}')
        elif known and field.get("prefetch") in (None, False) and not is_among(kind, default, known):
            yield needs(f'The default of "{name}", "{default}", is not one of: {", ".join(known)}.')


def _texts(values: Any) -> list[str] | None:
    """Values as Terraform makes texts of them; None if one of them is not known."""
    found = [_text(value) for value in values] if isinstance(values, list) else []
    return None if None in found else [text for text in found if text is not None]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else None


def _check_duration(field: dict[str, Any], params: dict[str, Any]) -> Iterator[Finding]:
    if params.get("strategy_id") is None:
        yield needs("A flow without strategy_id has no use for the prompt field duration: remove it.")
        return
    if params.get("schedule_deescalation") is False:
        return
    if field.get("required") is False:
        yield needs("The prompt field duration must be required.")
    values = field.get("allowed_values")
    if values is None or values == []:
        yield needs("The prompt field duration needs allowed_values.")
    for value in values if isinstance(values, list) and field.get("type") != "duration" else []:
        if isinstance(value, str) and (problem := duration_problem(value)):
            yield needs(f"The prompt field duration: {problem}.")
