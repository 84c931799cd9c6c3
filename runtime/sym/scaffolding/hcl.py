"""Terraform's language, read for changing it in place: blocks and attributes with the positions of each.

What is inside an expression is not judged, only where it ends. Texts are left as they are: a position is an index into
the text that was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SPACE = re.compile(r"[ \t\r]*")
_NAME = re.compile(r"[^\W\d][\w-]*")
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
_ASSIGNS = re.compile(r"(?<![=!<>])=(?![=>])")
_LOOP = re.compile(r"\{\s*for\s+[^\W\d]")
_MARKS = "0123456789+-*/%!=<>&|?:.,"
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Unreadable(Exception):
    """This is not Terraform's language. ``line`` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Span:
    """A piece of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The piece itself."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Attribute:
    """``name = value``; ``span`` is all of it, without the end of its line."""

    name: str
    value: Span
    span: Span
    line: int


@dataclass(frozen=True)
class Block:
    """``type "label" … { … }``; ``inside`` is what is between the braces."""

    type: str
    labels: tuple[str, ...]
    inside: Span
    span: Span
    line: int
    body: Body

    @property
    def address(self) -> str:
        """The words before the brace: ``resource sym_flow access``."""
        return " ".join((self.type, *self.labels))


@dataclass(frozen=True)
class Body:
    """Attributes and blocks in their order."""

    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[Block, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name."""
        return next((one for one in self.attributes if one.name == name), None)

    def of_type(self, *types: str) -> Iterator[Block]:
        """The blocks of these types."""
        return (one for one in self.blocks if one.type in types)

    def named(self, *words: str) -> Block | None:
        """The block whose type and labels are these."""
        return next((one for one in self.blocks if (one.type, *one.labels) == words), None)


@dataclass
class Reader:
    """Goes through ``text`` from ``at`` on."""

    text: str
    at: int = 0
    _opened: list[int] = field(default_factory=list)

    def fail(self, message: str, at: int | None = None) -> Unreadable:
        """The error for what is at ``at``, or here."""
        return Unreadable(message, self.line(self.at if at is None else at))

    def line(self, at: int) -> int:
        """The number of the line ``at`` is on, from 1."""
        return self.text.count("\n", 0, at) + 1

    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self, *, lines: bool) -> list[Span]:
        """Go past spaces and comments, and ends of lines if ``lines``; gives the comments."""
        comments = []
        while True:
            space = _SPACE.match(self.text, self.at)
            self.at = space.end() if space else self.at
            comment = _COMMENT.match(self.text, self.at)
            if comment is not None:
                comments.append(Span(*comment.span()))
                self.at = comment.end()
            elif self.text.startswith("/*", self.at):
                raise self.fail("a comment does not end")
            elif lines and self.peek() == "\n":
                self.at += 1
            else:
                return comments

    def name(self) -> str | None:
        """The identifier that begins here, if one does."""
        found = _NAME.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def string(self) -> Span:
        """A quoted text; gives what is between the quotes."""
        begin = self.at
        self.at += 1
        while self.peek() not in ("", "\n"):
            if self.peek() == '"':
                self.at += 1
                return Span(begin + 1, self.at - 1)
            self._character()
        raise self.fail("a text in quotes does not end", begin)

    def _character(self) -> None:
        if self.peek() == "\\":
            self.at += 2
        elif self.text.startswith(("$${", "%%{"), self.at):
            self.at += 3
        elif self.text.startswith(("${", "%{"), self.at):
            self.at += 1
            self.brackets()
        else:
            self.at += 1

    def brackets(self) -> Span:
        """What is between brackets of any kind, the first of which is here."""
        begin, closing = self.at, _CLOSING[self.peek()]
        self.at += 1
        while True:
            self.skip(lines=True)
            if self.peek() == closing:
                self.at += 1
                return Span(begin + 1, self.at - 1)
            if self.peek() == "":
                raise self.fail(f'a "{self.text[begin]}" is never closed', begin)
            if _ASSIGNS.match(self.text, self.at):
                raise self.fail('"=" is not expected here')
            self._piece()

    def braces(self) -> Span:
        """What is between the braces of an object, the first of which is here."""
        begin = self.at
        if _LOOP.match(self.text, begin):
            return self.brackets()
        self.at += 1
        while True:
            self.skip(lines=True)
            if self.peek() == "}":
                self.at += 1
                return Span(begin + 1, self.at - 1)
            if self.peek() == "":
                raise self.fail('a "{" is never closed', begin)
            self._object_item()

    def _object_item(self) -> None:
        """A key, a value, and a comma or the end of the line."""
        begin = self.at
        while self.peek() not in ("=", ":"):
            if self.peek() in ("", "\n", ",", "}"):
                raise self.fail('a "=" is missing', begin)
            self._piece()
            self.skip(lines=False)
        self.at += 1
        self.skip(lines=False)
        self.expression(",}")
        self.skip(lines=False)
        if self.peek() == ",":
            self.at += 1

    def _piece(self) -> None:
        """One text, bracket or other character of an expression."""
        mark = self.peek()
        heredoc = _HEREDOC.match(self.text, self.at)
        if mark == '"':
            self.string()
        elif heredoc is not None:
            self._heredoc(heredoc)
        elif mark == "{":
            self.braces()
        elif mark in _CLOSING:
            self.brackets()
        elif mark in (")", "]", "}"):
            raise self.fail(f'there is a "{mark}" too many')
        elif self.name() is None:
            if mark not in _MARKS:
                raise self.fail(f'"{mark}" is not expected here')
            self.at += 1

    def _heredoc(self, found: re.Match[str]) -> None:
        end = re.compile(rf"^[ \t]*{re.escape(found[2])}[ \t]*\r?$", re.MULTILINE).search(self.text, found.end())
        if end is None:
            raise self.fail(f"a text that ends with {found[2]} does not end")
        self.at = end.end()

    def expression(self, stops: str = "") -> Span:
        """An expression: it ends with the line, with one of ``stops``, or before a comment. Raises Unreadable if there
        is none."""
        begin = end = self.at
        while True:
            self.skip(lines=False)
            mark = self.peek()
            if mark in ("", "\n") or mark in stops:
                break
            if mark == "," or _ASSIGNS.match(self.text, self.at):
                raise self.fail(f'"{mark}" is not expected here')
            self._piece()
            end = self.at
        self.at = end
        if end == begin:
            raise self.fail("a value is missing")
        return Span(begin, end)


