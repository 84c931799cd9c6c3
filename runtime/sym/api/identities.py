"""Identities as the API shows and takes them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from sym.engine.administration.identities import LONGEST
from sym.store.database import Connection
from sym.store.identities import Identity, identities_of

# What PostgreSQL takes for text. Bodies are held to that already, queries are not.
PLAIN = "^[^\\x00]*$"


class IdentityBody(BaseModel):
    """Who somebody is in an account of a service: ``user_id`` is what the service calls them."""

    service_type: str
    external_id: str
    user_id: str


class AccountBody(BaseModel):
    """An account of a service: what its integration calls ``type`` and ``external_id``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    service_type: str = Field(min_length=1, max_length=64, pattern=PLAIN, description="The type of the service.",
                              examples=["okta"])  # fmt: skip
    external_id: str = Field(min_length=1, max_length=LONGEST, pattern=PLAIN, examples=["acme.okta.com"],
                             description="The account there: a workspace, a domain, an instance.")  # fmt: skip


class NewIdentityBody(AccountBody):
    """Who somebody is in an account of a service, as it is said by an admin."""

    user_id: str = Field(min_length=1, max_length=LONGEST, description="What the service calls them.",
                         examples=["00u1a2b3"])  # fmt: skip

    def of(self, owner_id: str) -> Identity:
        """The same as the store has it, of the user with the id ``owner_id``."""
        return Identity(user_id=owner_id, service=self.service_type, service_id=self.external_id,
                        external_user_id=self.user_id)  # fmt: skip


class IdentitiesBody(BaseModel):
    """Everything that is known of who somebody is elsewhere."""

    identities: list[IdentityBody]


def view_identities(conn: Connection, user_id: str) -> IdentitiesBody:
    """Who a user is elsewhere, by type and account."""
    return IdentitiesBody(identities=[view_identity(identity) for identity in identities_of(conn, user_id)])


def view_identity(identity: Identity) -> IdentityBody:
    """An identity as the API shows it."""
    return IdentityBody(
        service_type=identity.service, external_id=identity.service_id, user_id=identity.external_user_id
    )
