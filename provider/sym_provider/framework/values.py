"""Types and values, as Terraform has them, in plain Python.

| Terraform      | Python                                                       |
| -------------- | ------------------------------------------------------------ |
| string, bool   | ``str``, ``bool``                                            |
| number         | ``int`` when integral, else ``decimal.Decimal``              |
| list, set, map | ``list``, ``list``, ``dict``                                 |
| object         | ``dict`` with every attribute present                        |
| null           | ``None``                                                     |
| unknown        | an :class:`Unknown`, usually :data:`UNKNOWN`                 |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from sym_provider.framework.diagnostics import MapKey, Path

Value = Any
"""One Terraform value in the Python shape of the table above."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is known only after apply.

    Terraform may send along what it does know (that a string starts with ``x-``, that a list has two elements). Those
    refinements are bytes we never read but must hand back unchanged, or the plan differs from the configuration.
    """

    extension: int = 0
    refinement: bytes = b"\x00"

    def __bool__(self) -> NoReturn:
        raise TypeError("an unknown value has no truth: test it with is_unknown()")


UNKNOWN: Final = Unknown()
"""An unknown value of which nothing more is known."""


def is_unknown(value: Value) -> bool:
    """Tell whether the value itself is unknown (its elements are not looked at)."""
    return isinstance(value, Unknown)


def is_wholly_known(value: Value) -> bool:
    """Tell whether nothing in the value is unknown, at any depth."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, dict):
        return all(is_wholly_known(element) for element in value.values())
    if isinstance(value, list):
        return all(is_wholly_known(element) for element in value)
    return True


def unknown_to_null(value: Value) -> Value:
    """Return the value with every unknown in it replaced by null."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, dict):
        return {key: unknown_to_null(element) for key, element in value.items()}
    if isinstance(value, list):
        return [unknown_to_null(element) for element in value]
    return value


def is_empty(value: Value, *, empty_keys_are_missing: bool = False) -> bool:
    """Tell whether the value is null, "", [] or {}.

    With *empty_keys_are_missing* a map all of whose elements are empty is empty too.
    """
    if value is None:
        return True
    if empty_keys_are_missing and isinstance(value, dict):
        return all(is_empty(element) for element in value.values())
    return isinstance(value, str | list | dict) and not value


def same(left: Value, right: Value, *, empty_keys_are_missing: bool = False) -> bool:
    """Tell whether two values mean the same: equal, or both empty, element by element.

    An unknown is the same only as an unknown with the same refinement.
    """
    empty = is_empty(left, empty_keys_are_missing=empty_keys_are_missing)
    if empty and is_empty(right, empty_keys_are_missing=empty_keys_are_missing):
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        if not empty_keys_are_missing and left.keys() != right.keys():
            return False
        return all(same(left.get(key), right.get(key)) for key in left.keys() | right.keys())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


class ValueMismatch(Exception):
    """A value is not of the type the schema declares. *path* leads to it."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


class Type:
    """What values an attribute takes."""

    def to_json(self) -> Any:
        """Return the JSON form of the type: ``"string"``, ``["list", "string"]`` …"""
        raise NotImplementedError

    def conform(self, value: Value, path: Path = ()) -> Value:
        """Return *value* in its one Python shape, null and unknown included.

        Raises :class:`ValueMismatch`, with the path below *path*, when it is of another type.
        """
        if value is None or isinstance(value, Unknown):
            return value
        return self._conform(value, path)

    def _conform(self, value: Value, path: Path) -> Value:
        raise NotImplementedError

    def _refuse(self, value: Value, path: Path) -> NoReturn:
        raise ValueMismatch(path, f"a {self} is required, not {_article(value)}")

    def __str__(self) -> str:
        return str(self.to_json())


@dataclass(frozen=True, slots=True)
class _String(Type):
    def to_json(self) -> Any:
        return "string"

    def _conform(self, value: Value, path: Path) -> Value:
        if not isinstance(value, str):
            self._refuse(value, path)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueMismatch(
                path, "the string has half a surrogate pair in it, which no encoding can carry"
            ) from None
        return value


@dataclass(frozen=True, slots=True)
class _Bool(Type):
    def to_json(self) -> Any:
        return "bool"

    def _conform(self, value: Value, path: Path) -> Value:
        return value if isinstance(value, bool) else self._refuse(value, path)


@dataclass(frozen=True, slots=True)
class _Number(Type):
    def to_json(self) -> Any:
        return "number"

    def _conform(self, value: Value, path: Path) -> Value:
        """Accept int, float, Decimal and, because Terraform sends what fits no float as text, a decimal string."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            self._refuse(value, path)
        if isinstance(value, int):
            return value
        try:
            number = Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation:
            self._refuse(value, path)
        if not number.is_finite():
            self._refuse(value, path)
        # 1e999999 is a short text but would be a long integer.
        small = number.adjusted() < 1000
        return int(number) if small and number == number.to_integral_value() else number


STRING: Final[Type] = _String()
BOOL: Final[Type] = _Bool()
NUMBER: Final[Type] = _Number()


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """Any number of values of one type, in order."""

    element: Type

    def to_json(self) -> Any:
        return ["list", self.element.to_json()]

    def _conform(self, value: Value, path: Path) -> Value:
        if not isinstance(value, list | tuple):
            self._refuse(value, path)
        return [self.element.conform(element, (*path, index)) for index, element in enumerate(value)]

    def __str__(self) -> str:
        return f"list of {self.element}"


@dataclass(frozen=True, slots=True)
class MapOf(Type):
    """Values of one type under keys the practitioner chooses."""

    element: Type

    def to_json(self) -> Any:
        return ["map", self.element.to_json()]

    def _conform(self, value: Value, path: Path) -> Value:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            self._refuse(value, path)
        return {key: self.element.conform(element, (*path, MapKey(key))) for key, element in value.items()}

    def __str__(self) -> str:
        return f"map of {self.element}"


@dataclass(frozen=True, slots=True)
class ObjectOf(Type):
    """Values of several types under fixed names."""

    attributes: Mapping[str, Type] = field(hash=False)

    def to_json(self) -> Any:
        return ["object", {name: kind.to_json() for name, kind in self.attributes.items()}]

    def _conform(self, value: Value, path: Path) -> Value:
        if not isinstance(value, Mapping):
            self._refuse(value, path)
        for name in value:
            if name not in self.attributes:
                raise ValueMismatch((*path, name), f'there is no attribute "{name}"')
        return {name: kind.conform(value.get(name), (*path, name)) for name, kind in self.attributes.items()}

    def __str__(self) -> str:
        return "object"


def _article(value: Value) -> str:
    """Name the kind of a value without showing it: it may be a secret."""
    kinds = (
        (bool, "a bool"),
        (str, "a string"),
        (int | float | Decimal, "a number"),
        (list, "a list"),
        (dict, "a map"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), f"a Python {type(value).__name__}")
