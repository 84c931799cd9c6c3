"""Terraform's expressions, as far as reading them tells: literals, templates, references, conditions, and the functions
by which configurations find files and put values together. Whatever else there is comes to an unknown value, never to
an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol, Self

from sym.assessment.functions import as_text, step_into
from sym.assessment.templates import Opaque, string_end, template_parts, unescaped
from sym.assessment.values import UNKNOWN, MissingFile, Ref, Unknown, refs_in

_TOKEN = re.compile(r"""\s*(?:
    (?P<number>-?\d+(?:\.\d+)?)(?![\w.]) | (?P<name>[A-Za-z_][\w-]*) | (?P<string>") |
    (?P<mark>==|!=|&&|\|\||=>|\.\.\.|[()\[\]{},.?:=!*+\-/%<>])
)""", re.VERBOSE)  # fmt: skip
_REFERENCE = re.compile(r"\b(data\.)?(sym_\w+)\.([A-Za-z_][\w-]*)")
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_DEEPEST = 60
_LONGEST = 200
"""Turns of a loop that are looked at."""


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

    def within(self, **extra: Any) -> Self:
        """The same names, and more."""
        ...


def evaluate(expression: str, names: Names) -> Any:
    """The value of an expression. Never raises for what is in it."""
    try:
        reader = _Reader(expression, names)
        value = reader.expression()
        reader.end()
    except (Opaque, RecursionError):
        return Unknown(_references(expression, names))
    return value


def evaluate_template(text: str, names: Names) -> Any:
    """The value of a template without its quotes: text, or the value of the one interpolation it consists of."""
    try:
        parts = template_parts(text)
    except Opaque:
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


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, names: Names, at: int = 0, depth: int = 0) -> None:
        self._text = text
        self._names = names
        self._at = at
        self._depth = depth

    def end(self) -> None:
        """Raises Opaque if anything is left."""
        if self._text[self._at :].strip():
            raise Opaque

    def expression(self) -> Any:
        """A value, compared with another one perhaps, or chosen by a condition."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Opaque
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
            raise Opaque
        self._at = found.end()
        return found.lastgroup, found[found.lastgroup]

    def _takes(self, mark: str) -> bool:
        if self._peek() != ("mark", mark):
            return False
        self._next()
        return True

    def _expect(self, mark: str) -> None:
        if not self._takes(mark):
            raise Opaque

    def _operand(self) -> Any:
        kind, text = self._next()
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "string":
            end = string_end(self._text, self._at)
            content, self._at = self._text[self._at : end], end + 1
            return evaluate_template(unescaped(content), self._names)
        if kind == "name":
            return self._named(text)
        if text == "[":
            return self._index_into(self._list())
        if text == "{":
            return self._index_into(self._object())
        if text == "(":
            value = self.expression()
            self._expect(")")
            return self._index_into(value)
        raise Opaque

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
                    raise Opaque
                steps.append(int(text) if kind == "number" else text)
            elif self._takes("["):
                if self._peek()[1] == "*":
                    raise Opaque
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
                raise Opaque
            if not self._takes(","):
                self._expect(closing)
                break
        return items

    def _list(self) -> Any:
        if self._peek() == ("name", "for"):
            made = self._loop("]")
            return made if isinstance(made, Unknown) else [value for _, value in made]
        return self._items("]")

    def _loop(self, closing: str) -> list[tuple[Any, Any]] | Unknown:
        """What a ``for`` makes, each with its key (None in a list); Unknown if it is not known over what it goes, or
        what it leaves out."""
        self._next()
        names = [self._next()[1]]
        if self._takes(","):
            names.append(self._next()[1])
        if self._next() != ("name", "in"):
            raise Opaque
        items = self.expression()
        self._expect(":")
        pairs = enumerate(items) if isinstance(items, list) else items.items() if isinstance(items, dict) else ()
        turns = [dict(zip(names, pair if len(names) > 1 else pair[1:], strict=True)) for pair in list(pairs)[:_LONGEST]]
        begin, made = self._at, []
        # One more, to find the end where there is nothing to go over, and what is named there.
        for turn in [*turns, dict.fromkeys(names, UNKNOWN)]:
            reader = _Reader(self._text, self._names.within(**turn), begin, self._depth + 1)
            made.append(reader.turn(closing))
            self._at = reader._at
        *made, unread = made
        if not isinstance(items, list | dict) or not all(isinstance(is_kept, bool) for is_kept, _, _ in made):
            return Unknown(refs_in([items, *unread]))
        return [(key, value) for is_kept, key, value in made if is_kept]

    def turn(self, closing: str) -> tuple[Any, Any, Any]:
        """One turn of a ``for``: whether it counts, its key and its value."""
        key, value, is_kept = None, self.expression(), True
        if closing == "}":
            self._expect("=>")
            key, value = value, self.expression()
        if self._peek() == ("name", "if"):
            self._next()
            is_kept = self.expression()
        self._expect(closing)
        return is_kept, key, value

    def _object(self) -> Any:
        if self._peek() == ("name", "for"):
            found = self._loop("}")
            if isinstance(found, Unknown) or not all(isinstance(key, str | int) for key, _ in found):
                return Unknown(refs_in(found))
            return {as_text(key): value for key, value in found}
        made: dict[Any, Any] = {}
        while not self._takes("}"):
            kind, text = self._peek()
            if kind == "name":
                self._next()
                key: Any = text
            else:
                key = self._operand()
            if not self._takes("=") and not self._takes(":"):
                raise Opaque
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
