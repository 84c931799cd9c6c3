"""``DELETE /services/{service_type}/{external_id}``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.known_services import ADDRESS, ExternalId, ServiceBody, ServiceType, view_service
from sym.api.route import api_router
from sym.engine.administration import known_services

router = api_router("services")


@router.delete(ADDRESS)
def delete_service(service_type: ServiceType, external_id: ExternalId, admin: KnownAdministrator) -> ServiceBody:
    """Forget an account of a service, its label and who anybody is in it; gives what was forgotten. Refused while an
    integration declares it."""
    with admin.services.store.transaction() as conn:
        return view_service(
            known_services.delete_service(conn, service_type, external_id, actor=admin.actor, now=admin.now)
        )
