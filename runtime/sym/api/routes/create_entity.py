"""``POST /entities/<collection>``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body

from sym.api.entities import UsedEntities
from sym.api.entity_schema import address, answered, described
from sym.api.route import api_router
from sym.entities import collections

router = api_router("entities")


def _serving(resource: str) -> Callable[..., dict[str, Any]]:
    def create_entity(body: Annotated[dict[str, Any], Body()], entities: UsedEntities) -> dict[str, Any]:
        """Store a new resource. The server gives its id."""
        return entities.create(resource, body)

    return create_entity


for _name in collections().values():
    _extra = described(_name, is_whole=True)
    router.post(address(_name), response_model=None, responses=answered(_name), openapi_extra=_extra)(_serving(_name))
