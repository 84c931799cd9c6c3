"""``GET /services``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.known_services import ServiceBody, view_service
from sym.api.paging import Cursor, Limit, key_of, page_of
from sym.api.route import api_router
from sym.store.known_services import list_services as stored_services

router = api_router("services")


class ServicesBody(BaseModel):
    """Accounts of services by type and id, a page of them."""

    services: list[ServiceBody]
    next_cursor: str | None


@router.get("/services")
def list_services(
    admin: KnownAdministrator,
    *,
    service_type: Annotated[str | None, Query(max_length=64, description="Only accounts of this type.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ServicesBody:
    """The accounts of services that integrations declare, people are known in, or somebody gave a label."""
    with admin.services.store.reading() as conn:
        found = [item for item in stored_services(conn) if service_type in (None, item.service)]
    key = key_of(cursor, 2)
    page, following = page_of(found, lambda item: (item.service, item.service_id), after=key, limit=limit)
    return ServicesBody(services=[view_service(item) for item in page], next_cursor=following)