def read(text: str) -> Body:
    """The blocks and attributes of a file. Raises Unreadable."""
    return _body(Reader(text, 1 if text.startswith("\ufeff") else 0), is_file=True)


def _body(reader: Reader, *, is_file: bool = False) -> Body:
    begin = reader.at
    attributes: list[Attribute] = []
    blocks: list[Block] = []
    while True:
        reader.skip(lines=True)
        if reader.peek() == "" or (reader.peek() == "}" and not is_file):
            return Body(tuple(attributes), tuple(blocks))
        one = _item(reader)
        if isinstance(one, Attribute):
            if any(other.name == one.name for other in attributes):
                raise Unreadable(f'"{one.name}" is there twice', one.line)
            attributes.append(one)
        else:
            blocks.append(one)
        is_one_line = not is_file and "\n" not in reader.text[begin : reader.at]
        _ends_line(reader, may_be_closed=is_one_line and isinstance(one, Attribute))


def _ends_line(reader: Reader, *, may_be_closed: bool) -> None:
    reader.skip(lines=False)
    if reader.peek() not in ("", "\n") and not (may_be_closed and reader.peek() == "}"):
        raise reader.fail("an end of line is missing")


def _item(reader: Reader) -> Attribute | Block:
    begin = reader.at
    name = reader.name()
    if name is None:
        raise reader.fail(f'"{reader.peek()}" is not expected here')
    reader.skip(lines=False)
    if reader.peek() == "=":
        reader.at += 1
        reader.skip(lines=False)
        value = reader.expression("}")
        return Attribute(name, value, Span(begin, value.end), reader.line(begin))
    return _block(reader, begin, name)


def _block(reader: Reader, begin: int, type_name: str) -> Block:
    labels: list[str] = []
    while reader.peek() != "{":
        label = reader.string().of(reader.text) if reader.peek() == '"' else reader.name()
        if label is None:
            raise reader.fail(f'a "=" or a "{{" is missing after "{" ".join((type_name, *labels))}"')
        labels.append(label)
        reader.skip(lines=False)
    opening = reader.at
    reader.at += 1
    body = _body(reader)
    if reader.peek() != "}":
        raise reader.fail('a "{" is never closed', opening)
    reader.at += 1
    inside = Span(opening + 1, reader.at - 1)
    return Block(type_name, tuple(labels), inside, Span(begin, reader.at), reader.line(begin), body)
