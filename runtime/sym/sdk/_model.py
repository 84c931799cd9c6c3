"""The base of the small data classes authors construct: forms, destinations, notifications, permissions.

Behaves as authors' code expects of it: keywords only, lenient values, unknown keywords ignored, ``ValueError`` for what
does not fit, equality by content (with plain dictionaries too), ``.dict()``, ``.json()``, ``.copy()``,
``.parse_obj()``, ``.parse_raw()`` and ``.construct()``. Assignment is validated on every class, so that a permission
cannot be changed into something that is none.
"""

from __future__ import annotations

import copy
import inspect
import json
import typing
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Self, TypeAlias, dataclass_transform
from uuid import UUID

from sym.sdk._coercion import Problem, ValidationError, coerce, problems_of
from sym.sdk.resource import SRN, SymBaseResource
from sym.sdk.user import User

__all__ = ["Model", "ValidationError", "field"]

# Model has a method named `dict`.
_Content: TypeAlias = dict[str, Any]
_Check: TypeAlias = Callable[[Any], Any]
_REQUIRED: Any = object()


@dataclass(frozen=True)
class Field:
    """How one field of a model is filled: see :func:`field`."""

    default: Any = _REQUIRED
    factory: Callable[[], Any] | None = None
    before: _Check | None = None
    after: _Check | None = None
    read_only: bool = False

    def initial(self) -> Any:
        """Return the value of a field nothing was passed for."""
        return self.factory() if self.factory else copy.deepcopy(self.default)

    def is_required(self) -> bool:
        """Say whether something must be passed."""
        return self.default is _REQUIRED and self.factory is None

    def parameter(self, name: str, annotation: Any) -> inspect.Parameter:
        """Return the keyword of the constructor that fills the field, for ``help()`` and editors."""
        default = inspect.Parameter.empty if self.is_required() else self.initial()
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    def accept(self, annotation: Any, value: Any) -> Any:
        """Return the value the field will hold. Raises ``ValueError`` or ``TypeError`` if it cannot."""
        if self.before:
            value = self.before(value)
        value = coerce(annotation, value)
        return self.after(value) if self.after else value


def field(
    *,
    default: Any = _REQUIRED,
    factory: Callable[[], Any] | None = None,
    before: _Check | None = None,
    after: _Check | None = None,
    read_only: bool = False,
) -> Any:
    """Declare a field that a plain default cannot describe.

    Args:
        default: the value when nothing is passed; it is not checked.
        factory: makes that value, for each instance anew.
        before: takes what is passed, gives what is to be coerced.
        after: takes the coerced value, gives the one to keep. Both raise ``ValueError`` for what does not fit.
        read_only: assigning to it raises ``TypeError``.
    """
    return Field(default, factory, before, after, read_only)


