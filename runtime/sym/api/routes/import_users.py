"""``POST /users/import``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.people_table import ImportBody, ImportedBody, import_people
from sym.api.route import api_router

router = api_router("users")


@router.post("/users/import")
def import_users(body: ImportBody, admin: KnownAdministrator) -> ImportedBody:
    """Create, change and delete many people at once, for admins: all of it or nothing. A dry run says what would
    change."""
    with admin.services.store.transaction() as conn:
        return import_people(conn, admin.services.inbound.queue, body, actor=admin.actor, now=admin.now)
