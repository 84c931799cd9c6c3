"""Terraform's expressions, as far as reading them tells: literals, templates, references, conditions, and the functions
by which configurations find files and put values together. Whatever else there is comes to an unknown value, never to
an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from sym.assessment.functions import as_text, step_into
from sym.assessment.values import UNKNOWN, MissingFile, Ref, Unknown, refs_in

_TOKEN = re.compile(r"""\s*(?:
    (?P<number>-?\d+(?:\.\d+)?)(?![\w.]) | (?P<name>[A-Za-z_][\w-]*) | (?P<string>") |
    (?P<mark>==|!=|&&|\|\||=>|\.\.\.|[()\[\]{},.?:=!*+\-/%<>])
)""", re.VERBOSE)  # fmt: skip
_REFERENCE = re.compile(r"\b(data\.)?(sym_\w+)\.([A-Za-z_][\w-]*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_DEEPEST = 60


class Names(Protocol):
    """What the names of an expression stand for, and what its functions read."""

    def look_up(self, path: list[Any]) -> Any:
        """The value of a traversal, such as ``["var", "x", "y", 0]``; Unknown if there is none."""
        ...

    def call(self, function: str, arguments: list[Any]) -> Any:
        """What a function gives; Unknown for one that is not known, or for arguments that are not."""
        ...

    def reference(self, kind: str, type_name: str, name: str) -> Ref:
        """A resource of the module."""
        ...


class _Opaque(Exception):
    """Something that this reader does not work out."""


def evaluate(expression: str, names: Names) -> Any:
    """The value of an expression. Never raises for what is in it."""
    try:
        reader = _Reader(expression, names)
        value = reader.expression()
        reader.end()
    except (_Opaque, RecursionError):
        return Unknown(_references(expression, names))
    return value


def evaluate_template(text: str, names: Names) -> Any:
    """The value of a template without its quotes: text, or the value of the one interpolation it consists of."""
    try:
        parts = _template_parts(text)
    except _Opaque:
        return Unknown(_references(text, names))
    if len(parts) == 1 and parts[0][0]:
        return evaluate(parts[0][1], names)
    return _joined([evaluate(part, names) if is_code else part for is_code, part in parts])


def _joined(values: list[Any]) -> Any:
    if all(isinstance(value, str | int | float) for value in values):
        return "".join(as_text(value) for value in values)
    missing = [value for value in values if isinstance(value, MissingFile)]
    return missing[0] if missing else Unknown(refs_in(values))


def _references(text: str, names: Names) -> tuple[Ref, ...]:
    found = (("data" if data else "resource", kind, name) for data, kind, name in _REFERENCE.findall(text))
    return tuple(dict.fromkeys(names.reference(*one) for one in found))


def _template_parts(text: str) -> list[tuple[bool, str]]:
    """The parts of a template: whether it is an expression, and its text. Raises _Opaque for directives."""
    parts: list[tuple[bool, str]] = []
    plain, at = "", 0
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            plain, at = plain + text[at + 1 : at + 3], at + 3
        elif text.startswith("%{", at):
            raise _Opaque
        elif text.startswith("${", at):
            end = _closing(text, at + 2)
            parts += [(False, plain)] if plain else []
            parts.append((True, text[at + 2 : end].strip("~")))
            plain, at = "", end + 1
        else:
            plain, at = plain + text[at], at + 1
    return [*parts, (False, plain)] if plain or not parts else parts


def _closing(text: str, at: int) -> int:
    """The place of the brace that closes the interpolation whose content begins at ``at``."""
    depth = 1
    while at < len(text):
        if text[at] == '"':
            at = _string_end(text, at + 1)
        elif text[at] in "{}":
            depth += 1 if text[at] == "{" else -1
            if depth == 0:
                return at
        at += 1
    raise _Opaque


def _string_end(text: str, at: int) -> int:
    """The place of the quote that closes the string whose content begins at ``at``."""
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text.startswith("$${", at):
            at += 2
        elif text.startswith("${", at):
            at = _closing(text, at + 2)
        elif text[at] == '"':
            return at
        at += 1
    raise _Opaque


def _unescaped(text: str) -> str:
    """A quoted string's content, escapes outside of interpolations resolved."""
    made, at = "", 0
    while at < len(text):
        if text.startswith("${", at) and not text.startswith("$${", at - 1):
            end = _closing(text, at + 2)
            made, at = made + text[at : end + 1], end + 1
        elif text[at] == "\\" and at + 1 < len(text):
            made, at = made + _ESCAPES.get(text[at + 1], text[at : at + 2]), at + 2
        else:
            made, at = made + text[at], at + 1
    return made


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names
        self._at = 0
        self._depth = 0

    def end(self) -> None:
        """Raises _Opaque if anything is left."""
        if self._text[self._at :].strip():
            raise _Opaque

    def expression(self) -> Any:
        """A value, compared with another one perhaps, or chosen by a condition."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Opaque
        value = self._operand()
        for mark in ("==", "!="):
            if self._takes(mark):
                value = _compared(value, self._operand(), mark)
        if self._takes("?"):
            value = self._chosen(value)
        self._depth -= 1
        return value

    def _chosen(self, condition: Any) -> Any:
        yes = self.expression()
        self._expect(":")
        no = self.expression()
        if isinstance(condition, bool):
            return yes if condition else no
        return yes if yes == no else Unknown(refs_in([yes, no]))

    def _peek(self) -> tuple[str, str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            return "", ""
        return found.lastgroup, found[found.lastgroup]

    def _next(self) -> tuple[str, str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            raise _Opaque
        self._at = found.end()
        return found.lastgroup, found[found.lastgroup]

    def _takes(self, mark: str) -> bool:
        if self._peek() != ("mark", mark):
            return False
        self._next()
        return True

    def _expect(self, mark: str) -> None:
        if not self._takes(mark):
            raise _Opaque

    def _operand(self) -> Any:
        kind, text = self._next()
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "string":
            end = _string_end(self._text, self._at)
            content, self._at = self._text[self._at : end], end + 1
            return evaluate_template(_unescaped(content), self._names)
        if kind == "name":
            return self._named(text)
        if text == "[":
            return self._index_into(self._list())
        if text == "{":
            return self._object()
        if text == "(":
            value = self.expression()
            self._expect(")")
            return self._index_into(value)
        raise _Opaque

    def _named(self, name: str) -> Any:
        if self._takes("("):
            return self._index_into(self._names.call(name, self._items(")")))
        if name in _CONSTANTS and self._peek()[1] not in (".", "["):
            return _CONSTANTS[name]
        return self._names.look_up([name, *self._steps()])

    def _steps(self) -> list[Any]:
        steps: list[Any] = []
        while True:
            if self._takes("."):
                kind, text = self._next()
                if text == "*":
                    raise _Opaque
                steps.append(int(text) if kind == "number" else text)
            elif self._takes("["):
                if self._peek()[1] == "*":
                    raise _Opaque
                steps.append(self.expression())
                self._expect("]")
            else:
                return steps

    def _index_into(self, value: Any) -> Any:
        return step_into(value, self._steps())

    def _items(self, closing: str) -> list[Any]:
        items: list[Any] = []
        while not self._takes(closing):
            items.append(self.expression())
            if self._takes("..."):
                raise _Opaque
            if not self._takes(","):
                self._expect(closing)
                break
        return items

    def _list(self) -> list[Any]:
        if self._peek() == ("name", "for"):
            raise _Opaque
        return self._items("]")

    def _object(self) -> Any:
        if self._peek() == ("name", "for"):
            raise _Opaque
        made: dict[Any, Any] = {}
        while not self._takes("}"):
            kind, text = self._peek()
            if kind == "name":
                self._next()
                key: Any = text
            else:
                key = self._operand()
            if not self._takes("=") and not self._takes(":"):
                raise _Opaque
            value = self.expression()
            if not isinstance(key, str | int):
                return Unknown(refs_in([made, value]))
            made[str(key)] = value
            self._takes(",")
        return made


def _compared(left: Any, right: Any, mark: str) -> Any:
    for value in (left, right):
        if isinstance(value, Unknown | Ref | MissingFile):
            return UNKNOWN
    return (left == right) is (mark == "==")
