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


class TokenIssued(Administered):
    """Somebody was given a token. Details: jti, user, expires_at, label."""

    name = "token.issued"
    subject = "token"


class TokenRevoked(Administered):
    """A token was declared invalid before its time. Details: jti, user, expires_at, label."""

    name = "token.revoked"
    subject = "token"


class IdentitySaved(Administered):
    """It was recorded who a user is in a service. Details: user, service, service_id, external_user_id."""

    name = "identity.saved"
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
