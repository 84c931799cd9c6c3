"""What the log says of accounts, of itself, and of the store as a whole. One class each, as in
:mod:`sym.audit.events`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sym.audit.entry import AuditEvent


@dataclass(frozen=True, kw_only=True)
class Administered(AuditEvent):
    """Something happened to accounts: ``subject`` is what, ``details`` its values."""

    kind: ClassVar[str] = "administration"
    subject: ClassVar[str]

    details: Mapping[str, Any]

    def _fields(self) -> dict[str, Any]:
        return {self.subject: dict(self.details)}


class OrganizationCreated(Administered):
    """The store was set up for an organization. Details: id, slug."""

    name = "organization.created"
    subject = "organization"


class UserCreated(Administered):
    """A person got an account. Details: id, type, role, username, email."""

    name = "user.created"
    subject = "user"


class BotCreated(Administered):
    """A bot got an account. Details: id, type, role, username, email."""

    name = "bot.created"
    subject = "user"


class UserRoleChanged(Administered):
    """An account's role changed. Details: id, type, role, previous_role, username."""

    name = "user.role_changed"
    subject = "user"


class UserDeactivated(Administered):
    """An account was closed: it can ask for nothing and decide nothing. Details: id, type, role, username."""

    name = "user.deactivated"
    subject = "user"


class UserRenamed(Administered):
    """A person's name was changed. Details: id, type, role, username, name."""

    name = "user.renamed"
    subject = "user"


class UserReactivated(Administered):
    """A closed account was opened again. Details: id, type, role, username."""

    name = "user.reactivated"
    subject = "user"


class UserOffboarded(Administered):
    """What somebody who left had in hand was settled. Details: id, type, role, username, runs (ids of requests that
    were cancelled and of access that is being ended), rerouted (ids of requests that waited for them alone), revoked
    and flagged (ids of tokens), trust (ids of the trust in issuers that they had added, which stays)."""

    name = "user.offboarded"
    subject = "user"


class TokenIssued(Administered):
    """Somebody was given a token. Details: jti, user, expires_at, label."""

    name = "token.issued"
    subject = "token"


class TokenRevoked(Administered):
    """A token was declared invalid before its time. Details: jti, user, expires_at, label."""

    name = "token.revoked"
    subject = "token"


class TokenFlagged(Administered):
    """Who issued a bot's token is gone: somebody should look at it. Details: jti, user, expires_at, label."""

    name = "token.flagged"
    subject = "token"


class TrustAdded(Administered):
    """Tokens of another issuer may be exchanged for one of a bot's from now on. Details: id, user, issuer, audience,
    claims."""

    name = "trust.added"
    subject = "trust"


class TrustRemoved(Administered):
    """They may not any more. Details: id, user, issuer, audience, claims."""

    name = "trust.removed"
    subject = "trust"


class KeyRotated(Administered):
    """A new key signs. Details: purpose, key_id."""

    name = "key.rotated"
    subject = "key"


class KeyRetired(Administered):
    """A key that had stopped signing was deleted: what it signed is not believed any more. Details: purpose, key_id."""

    name = "key.retired"
    subject = "key"


class ServiceUpdated(Administered):
    """An account of a service got another label. Details: service, service_id, label."""

    name = "service.updated"
    subject = "service"


class ServiceDeleted(Administered):
    """An account of a service was forgotten, with the identities in it. Details: service, service_id, identities (how
    many)."""

    name = "service.deleted"
    subject = "service"


class IdentitySaved(Administered):
    """It was recorded who a user is in a service. Details: user, service, service_id, external_user_id."""

    name = "identity.saved"
    subject = "identity"


class IdentityDeleted(Administered):
    """It was forgotten who a user is in a service. Details: user, service, service_id, external_user_id."""

    name = "identity.deleted"
    subject = "identity"


class RecoveryEntered(Administered):
    """The store was found to be older than the ledger or the audit anchor: nothing is granted. Details: reason."""

    name = "recovery.entered"
    subject = "recovery"


class RecoveryEnded(Administered):
    """What the backup had forgotten was taken back, and grants go on. Details: reason, leases (how many)."""

    name = "recovery.ended"
    subject = "recovery"


class UserErased(Administered):
    """A person was erased: what is known of them is gone, here and elsewhere in the store. Details: id, type, role,
    entries (how many lost personal values)."""

    name = "user.erased"
    subject = "user"


class AuditExported(Administered):
    """The log was exported. Details: full, personal (whether personal values were in it), filters."""

    name = "audit.exported"
    subject = "export"


class AuditPruned(Administered):
    """Old entries were removed. Details: through (the number of the last seal that lost its entries), seal_hash,
    signature and key_id (the audit key's word for it), entries (how many)."""

    name = "audit.pruned"
    subject = "pruning"


class DomainAdded(Administered):
    """Whoever has an e-mail address of this domain joins as a member from now on. Details: name, primary."""

    name = "domain.added"
    subject = "domain"


class DomainRemoved(Administered):
    """People of this domain do not join as members any more; who has joined stays. Details: name."""

    name = "domain.removed"
    subject = "domain"


class WorkspaceLinked(Administered):
    """The app was installed in a Slack workspace, or installed again. Details: team_id, name, installer (the id of who
    did it, in that workspace), scopes."""

    name = "slack.workspace_linked"
    subject = "workspace"


class WorkspaceUnlinked(Administered):
    """A Slack workspace took the app off, or its tokens were revoked: nothing from there is heard any more. Details:
    team_id, name."""

    name = "slack.workspace_unlinked"
    subject = "workspace"
