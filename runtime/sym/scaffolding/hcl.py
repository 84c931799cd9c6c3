"""Terraform's language, read for changing it in place: blocks and attributes with the positions of each.

Texts are left as they are: a position is an index into the text that was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sym.scaffolding.reader import Reader, Span, Unreadable


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


def read(text: str) -> Body:
    """The blocks and attributes of a file. Raises Unreadable."""
    reader = Reader(text, 1 if text.startswith("\ufeff") else 0)
    try:
        return _body(reader, is_file=True)
    except RecursionError:
        raise reader.fail("brackets are nested too deeply") from None


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
