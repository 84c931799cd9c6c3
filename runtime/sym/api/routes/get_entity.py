"""``GET /entities/<collection>/{id}``, without the id for what there is only one of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sym.api.entities import UsedEntities
from sym.api.entity_schema import address, answered
from sym.api.route import api_router
from sym.entities import collections
from sym.resources import is_singleton

router = api_router("entities")


def _serving(resource: str) -> Callable[..., dict[str, Any]]:
    def get_entity(entity_id: str, entities: UsedEntities) -> dict[str, Any]:
        """One resource."""
        return entities.get(resource, entity_id)

    return get_entity


def _serving_only(resource: str) -> Callable[..., dict[str, Any]]:
    def get_entity(entities: UsedEntities) -> dict[str, Any]:
        """The only one there is."""
        return entities.get(resource, None)

    return get_entity


for _name in collections().values():
    _path = address(_name) if is_singleton(_name) else f"{address(_name)}/{{entity_id}}"
    _endpoint = _serving_only(_name) if is_singleton(_name) else _serving(_name)
    router.get(_path, response_model=None, responses=answered(_name))(_endpoint)
