"""The port through which the provider reads and writes resources, whatever is behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Document = dict[str, Any]
WriteOnly = Mapping[str, Any]
"""Values that no document holds and no record gives back, by the name of their attribute; None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One stored resource: its id (a UUID) and its document, attribute values by name."""

    id: str
    document: Document


class Repository(Protocol):
    """Reads and writes resources. ``name`` is a resource's name on the shelf (``flow``).

    Every method may raise ``sym.errors.SymError``; its ``path``, if it has one, names the attribute that is meant.
    """

    def create(self, name: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Store a new resource. Raises Invalid or Conflict."""
        ...

    def read(self, name: str, resource_id: str) -> Record | None:
        """The resource with this id, None when it is gone."""
        ...

    def update(self, name: str, resource_id: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Replace a resource's document, and those write-only values that are given.

        Raises NotFound, Invalid or Conflict.
        """
        ...

    def all_of(self, name: str) -> list[Record]:
        """Every resource of that name there is now."""
        ...

    def delete(self, name: str, resource_id: str) -> None:
        """Remove a resource; that it is gone already is no error. Raises InUse naming what still needs it."""
        ...

    def find(self, name: str, kind: str, slug: str) -> Record | None:
        """The resource of this type ("" where resources have none) and slug, None if there is none."""
        ...
