"""``DELETE /entities/<collection>/{id}``, without the id for what there is only one of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from sym.api.entities import UsedEntities
from sym.api.entity_schema import address
from sym.api.route import api_router
from sym.entities import collections
from sym.resources import is_singleton

router = api_router("entities")


class DeletedBody(BaseModel):
    """What is gone now."""

    id: str


def _serving(resource: str) -> Callable[..., Any]:
    def delete_entity(entity_id: str, entities: UsedEntities) -> DeletedBody:
        """Delete a resource that nothing needs any more."""
        return DeletedBody(**entities.delete(resource, entity_id))

    return delete_entity


def _serving_only(resource: str) -> Callable[..., Any]:
    def delete_entity(entities: UsedEntities) -> DeletedBody:
        """Delete the only one there is."""
        return DeletedBody(**entities.delete(resource, None))

    return delete_entity


for _name in collections().values():
    _path = address(_name) if is_singleton(_name) else f"{address(_name)}/{{entity_id}}"
    _endpoint = _serving_only(_name) if is_singleton(_name) else _serving(_name)
    router.delete(_path, response_model=DeletedBody)(_endpoint)
