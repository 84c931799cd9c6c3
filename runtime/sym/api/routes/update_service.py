"""``PATCH /services/{service_type}/{external_id}``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.known_services import ADDRESS, ExternalId, ServiceBody, ServiceType, view_service
from sym.api.route import api_router
from sym.engine.administration.known_services import label_service

router = api_router("services")


class ServiceChangesBody(BaseModel):
    """What people are to call the account."""

    model_config = ConfigDict(extra="forbid", strict=True)

    label: str = Field(max_length=255, examples=["Acme's Okta"])


@router.patch(ADDRESS)
def update_service(
    service_type: ServiceType, external_id: ExternalId, body: ServiceChangesBody, admin: KnownAdministrator
) -> ServiceBody:
    """Give an account of a service a label. It precedes that of an integration."""
    with admin.services.store.transaction() as conn:
        return view_service(
            label_service(conn, service_type, external_id, body.label, actor=admin.actor, now=admin.now)
        )
