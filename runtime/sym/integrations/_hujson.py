"""Lists of texts inside of HuJSON (JSON with comments and commas after the last item), changed without touching the
rest of the file: comments, order, indentation and line ends stay as they are."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_TRIVIA = re.compile(r"(?:[ \t\r\n]+|//[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_OTHER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
# What may follow an item on its line: blanks, and comments that end on it.
_REST_OF_LINE = re.compile(r"(?:[ \t]+|/\*(?:(?!\*/)[^\n])*\*/)*(?://[^\r\n]*)?")
DEEPEST = 100


class HuJsonError(ValueError):
    """The text is no HuJSON, or not what is looked for; the message names the line."""


@dataclass
class _Node:
    """A value, from ``start`` to ``end``. ``items`` are those of an array or object; ``commas`` where the commas are
    that follow them, the last possibly None; ``keys`` are an object's."""

    start: int
    end: int = 0
    kind: str = ""
    value: Any = None
    items: list[_Node] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    commas: list[int | None] = field(default_factory=list)


def items(text: str, path: tuple[str, ...]) -> list[str] | None:
    """The texts in the list at ``path``, the keys that lead to it; None if there is none. Raises HuJsonError."""
    found = _find(text, path)
    return None if found is None else _texts(found)


def with_item(text: str, path: tuple[str, ...], item: str) -> str:
    """The text with ``item`` at the end of the list at ``path``, unless it is in it, whatever its case. Raises
    HuJsonError, also if there is no such list."""
    found = _needed(text, path)
    if _is_in(item, _texts(found)):
        return text
    changed = _apply(text, _addition(text, found, json.dumps(item, ensure_ascii=False)))
    return _checked(text, changed, path, [*_texts(found), item])


def without_item(text: str, path: tuple[str, ...], item: str) -> str:
    """The text without ``item`` in the list at ``path``, whatever its case. Raises HuJsonError, also if there is no
    such list."""
    found, changed = _needed(text, path), text
    left = [value for value in _texts(found) if value.lower() != item.lower()]
    while _is_in(item, _texts(found)):
        number = next(i for i, node in enumerate(found.items) if str(node.value).lower() == item.lower())
        changed = _apply(changed, _removal(changed, found, number))
        found = _needed(changed, path)
    return _checked(text, changed, path, left)


Edit = tuple[int, int, str]
"""From where to where, and what is there instead."""


def _addition(text: str, array: _Node, quoted: str) -> list[Edit]:
    if not array.items:
        return [(array.start + 1, array.start + 1, quoted)]
    last, comma = array.items[-1], array.commas[-1]
    after = last.end if comma is None else comma + 1
    rest = _REST_OF_LINE.match(text, after)
    assert rest is not None
    line = text.rfind("\n", 0, last.start) + 1
    indent = text[line : last.start]
    if indent.strip(" \t") and "//" not in rest[0]:
        return [(last.end, last.end, f", {quoted}")]
    # A line of its own, below the last item and what is said about it.
    blank = indent[: len(indent) - len(indent.lstrip(" \t"))]
    end = "\r\n" if text[line - 2 : line] == "\r\n" else "\n"
    edits = [(rest.end(), rest.end(), f"{end}{blank}{quoted}" + ("" if comma is None else ","))]
    return edits if comma is not None else [*edits, (last.end, last.end, ",")]


def _removal(text: str, array: _Node, number: int) -> list[Edit]:
    node, comma = array.items[number], array.commas[number]
    edits: list[Edit] = []
    start, end = node.start, node.end
    if comma is not None:
        if text[end:comma].strip():
            edits.append((comma, comma + 1, ""))
        else:
            end = comma + 1
    elif number:
        before = array.commas[number - 1]
        assert before is not None
        edits.append((before, before + 1, ""))
    line = text.rfind("\n", 0, start) + 1
    is_first = not text[line:start].strip(" \t")
    rest = re.compile(r"[ \t]*(\r?\n|\Z)").match(text, end)
    if is_first and rest:
        start, end = line, rest.end()
    elif not is_first and comma is not None:
        end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    elif not is_first:
        start -= len(text[line:start]) - len(text[line:start].rstrip(" \t"))
    return [*edits, (start, end, "")]


def _apply(text: str, edits: list[Edit]) -> str:
    # From the end; of two at one place, the one that is made later comes to stand before the other.
    for start, end, instead in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:start] + instead + text[end:]
    return text


