"""``params``: from a map of texts to a block."""

from __future__ import annotations

from textwrap import indent

from sym.scaffolding.hcl import Attribute
from sym.scaffolding.layout import CONTINUED, aligned, moved
from sym.scaffolding.literals import Comment, Item, called, object_items, plain_text
from sym.scaffolding.migration.edits import Edits
from sym.scaffolding.migration.prompt_fields import add_comment, field_blocks, json_expression

_BOOLEANS = ("allow_revoke", "schedule_deescalation", "allow_guest_interaction", "include_decision_message")
_KEPT = ("strategy_id", "additional_header_text", "allowed_sources", *_BOOLEANS)


def params_block(edits: Edits, attribute: Attribute) -> str | None:
    """The block that says the same as the map. None if the map is not written out."""
    text = edits.text
    entries = object_items(text, attribute.value)
    if entries is None:
        return None
    outer = text[text.rfind("\n", 0, attribute.span.start) + 1 : attribute.span.start]
    outer = outer if not outer.strip() else ""
    lines: list[str] = []
    fields: list[str] = []
    last = attribute.value.start + 1
    for one in entries:
        if lines and text.count("\n", last, one.span.start) > 1:
            lines.append("")
        if isinstance(one, Comment):
            add_comment(lines, text, one, last, "  ")
        elif one.key == "prompt_fields_json":
            # Comments right before it are about the fields.
            above = [lines.pop() for _ in range(len(lines)) if lines[-1].lstrip().startswith(("#", "//"))]
            fields += [line.strip() for line in reversed(above)] + field_blocks(edits, one, len(outer) + 2)
        else:
            _add(edits, one, lines, len(outer) + 2)
        last = one.span.end
    made = _put_together(_trimmed(lines), fields)
    return _with_ends("params {" + ("\n" + indent(made, outer) + "\n" + outer if made else "") + "}", text)


def _add(edits: Edits, item: Item, lines: list[str], width: int) -> None:
    value, name = moved(edits.text, item.value, width), item.key
    if name == "allowed_sources_json":
        call = called(edits.text, item.value)
        name = "allowed_sources"
        if call is not None and call[0] == "jsonencode":
            value = moved(edits.text, call[1], width)
        else:
            value = json_expression(item.value.of(edits.text)) or f"jsondecode({value})"
    if name in _BOOLEANS and plain_text(value) in ("true", "false"):
        value = str(plain_text(value))
    if name not in _KEPT:
        edits.note(item.line, f"params has no {name}: what it said was never used, and is left out.", is_open=False)
        return
    lines.append(f"  {name} = {value}")


def _put_together(lines: list[str], fields: list[str]) -> str:
    """Attributes first, then the fields, with an empty line before each."""
    parts = [aligned("\n".join(lines))] if lines else []
    comments: list[str] = []
    for one in fields:
        if one.startswith(("#", "//", "/*")):
            comments.append(one)
            continue
        parts.append(indent("\n".join([*comments, one]), "  "))
        comments = []
    parts += [indent("\n".join(comments), "  ")] if comments else []
    return "\n\n".join(parts)


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _with_ends(made: str, text: str) -> str:
    """``made`` with the ends of lines that ``text`` has, those inside values among them."""
    plain = made.replace("\r\n", "\n").replace(CONTINUED, "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in text else plain
