"""What ``on_change`` functions make of a form: the form as they are given it, and as they give it back. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from sym.engine.form import Option
from sym.engine.form_fields import TARGET, KeptField, valid
from sym.engine.inputs import as_stored
from sym.engine.options import BadOptions, read_options

Document = dict[str, Any]


class BadForm(ValueError):
    """What an ``on_change`` function answered is no form that can be shown; the text says why."""


def for_author(fields: list[KeptField], variables: Mapping[str, str], header: str | None) -> Document:
    """The form as authors' code gets it, as JSON; the order of the fields is that of the form."""
    return {
        "fields": {field.name: _author_field(field) for field in fields},
        "flow_vars": {name: str(value) for name, value in variables.items()},
        "additional_header_text": header,
    }


def _author_field(field: KeptField) -> Document:
    kind = _kind(field)
    return {
        "name": field.name, "type": kind, "label": field.label, "required": field.required, "visible": field.visible,
        "value": None if field.value is None else as_stored(kind, field.value),
        "current_allowed_values": _author_options(field.options),
        "original_allowed_values": _author_options(field.original),
    }  # fmt: skip


def _author_options(options: tuple[Option, ...]) -> list[Document]:
    # Cut, as they could not be written otherwise: the labels of targets may be longer.
    return [{"value": option.value, "label": option.label[:55]} for option in options]


def from_author(fields: list[KeptField], answer: Any) -> tuple[list[KeptField], str | None]:
    """The fields as authors' code left them, and the text below the header. Raises BadForm."""
    if not isinstance(answer, dict) or answer.get("$type") != "form":
        raise BadForm("it must return the form it was given")
    given = answer["fields"]
    if unknown := sorted(given.keys() - {field.name for field in fields}):
        raise BadForm(f"it added the field {unknown[0]}; fields are declared in Terraform, and shown by making them "
                      "visible")  # fmt: skip
    header = answer.get("additional_header_text")
    return [_read(field, given[field.name]) if field.name in given else field for field in fields], header


def _read(field: KeptField, given: Document) -> KeptField:
    return valid(dataclasses.replace(
        field, value=given.get("value"), label=given.get("label") or field.name, required=bool(given.get("required")),
        visible=bool(given.get("visible")), options=_options(field, given.get("current_allowed_values")),
    ))  # fmt: skip


def _options(field: KeptField, given: Any) -> tuple[Option, ...]:
    if given == [{"$type": "field_option", **option} for option in _author_options(field.options)]:
        return field.options  # with their whole labels
    if field.type == "bool" or field.type.startswith("slack_user"):
        return ()
    try:
        options = read_options(_kind(field), given)
    except BadOptions as error:
        raise BadForm(f"current_allowed_values of {field.name}: {error}") from None
    return _of_targets(field, options) if field.name == TARGET else options


def _of_targets(field: KeptField, options: tuple[Option, ...]) -> tuple[Option, ...]:
    known = {option.value: option for option in field.original}
    if foreign := next((option.value for option in options if option.value not in known), None):
        raise BadForm(f"it offers the target {foreign}, which the flow's strategy does not have")
    return tuple(known[option.value] if option.label == known[option.value].label[:55] else option
                 for option in options)  # fmt: skip


def _kind(field: KeptField) -> str:
    return "string" if field.type == "target" else field.type
