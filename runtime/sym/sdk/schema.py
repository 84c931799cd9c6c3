"""How anything a practitioner can set is declared: once.

A *schema* is a frozen, keyword-only dataclass whose fields are made with :func:`attribute` or :func:`block`. The
Terraform schema, plan-time validation, the stored document, the typed read in the worker and the reference docs all
derive from it. Resources (``sym.resources``) and every plugin's ``Settings`` are declared this way.

Types an attribute may have: ``str``, ``int``, ``bool``, ``list[str]``, ``dict[str, str]``, each also ``| None`` for
"may be left out". A block has the type ``X | None`` (at most one) or ``list[X]`` (any number), ``X`` being a schema.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Validator = Callable[[Any], str | None]
"""Takes a known, non-null value; gives what is wrong with it, or None."""

_KEY = "sym"


class SchemaError(ValueError):
    """A document does not fit its schema: ``path`` says where, ``message`` what and what to do."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclasses.dataclass(frozen=True, kw_only=True)
class Declaration:
    """What :func:`attribute` and :func:`block` were told about one field.

    ``references`` names the resource (``"integration"``) whose id the value, or each of its elements, must be.
    ``choices`` closes the set of values; a value outside is an error. ``case_insensitive`` makes a difference in letter
    case no difference. ``code`` marks Python source: ``"content"`` takes source text only, ``"path_or_content"`` also
    the path of a file. ``empty_is_unset`` says that for this map, a key that is null or "" is the same as no key.
    ``empty_is_null`` is False where "", [] or {} says something else than no value at all. ``write_only`` marks a value
    that is handed over and never shown again: it is in no plan, no state, no stored document and no answer.
    ``is_addition`` marks what the original's API does not have: it is sent only where it differs from its default.
    """

    description: str
    is_block: bool = False
    references: str | None = None
    choices: tuple[str, ...] = ()
    case_insensitive: bool = False
    code: str | None = None
    empty_is_unset: bool = False
    empty_is_null: bool = True
    write_only: bool = False
    is_addition: bool = False
    validators: tuple[Validator, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a schema, resolved.

    ``kind`` is one of ``string``, ``number``, ``bool``, ``list``, ``map`` (lists and maps hold strings), ``block``
    (at most one) or ``blocks``; ``schema`` is the schema of a block's content, else None.
    """

    name: str
    kind: str
    required: bool
    default: Any
    declaration: Declaration
    schema: type[Any] | None = None

    @property
    def is_block(self) -> bool:
        """Whether the field is a nested block rather than an attribute."""
        return self.schema is not None


def attribute(description: str, *, default: Any = dataclasses.MISSING, **details: Any) -> Any:
    """Declare an attribute: ``description`` for the reference docs, ``default`` unless it is required, and the
    ``details`` that :class:`Declaration` lists."""
    declaration = Declaration(description=description, **details)
    if isinstance(default, (dict, list)):
        return dataclasses.field(default_factory=default.copy, metadata={_KEY: declaration})
    return dataclasses.field(default=default, metadata={_KEY: declaration})


def block(description: str) -> Any:
    """Declare a nested block; its field's type says how many there may be."""
    return dataclasses.field(default=None, metadata={_KEY: Declaration(description=description, is_block=True)})


@typing.dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(attribute, block))
def schema(cls: type[T]) -> type[T]:
    """Make ``cls`` a schema: a frozen, keyword-only dataclass with a docstring (its reference documentation)."""
    if not cls.__doc__:
        raise TypeError(f"{cls.__qualname__} needs a docstring: it is the reference documentation")
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


def fields(cls: type[Any]) -> tuple[Field, ...]:
    """The fields of the schema ``cls`` in order of declaration. Raises TypeError for a type a schema cannot have."""
    declared: Any = cls
    found: tuple[Field, ...] = _fields(declared)
    return found


@functools.cache
def _fields(cls: Any) -> tuple[Field, ...]:
    hints = typing.get_type_hints(cls)
    return tuple(_field(cls, raw, hints[raw.name]) for raw in dataclasses.fields(cls))


