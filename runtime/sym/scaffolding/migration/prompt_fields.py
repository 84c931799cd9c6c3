"""The fields of a form: from a list in JSON to a block each."""

from __future__ import annotations

import json
import re
from typing import Any

from sym.scaffolding.layout import aligned, moved
from sym.scaffolding.literals import Comment, Item, Items, called, list_items, object_items, plain_text, quoted
from sym.scaffolding.migration.edits import Edits
from sym.scaffolding.reader import Span

_KNOWN = ("name", "type", "required", "label", "default", "allowed_values")
_DYNAMIC = """dynamic "prompt_field" {{
  for_each = {fields}
  content {{
    name           = prompt_field.value.name
    type           = prompt_field.value.type == "list" ? "string" : prompt_field.value.type
    required       = try(prompt_field.value.required, true)
    label          = try(prompt_field.value.label, null)
    default        = try(prompt_field.value.default, null)
    allowed_values = try([for value in prompt_field.value.allowed_values : tostring(value)], null)
  }}
}}"""


def modern_type(text: str, values: Span | None) -> str:
    """What a field of the type ``list`` is now: ``int`` if all the values it allows are numbers, else ``string``."""
    items = [one for one in (list_items(text, values) if values else None) or () if isinstance(one, Item)]
    are_numbers = items and all(re.fullmatch(r"-?\d+", one.value.of(text)) for one in items)
    return "int" if are_numbers else "string"


def field_blocks(edits: Edits, item: Item, width: int) -> list[str]:
    """The blocks for ``prompt_fields_json``, each without indentation, comments between the fields among them. They are
    going to be indented by ``width``."""
    text, call = edits.text, called(edits.text, item.value)
    if call is not None and call[0] == "jsonencode":
        listed = list_items(text, call[1])
        objects = [object_items(text, one.value) for one in listed or () if isinstance(one, Item)]
        if listed is not None and None not in objects:
            return [_comment(text, one) if isinstance(one, Comment) else _field(edits, one, width) for one in listed]
        return [_dynamic(edits, item, moved(text, call[1], width + 2))]
    literal = _json(item.value.of(text))
    if literal is not None and all(isinstance(one, dict) for one in literal):
        return [_json_field(edits, item.line, one) for one in literal]
    return [_dynamic(edits, item, f"jsondecode({moved(text, item.value, width + 2)})")]


def _comment(text: str, comment: Comment) -> str:
    return comment.span.of(text).rstrip()


def _dynamic(edits: Edits, item: Item, fields: str) -> str:
    edits.note(item.line, "The fields come from an expression, so they became a dynamic block: look it over. A field "
               "of the type list is a string there.", is_open=False)  # fmt: skip
    return _DYNAMIC.format(fields=fields)


def _field(edits: Edits, item: Item, width: int) -> str:
    entries: Items = object_items(edits.text, item.value) or ()
    values = next((one.value for one in entries if isinstance(one, Item) and one.key == "allowed_values"), None)
    lines: list[str] = []
    last = item.value.start
    for one in entries:
        if isinstance(one, Comment):
            add_comment(lines, edits.text, one, last, "  ")
        elif one.key not in _KNOWN:
            edits.note(
                one.line, f"A field has no {one.key}: what it said was never used, and is left out.", is_open=False
            )
        else:
            shown = moved(edits.text, one.value, width + 2)
            if one.key == "type" and plain_text(shown) == "list":
                shown = quoted(modern_type(edits.text, values))
            lines.append(f"  {one.key} = {shown}")
        last = one.span.end
    return "\n".join(["prompt_field {", aligned("\n".join(lines)), "}"])


def add_comment(lines: list[str], text: str, comment: Comment, last: int, indent: str) -> None:
    """A comment on a line of its own, or after what the line before ends with. ``last`` is where that ended."""
    shown = comment.span.of(text).rstrip()
    if lines and "\n" not in text[last : comment.span.start] and "\n" not in lines[-1]:
        lines[-1] += f" {shown}"
    else:
        lines.append(f"{indent}{shown}")


def json_expression(expression: str) -> str | None:
    """A list in JSON, written as text, as an expression; None for anything else."""
    found = _json(expression)
    return None if found is None else _expression(found)


def _json(expression: str) -> list[Any] | None:
    text = plain_text(expression)
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _json_field(edits: Edits, line: int, field: dict[str, Any]) -> str:
    for name in sorted(set(field) - set(_KNOWN)):
        edits.note(line, f"A field has no {name}: what it said was never used, and is left out.", is_open=False)
    if field.get("type") == "list":
        values = field.get("allowed_values") or []
        field = {**field, "type": "int" if values and all(type(one) is int for one in values) else "string"}
    lines = [f"  {name} = {_expression(field[name])}" for name in _KNOWN if field.get(name) is not None]
    return "\n".join(["prompt_field {", aligned("\n".join(lines)), "}"])


def _expression(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_expression(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{quoted(str(key))} = {_expression(one)}' for key, one in value.items())} }}"
    return quoted(value) if isinstance(value, str) else json.dumps(value)
