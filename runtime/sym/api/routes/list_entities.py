"""``GET /entities/<collection>``: the lookup of ``terraform import`` and of data sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query

from sym.api.entities import UsedEntities
from sym.api.entity_schema import address, answered
from sym.api.route import api_router
from sym.entities import collections
from sym.resources import is_singleton

router = api_router("entities")

Slug = Annotated[str | None, Query(max_length=2048, description="The name, in any letter case.")]
Type = Annotated[str | None, Query(max_length=256, description="The type, for resources that have one.")]


def _serving(resource: str) -> Callable[..., list[dict[str, Any]]]:
    def list_entities(
        entities: UsedEntities,
        slug: Slug = None,
        type: Type = None,  # noqa: A002 - the parameter's name
    ) -> list[dict[str, Any]]:
        """Resources by type and slug, or all of them."""
        return entities.list(resource, type, slug)

    return list_entities


for _name in collections().values():
    if not is_singleton(_name):
        router.get(address(_name), response_model=None, responses=answered(_name, is_many=True))(_serving(_name))