def _field(cls: type[Any], raw: dataclasses.Field[Any], hint: Any) -> Field:
    declaration: Declaration = raw.metadata[_KEY]
    optional, inner = _without_none(hint)
    default = None if raw.default is dataclasses.MISSING else raw.default
    if raw.default_factory is not dataclasses.MISSING:
        default = raw.default_factory()
    required = raw.default is dataclasses.MISSING and raw.default_factory is dataclasses.MISSING
    if declaration.is_block:
        many = typing.get_origin(inner) is list
        content = typing.get_args(inner)[0] if many else inner
        kind = "blocks" if many else "block"
        return Field(name=raw.name, kind=kind, required=False, default=None, declaration=declaration, schema=content)
    if required and optional:
        raise TypeError(f"{cls.__qualname__}.{raw.name} may be None and therefore needs a default")
    return Field(name=raw.name, kind=_kind(cls, raw.name, inner), required=required, default=default,
                 declaration=declaration)  # fmt: skip


def _without_none(hint: Any) -> tuple[bool, Any]:
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return False, hint
    members = [member for member in typing.get_args(hint) if member is not type(None)]
    return True, members[0] if len(members) == 1 else hint


def _kind(cls: type[Any], name: str, hint: Any) -> str:
    kinds = {str: "string", int: "number", bool: "bool"}
    if hint in kinds:
        return kinds[hint]
    if hint == list[str]:
        return "list"
    if hint == dict[str, str]:
        return "map"
    raise TypeError(f"{cls.__qualname__}.{name}: a schema cannot hold {hint}")


def read(cls: type[T], document: Mapping[str, Any], path: str = "") -> T:
    """Build ``cls`` from a stored ``document`` (JSON values), applying defaults where a value is null or missing.

    Keys the schema does not know are dropped, so that a newer writer does not break an older reader. Raises
    SchemaError naming the place of a missing required value or of one with the wrong type.
    """
    values = {field.name: _read_value(field, document.get(field.name), path) for field in fields(cls)}
    return cls(**values)


def _read_value(field: Field, value: Any, parent: str) -> Any:
    path = f"{parent}.{field.name}" if parent else field.name
    if field.schema is not None:
        return _read_blocks(field, field.schema, value, path)
    if value is None:
        if field.required:
            raise SchemaError(path, "a value is required")
        return field.default
    return _convert(field.kind, value, path)


def _read_blocks(field: Field, content: type[Any], value: Any, path: str) -> Any:
    items = value if isinstance(value, list) else [] if value is None else [value]
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise SchemaError(f"{path}[{index}]", "a block is needed")
    read_items = [read(content, item, f"{path}[{index}]") for index, item in enumerate(items)]
    if field.kind == "blocks":
        return read_items
    return read_items[0] if read_items else None


def _convert(kind: str, value: Any, path: str) -> Any:
    if kind == "string" and isinstance(value, str):
        return value
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "number" and isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            return int(value)
        except ValueError:
            raise SchemaError(path, f"{value!r} is not a whole number") from None
    if kind == "list" and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    if kind == "map" and isinstance(value, Mapping):
        return {key: _text(item, f"{path}[{json.dumps(key, ensure_ascii=False)}]")
                for key, item in value.items() if item is not None}  # fmt: skip
    raise SchemaError(path, f"a {kind} is needed, not {value!r}")


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise SchemaError(path, f"text is needed, not {value!r}")
    return value


def write(instance: Any) -> dict[str, Any]:
    """The document (JSON values) of a schema instance, the inverse of :func:`read`."""
    return dataclasses.asdict(instance)


def leaves(cls: type[Any], document: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Field, Any]]:
    """Every attribute value of ``document`` with its path (``params[0].prompt_field[2].type``), blocks flattened.

    Null values are left out. The document may hold a block as a list (Terraform's form) or as one object.
    """
    for field in fields(cls):
        value = document.get(field.name)
        here = f"{path}.{field.name}" if path else field.name
        if value is None:
            continue
        if field.schema is None:
            yield here, field, value
            continue
        for index, item in enumerate(value if isinstance(value, Sequence) else [value]):
            yield from leaves(field.schema, item, f"{here}[{index}]")
