"""The modal with a request's form, and what comes back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sym.engine.form import Form, FormField, Option
from sym.slack.blocks import ids, inputs
from sym.slack.blocks.elements import (
    MOST_OPTIONS,
    MOST_VIEW_BLOCKS,
    Block,
    View,
    context,
    divider,
    modal,
    plain_text,
    section,
)
from sym.slack.blocks.text import marked, shortened

TITLE = "Sym Request"
_FURNITURE = 8
_MOST_FIELDS = MOST_VIEW_BLOCKS - _FURNITURE
_ENTER = "Press Enter, and the form adapts."


def loading(title: str = TITLE) -> View:
    """What is shown while a form is being made: a trigger is good for three seconds, authors' code may need longer."""
    return modal(title, [section("⏳ One moment …")], callback_id=ids.LOADING, close="Cancel")


def failed(title: str, text: str) -> View:
    """What is shown when there is no form. ``text`` is plain."""
    return modal(title, [section(f"⚠️ {marked(text, 2900)}")], callback_id=ids.FAILED, close="Close")


def request_form(form: Form, *, private_metadata: str, shown: Mapping[str, Any] | None = None) -> View:
    """The modal of ``form``.

    ``private_metadata`` comes back with everything people do in it: the form's id, at most 3000 characters. ``shown``
    is the view as Slack sent it, where one is being changed: a field that holds there what it is to hold keeps what
    the person typed and their cursor, any other is filled in anew. Without it every field is filled in anew whose value
    is another one.
    """
    return modal(TITLE, _blocks(form, shown), callback_id=ids.REQUEST_FORM, submit="Submit",
                 private_metadata=private_metadata)  # fmt: skip


def _blocks(form: Form, shown: Mapping[str, Any] | None) -> list[Block]:
    environment = f" · {marked(form.flow.environment_label, 100)}" if form.flow.environment_label else ""
    visible = [field for field in form.fields if field.visible]
    before = _shown_blocks(form, shown)
    left_out = len(visible) - _MOST_FIELDS
    return [
        section(f"*{marked(form.flow.label, 150)}*{environment}"),
        context("Answer the questions below. Whoever decides sees your answers."),
        *([_header(form.header)] if form.header and form.header.strip() else []),
        *([context(f"⚠️ {marked(form.problem, 1500)}")] if form.problem else []),
        divider(),
        *(_field(field, before) for field in visible[:_MOST_FIELDS]),
        *(
            [context(f"{left_out} more questions do not fit here: ask with symflow or the API.")]
            if left_out > 0
            else []
        ),
        *([] if visible else [section("There is nothing to fill in: submit it to ask.")]),
    ]


def _header(text: str) -> Block:
    # The flow's author wrote it, in Slack's markdown: names of channels and addresses in it become links.
    return {"type": "section", "text": {"type": "mrkdwn", "text": shortened(text, 3000)}}


def _shown_blocks(form: Form, shown: Mapping[str, Any] | None) -> dict[str, tuple[str, Any]]:
    """The block id and the value, by field, of what a person has in front of them."""
    if shown is None:
        return {}
    values = (shown.get("state") or {}).get("values") or {}
    held = read_values(values, form)
    return {
        field.name: (block_id, held.get(field.name)) for field in form.fields if (block_id := _id_in(values, field))
    }


def _field(field: FormField, before: Mapping[str, tuple[str, Any]]) -> Block:
    made = inputs.element(field)
    if made is None:
        return section(f"*{marked(field.label or field.name, 150)}*\nThere is nothing to choose from.")
    block = {
        "type": "input", "block_id": _block_id(field, before), "label": plain_text(field.label or field.name),
        "element": made, "optional": not field.required,
    }  # fmt: skip
    if field.has_on_change:
        block["dispatch_action"] = True
        if "dispatch_action_config" in made:
            block["hint"] = plain_text(_ENTER)
    return block


def _block_id(field: FormField, before: Mapping[str, tuple[str, Any]]) -> str:
    held = before.get(field.name)
    if held is None:
        return ids.field_block(field.name, ids.value_tag(_normal(field.value)))
    block_id, value = held
    if _normal(value) == _normal(field.value):
        return block_id
    return ids.field_block(field.name, ids.value_tag(_normal(field.value), ids.tag_of(block_id)))


def _normal(value: Any) -> Any:
    """What looks the same in the form is the same."""
    if isinstance(value, (list, tuple)):
        return [_normal(one) for one in value] or None
    if isinstance(value, Mapping):
        return value.get("user_id")
    return None if value == "" else value


def read_values(state_values: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """What is filled in, by field: ``view["state"]["values"]`` as Slack sends it, as values of the fields' types.

    Fields that are not shown keep the form's value, so the result always has all of them. What is no number where one
    is wanted stays text. Unknown blocks are ignored.
    """
    values = {}
    for field in form.fields:
        block_id = _id_in(state_values, field)
        state = (state_values.get(block_id) or {}).get(ids.FIELD) if block_id else None
        values[field.name] = field.value if state is None else inputs.read(field, state)
    return values


def _id_in(state_values: Mapping[str, Any], field: FormField) -> str | None:
    return next((block_id for block_id in state_values if ids.is_block_of(block_id, field.name)), None)


def errors_by_block(problems: Iterable[tuple[str, str]], form: Form, state_values: Mapping[str, Any]) -> dict[str, str]:
    """The ``errors`` of a submission's answer: texts by block id, for ``problems`` (``flow_inputs.<field>``, text).

    ``state_values`` are those of the submitted view: they say which blocks there are. What is wrong with a field that
    is not shown is said at the first one that is, because Slack refuses errors elsewhere; empty only if no field is.
    """
    shown = {field.name: block_id for field in form.fields if (block_id := _id_in(state_values, field))}
    first = next(iter(shown.values()), None)
    labels = {field.name: field.label or field.name for field in form.fields}
    found: dict[str, list[str]] = {}
    for path, text in problems:
        name = path.partition(".")[2] or path
        name = "target_id" if name == "target_srn" else name
        place = shown.get(name) or first
        said = text if name in shown else f"{labels.get(name, name)}: {text}"
        if place is not None:
            found.setdefault(place, []).append(f"{said[:1].upper()}{said[1:]}")
    return {block_id: plain_text("; ".join(texts), 1000)["text"] for block_id, texts in found.items()}


def suggestions(choices: Sequence[Option]) -> dict[str, Any]:
    """The answer to somebody typing in a list that is searched: the first hundred choices."""
    return {"options": [inputs.entry(choice) for choice in choices[:MOST_OPTIONS]]}