def _checked(text: str, changed: str, path: tuple[str, ...], wanted: list[str]) -> str:
    """What was changed, if it says exactly what it should: the list, the rest, and every comment."""
    found = _needed(changed, path)
    if _texts(found) != wanted or _rest(text, path) != _rest(changed, path) or comments(text) != comments(changed):
        raise HuJsonError(
            f"The list {'.'.join(path)} could not be changed without touching the rest: change it by hand."
        )
    return changed


def _rest(text: str, path: tuple[str, ...]) -> Any:
    """Everything but the texts of the list at ``path``."""
    root = _parsed(text)
    node = _follow(text, root, path)
    assert node is not None
    node.items = [item for item in node.items if not isinstance(item.value, str)]
    return _plain(root)


def _plain(node: _Node) -> Any:
    if node.kind == "object":
        return [(key, _plain(item)) for key, item in zip(node.keys, node.items, strict=True)]
    return [_plain(item) for item in node.items] if node.kind == "array" else (node.kind, node.value)


def comments(text: str) -> list[str]:
    """The comments, in their order. Raises HuJsonError."""
    _parsed(text)
    pieces = re.finditer(_TEXT.pattern + r"|//[^\n]*|/\*.*?\*/", text, re.DOTALL)
    return [piece[0].rstrip() for piece in pieces if piece[0].startswith("/")]


def _texts(array: _Node) -> list[str]:
    return [item.value for item in array.items if isinstance(item.value, str)]


def _is_in(item: str, texts: list[str]) -> bool:
    return any(value.lower() == item.lower() for value in texts)


def _needed(text: str, path: tuple[str, ...]) -> _Node:
    found = _find(text, path)
    if found is None:
        raise HuJsonError(f"There is no {'.'.join(path)}.")
    return found


def _find(text: str, path: tuple[str, ...]) -> _Node | None:
    found = _follow(text, _parsed(text), path)
    if found is not None and found.kind != "array":
        raise _wrong(text, found.start, f"{'.'.join(path)} is no list")
    return found


def _follow(text: str, node: _Node, path: tuple[str, ...]) -> _Node | None:
    for key in path:
        if node.kind != "object":
            raise _wrong(text, node.start, f"what should have {key} is no object")
        found = [item for name, item in zip(node.keys, node.items, strict=True) if name == key]
        if len(found) > 1:
            raise _wrong(text, found[1].start, f"{key} is there twice")
        if not found:
            return None
        node = found[0]
    return node


def _parsed(text: str) -> _Node:
    node = _value(text, _skip(text, 0), 0)
    if _skip(text, node.end) != len(text):
        raise _wrong(text, node.end, "something follows the end")
    return node


def _value(text: str, at: int, depth: int) -> _Node:
    if depth > DEEPEST:
        raise _wrong(text, at, "it is too deep")
    if text[at : at + 1] in ("{", "["):
        return _several(text, at, depth)
    if found := _TEXT.match(text, at):
        return _Node(at, found.end(), "text", json.loads(found[0]))
    if found := _OTHER.match(text, at):
        return _Node(at, found.end(), f"other {found[0]}")
    raise _wrong(text, at, "a value is needed")


def _several(text: str, start: int, depth: int) -> _Node:
    is_object = text[start] == "{"
    node, close = _Node(start, kind="object" if is_object else "array"), "}" if is_object else "]"
    at = _skip(text, start + 1)
    while text[at : at + 1] != close:
        if node.commas and node.commas[-1] is None:
            raise _wrong(text, at, f"a comma or {close} is needed")
        if is_object:
            at = _key(text, at, node)
        item = _value(text, at, depth + 1)
        at = _skip(text, item.end)
        is_followed = text[at : at + 1] == ","
        node.items.append(item)
        node.commas.append(at if is_followed else None)
        at = _skip(text, at + 1) if is_followed else at
    node.end = at + 1
    return node


def _key(text: str, at: int, node: _Node) -> int:
    """Read a key and its colon; where the value begins."""
    found = _TEXT.match(text, at)
    if not found:
        raise _wrong(text, at, "a key is needed")
    node.keys.append(json.loads(found[0]))
    at = _skip(text, found.end())
    if text[at : at + 1] != ":":
        raise _wrong(text, at, "a colon is needed")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _TRIVIA.match(text, at)
    assert found is not None
    return found.end()


def _wrong(text: str, at: int, what: str) -> HuJsonError:
    return HuJsonError(f"line {text.count(chr(10), 0, at) + 1}: {what}")
