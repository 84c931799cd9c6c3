"""Documents of every resource on the shelf, made from its declaration, with everything they refer to."""

from __future__ import annotations

import itertools
from typing import Any

from sym.resources import resource
from sym.sdk.schema import Field, fields
from sym_provider.repository import Document, Record, Repository

CODE = 'def on_request(event):\n    print("grüße")\n'


def documented(name: str) -> list[Field]:
    """The attributes and blocks of a resource that are in its document."""
    return [field for field in fields(resource(name)) if not field.declaration.write_only]


class Samples:
    """Makes documents for ``repository``, in which what they refer to is stored first."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._numbers = itertools.count(1)
        self._support: dict[str, str] = {}

    def bare(self, name: str, /, **values: Any) -> Document:
        """A document with nothing but what is required; every other attribute is there and null."""
        declared = documented(name)
        document = {field.name: self._value(field) if field.required else _unset(field) for field in declared}
        return {**document, **values}

    def full(self, name: str, /, **values: Any) -> Document:
        """A document with a value for every attribute."""
        return {**{field.name: self._value(field) for field in documented(name)}, **values}

    def stored(self, name: str, /, **values: Any) -> Record:
        """A stored resource."""
        return self._repository.create(name, self.bare(name, **values))

    def _id(self, name: str) -> str:
        if name not in self._support:
            self._support[name] = self.stored(name).id
        return self._support[name]

    def _value(self, field: Field) -> Any:
        if field.schema is not None:
            return [{inner.name: self._value(inner) for inner in fields(field.schema)}]
        text = self._text(field)
        # The only number is the version of a value, which the source these secrets have does not take.
        return {
            "string": text, "number": None, "bool": not field.default, "list": [text], "map": {"one_id": text},
        }[field.kind]  # fmt: skip

    def _text(self, field: Field) -> str:
        declared = field.declaration
        if declared.references:
            return self._id(declared.references)
        if field.name == "type":
            return declared.choices[0] if declared.choices else "custom"
        return CODE if declared.code else f"{field.name}_{next(self._numbers)}"


def _unset(field: Field) -> Any:
    return [] if field.is_block else None
