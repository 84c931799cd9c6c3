"""``PUT /bots/{name}/identities``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.identities import IdentitiesBody, NewIdentityBody, view_identities
from sym.api.route import api_router
from sym.engine.administration.bots import identify_bot

router = api_router("bots")


@router.put("/bots/{name}/identities")
def set_bot_identity(name: str, body: NewIdentityBody, admin: KnownAdministrator) -> IdentitiesBody:
    """Say who a bot is in an account of a service, in place of what was known; gives all of its identities."""
    with admin.services.store.transaction() as conn:
        bot = identify_bot(
            conn, name, (body.service_type, body.external_id), body.user_id, actor=admin.actor, now=admin.now
        )  # fmt: skip
        return view_identities(conn, bot.id)
