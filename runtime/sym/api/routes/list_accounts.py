"""``GET /identities/accounts``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.route import api_router
from sym.engine.administration.identities import accounts

router = api_router("users")


class AccountBody(BaseModel):
    """An account of a service; ``label`` is what people call it, "" if nothing."""

    service_type: str
    external_id: str
    label: str


class AccountsBody(BaseModel):
    """The accounts people can have an identity in, by type."""

    accounts: list[AccountBody]


@router.get("/identities/accounts")
def list_accounts(
    admin: KnownAdministrator, service_type: Annotated[str | None, Query(max_length=64)] = None
) -> AccountsBody:
    """Where people can have an identity, for admins: the accounts of integrations, and those somebody has one in."""
    with admin.services.store.reading() as conn:
        found = [one for one in accounts(conn) if service_type in (None, one.service_type)]
    return AccountsBody(accounts=[AccountBody(**vars(one)) for one in found])
