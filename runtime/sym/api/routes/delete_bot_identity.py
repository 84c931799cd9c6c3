"""``DELETE /bots/{name}/identities``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from sym.api.administration import KnownAdministrator
from sym.api.identities import AccountBody, IdentitiesBody, view_identities
from sym.api.route import api_router
from sym.engine.administration.bots import unidentify_bot

router = api_router("bots")


@router.delete("/bots/{name}/identities")
def delete_bot_identity(name: str, place: Annotated[AccountBody, Query()], admin: KnownAdministrator) -> IdentitiesBody:
    """Forget who a bot is in an account of a service; gives the identities it still has."""
    with admin.services.store.transaction() as conn:
        bot = unidentify_bot(
            conn, name, (place.service_type, place.external_id), actor=admin.actor, now=admin.now
        )  # fmt: skip
        return view_identities(conn, bot.id)
