"""Expressions of Terraform's language, taken apart as far as they are written out: objects, lists, texts and calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sym.scaffolding.reader import Reader, Span, Unreadable

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_CALL = re.compile(r"([a-z_][a-z0-9_]*)\s*\(")


@dataclass(frozen=True)
class Comment:
    """A comment between the items of an object or list."""

    span: Span


@dataclass(frozen=True)
class Item:
    """One item: ``key`` is that of an object, "" in a list; ``span`` is all of it, and the comma after it if there is
    one; ``line`` is where it begins."""

    key: str
    value: Span
    span: Span
    line: int


Items = tuple[Item | Comment, ...]


def object_items(text: str, span: Span) -> Items | None:
    """The items of ``{ … }``; None for anything else, and for an object with computed keys."""
    return _items(text, span, "{", is_object=True)


def list_items(text: str, span: Span) -> Items | None:
    """The items of ``[ … ]``; None for anything else."""
    return _items(text, span, "[", is_object=False)


def _items(text: str, span: Span, opening: str, *, is_object: bool) -> Items | None:
    reader = Reader(text, span.start)
    if reader.peek() != opening or (reader.braces() if is_object else reader.brackets()).end + 1 != span.end:
        return None
    inner = Reader(text, span.start + 1)
    found: list[Item | Comment] = []
    while True:
        found += [Comment(one) for one in inner.skip(lines=True)]
        if inner.at >= span.end - 1:
            return tuple(found)
        if inner.peek() == "," and found:
            inner.at += 1
            continue
        item = _item(inner, is_object=is_object)
        if item is None:
            return None
        found.append(item)


def _item(reader: Reader, *, is_object: bool) -> Item | None:
    begin, key = reader.at, ""
    if is_object:
        known = _key(reader)
        if known is None or known == "for":
            return None
        key = known
    elif reader.text.startswith("for ", begin):
        return None
    value = reader.expression(",}") if is_object else _element(reader)
    end = reader.at
    reader.skip(lines=False)
    if reader.peek() == ",":
        reader.at += 1
        end = reader.at
    else:
        reader.at = end
    return Item(key, value, Span(begin, end), reader.line(begin))


def _element(reader: Reader) -> Span:
    """An item of a list, in which ends of lines count for nothing."""
    begin = end = reader.at
    while reader.peek() not in (",", "]", ""):
        end = reader.expression(",]").end
        reader.skip(lines=True)
    reader.at = end
    return Span(begin, end)


def _key(reader: Reader) -> str | None:
    if reader.peek() == '"':
        key: str | None = plain_text(f'"{reader.string().of(reader.text)}"')
    else:
        key = reader.name()
    reader.skip(lines=False)
    if key is None or reader.peek() not in ("=", ":") or reader.text.startswith("=>", reader.at):
        return None
    reader.at += 1
    reader.skip(lines=False)
    return key


def called(text: str, span: Span) -> tuple[str, Span] | None:
    """The name of the function and its argument, if the whole expression is a call with one argument."""
    found = _CALL.match(text, span.start, span.end)
    if found is None:
        return None
    reader = Reader(text, found.end() - 1)
    inside = reader.brackets()
    if reader.at != span.end:
        return None
    argument = Reader(text, inside.start)
    argument.skip(lines=True)
    begin = argument.at
    try:
        value = _argument(argument, inside.end)
    except Unreadable:
        return None
    return (found[1], Span(begin, value)) if value > begin else None


def _argument(reader: Reader, end: int) -> int:
    """Where the only argument ends. Raises Unreadable if there is another."""
    last = reader.at
    while reader.at < end and reader.peek() != ",":
        last = reader.expression(",)").end
        reader.skip(lines=True)
    if reader.peek() == ",":
        reader.at += 1
        reader.skip(lines=True)
    if reader.at != end:
        raise reader.fail("there is another argument")
    return last


def plain_text(expression: str) -> str | None:
    """What a text in quotes or a heredoc says; None for anything else, and with an interpolation in it."""
    heredoc = re.fullmatch(r"<<-?(\w+)\r?\n(.*?)\r?\n?[ \t]*\1[ \t]*", expression.strip(), re.DOTALL)
    text = heredoc[2] if heredoc else expression.strip()
    if re.search(r"(?<!\$)\$\{|(?<!%)%\{", text):
        return None
    if heredoc is None:
        if not re.fullmatch(r'"(?:[^"\\\n]|\\.)*"', text):
            return None
        text = re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _unescaped, text[1:-1])
    return text.replace("$${", "${").replace("%%{", "%{")


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)


def quoted(text: str) -> str:
    """``text`` as a text of the language."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return '"' + text.replace("${", "$${").replace("%{", "%%{") + '"'