@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
class Model:
    """A data class; its annotations are its fields, in order, those of its bases first."""

    _fields: ClassVar[Mapping[str, Field]] = {}
    _types: ClassVar[Mapping[str, Any] | None] = None
    __signature__: ClassVar[inspect.Signature] = inspect.Signature()

    def __init_subclass__(cls) -> None:
        fields = OrderedDict(cls._fields)
        parameters = dict(cls.__signature__.parameters)
        for name, annotation in inspect.get_annotations(cls).items():
            if name.startswith("_"):
                continue
            declared = cls.__dict__.get(name, _REQUIRED)
            fields[name] = declared if isinstance(declared, Field) else Field(declared)
            if name in cls.__dict__:
                delattr(cls, name)
            parameters[name] = fields[name].parameter(name, annotation)
        cls._fields = fields
        cls._types = None
        cls.__signature__ = inspect.Signature(list(parameters.values()))

    def __init__(self, /, **values: Any) -> None:
        problems: list[Problem] = []
        for name, declared in self._fields.items():
            if name not in values:
                if declared.is_required():
                    problems.append(Problem((name,), "field required", "value_error.missing"))
                else:
                    self.__dict__[name] = declared.initial()
                continue
            try:
                self.__dict__[name] = declared.accept(self._annotation(name), values[name])
            except (ValueError, TypeError, AssertionError) as error:
                problems += problems_of(error, name)
        if problems:
            raise ValidationError(problems, type(self).__name__)

    @classmethod
    def _annotation(cls, name: str) -> Any:
        # Resolved when first used: a class can be made before the names in its annotations are.
        if cls._types is None:
            cls._types = typing.get_type_hints(cls)
        return cls._types[name]

    def __setattr__(self, name: str, value: Any) -> None:
        model = type(self).__name__
        if name not in self._fields:
            raise ValueError(f'"{model}" object has no field "{name}"')
        declared = self._fields[name]
        if declared.read_only:
            raise TypeError(f'"{name}" of "{model}" is read-only and cannot be assigned')
        try:
            self.__dict__[name] = declared.accept(self._annotation(name), value)
        except (ValueError, TypeError, AssertionError) as error:
            raise ValidationError(problems_of(error, name), model) from error

    def __delattr__(self, name: str) -> None:
        raise TypeError(f'"{name}" of "{type(self).__name__}" cannot be deleted')

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(list(self.__dict__.items()))

    def __eq__(self, other: object) -> bool:
        return self.dict() == (other.dict() if isinstance(other, Model) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"

    def __str__(self) -> str:
        return " ".join(f"{name}={value!r}" for name, value in self)

    def dict(
        self,
        *,
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
        exclude_none: bool = False,
    ) -> _Content:
        """Return the fields in order, models inside of them as dictionaries, everything else as it is.

        Args:
            include: only these fields of this model.
            exclude: without these fields of this model.
            exclude_none: without fields that are ``None``, in nested models too.
        """
        return {
            name: _plain(value, exclude_none)
            for name, value in self
            if _is_chosen(name, include, exclude) and not (exclude_none and value is None)
        }

    def json(
        self,
        *,
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
        exclude_none: bool = False,
        **dumps: Any,
    ) -> str:
        """Return ``dict()`` as JSON text.

        Users are written by their ``to_dict()``, other resources by their ``dict()``, SRNs, UUIDs and times as text.

        Args:
            include, exclude, exclude_none: as for ``dict``.
            dumps: handed to ``json.dumps``.

        Raises:
            TypeError: a value has no form in JSON.
        """
        dumps.setdefault("default", _encoded)
        return json.dumps(self.dict(include=include, exclude=exclude, exclude_none=exclude_none), **dumps)

    def copy(
        self,
        *,
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
        update: Mapping[str, Any] | None = None,
        deep: bool = False,
    ) -> Self:
        """Return a copy: what is inside is shared unless ``deep``.

        Args:
            include, exclude: as for ``dict``; fields left out are unset in the copy.
            update: fields to replace, without checking them.
            deep: copy what is inside, too.
        """
        new = type(self).__new__(type(self))
        kept = {name: value for name, value in self if _is_chosen(name, include, exclude)}
        new.__dict__.update(copy.deepcopy(kept) if deep else kept)
        new.__dict__.update(update or {})
        return new

    @classmethod
    def parse_obj(cls, obj: Any) -> Self:
        """Make an instance from a dictionary, or from what ``dict()`` takes. Raises ``ValidationError``."""
        try:
            values = dict(obj)
        except (TypeError, ValueError):
            problem = Problem(("__root__",), f"{cls.__name__} expected dict not {type(obj).__name__}", "type_error")
            raise ValidationError([problem], cls.__name__) from None
        return cls(**{str(name): value for name, value in values.items()})

    @classmethod
    def parse_raw(cls, raw: str | bytes) -> Self:
        """Make an instance from JSON text. Raises ``ValidationError``."""
        try:
            obj = json.loads(raw)
        except (TypeError, ValueError) as error:
            raise ValidationError(problems_of(error, "__root__"), cls.__name__) from None
        return cls.parse_obj(obj)

    @classmethod
    def construct(cls, **values: Any) -> Self:
        """Make an instance without checking anything; fields not passed get their default or stay unset."""
        new = cls.__new__(cls)
        for name, declared in cls._fields.items():
            if name in values:
                new.__dict__[name] = values[name]
            elif not declared.is_required():
                new.__dict__[name] = declared.initial()
        return new

    @classmethod
    def __sym_coerce__(cls, value: Any) -> Any:
        """Accept ``value`` for a field of this type: an instance is copied, not deeply; a dictionary is read."""
        return value.copy() if isinstance(value, cls) else cls.parse_obj(value)


def _is_chosen(name: str, include: Collection[str] | None, exclude: Collection[str]) -> bool:
    return (include is None or name in include) and name not in (exclude or ())


def _plain(value: Any, exclude_none: bool) -> Any:
    if isinstance(value, Model):
        return value.dict(exclude_none=exclude_none)
    if isinstance(value, Mapping):
        return {key: _plain(item, exclude_none) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)) and type(value).__module__ == "builtins":
        return type(value)(_plain(item, exclude_none) for item in value)
    return value


def _encoded(value: Any) -> Any:
    for kinds, encode in _ENCODERS:
        if isinstance(value, kinds):
            return encode(value)
    raise TypeError(f"Object of type '{type(value).__name__}' is not JSON serializable")


_ENCODERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (User, lambda user: user.to_dict()),
    (SymBaseResource, lambda resource: resource.dict()),
    ((SRN, UUID), str),
    (Enum, lambda member: member.value),
    (date, lambda moment: moment.isoformat()),
    (Decimal, float),
    ((set, frozenset), list),
    ((bytes, bytearray), lambda octets: octets.decode()),
)
