"""``PATCH /entities/<collection>/{id}``, without the id for what there is only one of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body

from sym.api.entities import UsedEntities
from sym.api.entity_schema import address, answered, described
from sym.api.route import api_router
from sym.entities import collections
from sym.resources import is_singleton

router = api_router("entities")


def _serving(resource: str) -> Callable[..., dict[str, Any]]:
    def update_entity(
        entity_id: str, body: Annotated[dict[str, Any], Body()], entities: UsedEntities
    ) -> dict[str, Any]:
        """Change a resource. A missing key clears what is omitted when it is empty (labels, optional ids and lists,
        a strategy's implementation); anything else that is missing stays. Params are replaced as a whole."""
        return entities.update(resource, entity_id, body)

    return update_entity


def _serving_only(resource: str) -> Callable[..., dict[str, Any]]:
    def update_entity(body: Annotated[dict[str, Any], Body()], entities: UsedEntities) -> dict[str, Any]:
        """Change the only one there is. A missing key stays as it is."""
        return entities.update(resource, None, body)

    return update_entity


for _name in collections().values():
    _path = address(_name) if is_singleton(_name) else f"{address(_name)}/{{entity_id}}"
    _endpoint = _serving_only(_name) if is_singleton(_name) else _serving(_name)
    _extra = described(_name, is_whole=False)
    router.patch(_path, response_model=None, responses=answered(_name), openapi_extra=_extra)(_endpoint)
