"""The fields of a form: made of a flow's params, kept as JSON, filled with values. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sym.engine.form import FormField, Option
from sym.engine.inputs import DEFAULT_DURATIONS, from_text, is_mistyped
from sym.engine.options import declared_options

Document = Mapping[str, Any]
TARGET = "target_id"
DURATION = "duration"


@dataclass(frozen=True, kw_only=True)
class KeptField(FormField):
    """A field with what only the engine needs. ``original`` are the options it was opened with; ``is_choice``: nothing
    but its options may be chosen, even when there are none."""

    original: tuple[Option, ...] = ()
    is_choice: bool = False

    @property
    def is_chosen(self) -> bool:
        """Whether the value is one of the options."""
        return self.is_choice or bool(self.options)

    def shown(self) -> FormField:
        """The field as surfaces show it. A list without any entry is shown as one that is searched by typing: without
        options it would look like a field for text."""
        shown = {field.name: getattr(self, field.name) for field in dataclasses.fields(FormField)}
        return FormField(**{**shown, "is_prefetched": self.is_prefetched or (self.is_choice and not self.options)})


def fields_of(params: Document, targets: list[Any], prefetched: Mapping[str, tuple[Option, ...]]) -> list[KeptField]:
    """The fields of a flow's form, in their order, with their defaults filled in. ``targets`` are the views of the
    strategy's targets; ``prefetched`` the options authors' code gave, by field."""
    is_access = bool(params.get("strategy_id"))
    is_timed = is_access and params.get("schedule_deescalation", True)
    declared = {block["name"]: block for block in params.get("prompt_field") or []}
    fields = [] if TARGET in declared or not is_access else [_target({}, targets)]
    for name, block in declared.items():
        if name == TARGET:
            fields += [_target(block, targets)] if is_access else []
        elif name != DURATION:
            fields.append(_field(block, prefetched.get(name)))
        elif is_timed:
            fields.append(_duration(block))
    return fields if DURATION in declared or not is_timed else [*fields, _duration({})]


def _field(block: Document, prefetched: tuple[Option, ...] | None) -> KeptField:
    kind = block["type"]
    declared = () if kind.startswith("slack_user") else declared_options(kind, block.get("allowed_values") or ())
    options = declared if prefetched is None else prefetched
    default = block.get("default")
    return valid(KeptField(
        name=block["name"], type=kind, label=block.get("label") or block["name"], required=block.get("required", True),
        visible=block.get("visible", True), value=from_text(kind, default) if default not in (None, "") else None,
        options=options, original=options, is_choice=prefetched is not None or bool(declared),
        is_prefetched=prefetched is not None, has_on_change=bool(block.get("on_change")),
    ))  # fmt: skip


def _target(block: Document, targets: list[Any]) -> KeptField:
    options = tuple(Option(str(target["id"]), target.get("label") or target["name"]) for target in targets)
    return KeptField(
        name=TARGET, type="target", label=block.get("label") or "Target", visible=block.get("visible", True),
        value=options[0].value if len(options) == 1 else None, options=options, original=options, is_choice=True,
        has_on_change=bool(block.get("on_change")),
    )  # fmt: skip


def _duration(block: Document) -> KeptField:
    return _field({"name": DURATION, "label": "Duration", **{key: item for key, item in block.items() if item},
                   "type": "duration", "required": True, "visible": block.get("visible", True),
                   "allowed_values": block.get("allowed_values") or DEFAULT_DURATIONS}, None)  # fmt: skip


def valid(field: KeptField) -> KeptField:
    """The field without a value it cannot hold: one of another type, or none of its options."""
    value = plain_value(field.value)
    if value in (None, "", []) or is_mistyped("string" if field.type == "target" else field.type, value):
        return dataclasses.replace(field, value=None)
    if field.is_chosen:
        known = {option.value for option in field.options}
        if isinstance(value, list):
            value = [item for item in value if item in known] or None
        elif value not in known:
            value = None
    return dataclasses.replace(field, value=value)


def plain_value(value: Any) -> Any:
    """A value as forms keep it: somebody chosen in Slack is their Slack id."""
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    return value.get("user_id") if isinstance(value, dict) else value


def filled(fields: list[KeptField], values: Mapping[str, Any]) -> list[KeptField]:
    """The fields with ``values`` filled in. Nobody fills in what they do not see, nor fields there are not."""
    return [
        valid(dataclasses.replace(field, value=values[field.name])) if field.visible and field.name in values else field
        for field in fields
    ]


def rules_of(fields: list[KeptField]) -> dict[str, dict[str, Any]]:
    """What a request made with the form is held against, for :func:`sym.engine.inputs.read_inputs`. Of a hidden field
    nothing is asked: nobody could correct it."""
    return {
        field.name: {
            "required": field.required and field.visible,
            "choices": _choices(field),
        }
        for field in fields
    }


def _choices(field: KeptField) -> list[Any] | None:
    if not field.visible:
        return [field.value] if field.name == DURATION else None
    return [option.value for option in field.options] if field.is_chosen else None


def to_document(field: KeptField) -> dict[str, Any]:
    """The field as JSON."""
    kept = {item.name: getattr(field, item.name) for item in dataclasses.fields(field)}
    same = field.original == field.options
    return {**kept, "options": _pairs(field.options), "original": None if same else _pairs(field.original)}


def from_document(document: Mapping[str, Any]) -> KeptField:
    """The field of its JSON."""
    options = tuple(Option(value, label) for value, label in document["options"])
    kept = document["original"]
    original = options if kept is None else tuple(Option(value, label) for value, label in kept)
    return KeptField(**{**document, "options": options, "original": original})


def _pairs(options: tuple[Option, ...]) -> list[list[Any]]:
    return [[option.value, option.label] for option in options]
