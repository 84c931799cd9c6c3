"""Resources as they are declared, together with the values that are in no document."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sym.audit.events import Actor
from sym.errors import Invalid
from sym.resources import resource
from sym.sdk.schema import fields
from sym.sealing import SealingKeys
from sym.store import resources
from sym.store.resources import StoredResource
from sym.store.secret_values import VALUE


@dataclass(frozen=True, kw_only=True)
class Declaring:
    """Who declares something, when, and with which keys its values are encrypted."""

    actor: Actor
    now: datetime
    keys: SealingKeys

    def save(
        self,
        conn: Connection,
        name: str,
        document: dict[str, Any],
        write_only: Mapping[str, Any],
        resource_id: str | None = None,
    ) -> StoredResource:
        """Create a resource, or update the one with ``resource_id``, as :func:`sym.store.resources.save` does, and keep
        its ``write_only`` values (by attribute name, null meaning none) encrypted.

        Raises Invalid also for a value of the wrong kind; its message never holds the value.
        """
        given = _checked(name, write_only)
        new_id = None if resource_id else str(uuid.uuid4())
        value = self.keys.seal(resource_id or new_id or "", given[VALUE], self.now) if VALUE in given else None
        return resources.save(
            conn, name, document, actor=self.actor, now=self.now, resource_id=resource_id, id=new_id, value=value
        )


def _checked(name: str, write_only: Mapping[str, Any]) -> dict[str, str]:
    """The values that are set. Raises Invalid for what is no text, or what the attribute's own validators refuse."""
    declared = {field.name: field for field in fields(resource(name)) if field.declaration.write_only}
    given = {key: value for key, value in write_only.items() if value is not None}
    for key, value in given.items():
        if key not in declared:
            raise Invalid(f"A sym_{name} has no such value.", path=key)
        if not isinstance(value, str):
            raise Invalid("Text is needed.", path=key)
        for validator in declared[key].declaration.validators:
            if problem := validator(value):
                raise Invalid(problem, path=key)
    return given
