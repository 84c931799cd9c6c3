"""Turns what an author passes to a model into what the field is declared to hold.

Lenient on purpose, as authors' code relies on it: numbers become text, text becomes numbers, ``15.7`` becomes ``15``.
"""

from __future__ import annotations

import types
import typing
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sym.sdk.resource import SRN

_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "off", "f", "false", "n", "no"})


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: ``loc`` is the field, then indexes and keys inside; ``msg`` says what it must be."""

    loc: tuple[str | int, ...]
    msg: str
    type: str = "value_error"


class ValidationError(ValueError):
    """What was passed to a model does not fit; names every field that does not. Values are never part of the text.

    Args:
        problems: what is wrong.
        model: the name of the model.
    """

    def __init__(self, problems: Iterable[Problem], model: str) -> None:
        self.problems = tuple(problems)
        self.model = model
        super().__init__(self.problems, model)

    def errors(self) -> list[dict[str, Any]]:
        """Return one ``{"loc": …, "msg": …, "type": …}`` for each problem."""
        return [{"loc": problem.loc, "msg": problem.msg, "type": problem.type} for problem in self.problems]

    def __str__(self) -> str:
        count = len(self.problems)
        lines = [f"{count} validation error{'' if count == 1 else 's'} for {self.model}"]
        for problem in self.problems:
            lines += [" -> ".join(map(str, problem.loc)), f"  {problem.msg} (type={problem.type})"]
        return "\n".join(lines)


def problems_of(error: Exception, *loc: str | int) -> list[Problem]:
    """Return what ``error`` complains about, placed below ``loc``."""
    if isinstance(error, ValidationError):
        return [replace(problem, loc=loc + problem.loc) for problem in error.problems]
    kind = "type_error" if isinstance(error, TypeError) else "value_error"
    return [Problem(loc, str(error), kind)]


def coerce(annotation: Any, value: Any) -> Any:
    """Return ``value`` as the type ``annotation``.

    Known are ``Any``, ``str``, ``int``, ``bool``, ``UUID``, ``SRN``, enumerations, unions, lists, dictionaries, models
    (by their ``__sym_coerce__``) and any other class, of which the value must be an instance.

    Raises:
        ValueError: it cannot be one; a ``ValidationError`` if it is the content that does not fit.
        InvalidSRNError: it is to be an SRN and is not.
    """
    if annotation is Any:
        return value
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _GENERIC[origin](typing.get_args(annotation), value)
    if annotation in _SCALAR:
        return _SCALAR[annotation](value)
    if hasattr(annotation, "__sym_coerce__"):
        return annotation.__sym_coerce__(value)
    if issubclass(annotation, Enum):
        return _member(annotation, value)
    if not isinstance(value, annotation):
        raise TypeError(f"instance of {annotation.__name__} expected")
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value.value) if isinstance(value, Enum) else value
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    raise TypeError("str type expected")


def _whole(value: Any) -> int:
    if isinstance(value, (int, float, Decimal, str, bytes)):
        try:
            return int(value)
        except (ValueError, OverflowError):
            pass
    raise TypeError("value is not a valid integer")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)) and value in (0, 1):
        return bool(value)
    if isinstance(value, (str, bytes)):
        word = (value if isinstance(value, str) else value.decode()).lower()
        if word in _TRUE | _FALSE:
            return word in _TRUE
    raise TypeError("value could not be parsed to a boolean")


def _uuid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            pass
    raise TypeError("value is not a valid uuid")


def _member(enumeration: type[Enum], value: Any) -> Enum:
    try:
        return enumeration(value)
    except ValueError:
        permitted = ", ".join(repr(member.value) for member in enumeration)
        raise ValueError(f"value is not a valid enumeration member; permitted: {permitted}") from None


def _union(args: tuple[Any, ...], value: Any) -> Any:
    """Try the members in order; ``None`` only where it is one."""
    members = [member for member in args if member is not types.NoneType]
    if value is None and len(members) < len(args):
        return None
    problems: list[Problem] = []
    for member in members:
        try:
            return coerce(member, value)
        except (ValueError, TypeError, AssertionError) as error:
            problems += problems_of(error)
    raise ValidationError(problems, "union")


def _each(pairs: Iterable[tuple[str | int, Any]], annotation: Any) -> list[Any]:
    """Coerce every value; the keys say where the ones that do not fit are."""
    done: list[Any] = []
    problems: list[Problem] = []
    for key, value in pairs:
        try:
            done.append(coerce(annotation, value))
        except (ValueError, TypeError, AssertionError) as error:
            problems += problems_of(error, key)
    if problems:
        raise ValidationError(problems, "collection")
    return done


def _list(args: tuple[Any, ...], value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple, set, frozenset, types.GeneratorType)):
        raise TypeError("value is not a valid list")
    return _each(enumerate(value), args[0])


def _mapping(args: tuple[Any, ...], value: Any) -> dict[Any, Any]:
    """Keep the kind of dictionary that was given: an ``OrderedDict`` stays one, a ``dict`` does not become one."""
    if not isinstance(value, Mapping):
        raise TypeError("value is not a valid dict")
    keys = _each(((str(key), key) for key in value), args[0])
    values = _each(((str(key), item) for key, item in value.items()), args[1])
    kind = OrderedDict if isinstance(value, OrderedDict) else dict
    return kind(zip(keys, values, strict=True))


_SCALAR: dict[Any, Callable[[Any], Any]] = {str: _text, int: _whole, bool: _truth, UUID: _uuid, SRN: SRN.parse}
_GENERIC: dict[Any, Callable[[tuple[Any, ...], Any], Any]] = {
    typing.Union: _union,
    types.UnionType: _union,
    list: _list,
    dict: _mapping,
    OrderedDict: _mapping,
}
