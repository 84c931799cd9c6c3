"""``GET /drift``."""

from __future__ import annotations

from sym.api.drift import DriftBody, view_drift
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices
from sym.errors import Refused

router = api_router("leases")


@router.get("/drift")
def list_drift(caller: KnownCaller, services: UsedServices) -> DriftBody:
    """Access that nobody approved, and approved access that is not there, as it was last seen: for admins."""
    if caller.user.role != "admin":
        raise Refused("Only admins may see other people's access.", code="Auth:FORBIDDEN")
    with services.store.reading() as conn:
        return view_drift(conn)
