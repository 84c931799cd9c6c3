"""Tokens as the API shows them: everything but the tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from sym.api.auth import Caller
from sym.api.views import moment
from sym.api.wiring import Services
from sym.audit.events import ActionRefused, Actor
from sym.engine.journal import actor_of
from sym.errors import Refused
from sym.store.audit import append
from sym.store.database import Connection
from sym.store.organizations import require_organization
from sym.store.tokens import Token
from sym.store.users import users_with_ids


class TokenBody(BaseModel):
    """What is known of a token. ``issued_by`` is who asked for it; ``state`` is good, expired or revoked;
    ``flagged_at`` is since when somebody should look at it, because who issued it is gone; ``binding`` is what another
    issuer's token said that it was exchanged for."""

    jti: str
    username: str = Field(examples=["ci"])
    label: str
    issued_by: str
    issued_at: str
    expires_at: str
    revoked_at: str | None
    flagged_at: str | None
    binding: dict[str, Any] | None
    state: str = Field(examples=["good"])


def view_tokens(conn: Connection, tokens: Sequence[Token], now: datetime) -> list[TokenBody]:
    """Everything the API says about the tokens."""
    names = {user.id: user.username for user in users_with_ids(conn, {token.user_id for token in tokens})}
    return [_view_token(token, names.get(token.user_id, token.user_id), now) for token in tokens]


def _view_token(token: Token, username: str, now: datetime) -> TokenBody:
    return TokenBody(
        jti=token.jti,
        username=username,
        label=token.label,
        issued_by=token.issued_by,
        issued_at=moment(token.issued_at),
        expires_at=moment(token.expires_at),
        revoked_at=moment(token.revoked_at) if token.revoked_at else None,
        flagged_at=moment(token.flagged_at) if token.flagged_at else None,
        binding=token.binding,
        state=token.state(now),
    )


def actor_for(conn: Connection, caller: Caller) -> Actor:
    """The caller as the audit log names them."""
    return actor_of(require_organization(conn).slug, caller.user)


def noted(services: Services, caller: Caller, action: str, refusal: Refused) -> Refused:
    """The refusal of an action (``GET /tokens``) of a caller, after it was written into the audit log."""
    with services.store.transaction() as conn:
        entry = ActionRefused(
            actor=actor_for(conn, caller), action=action, code=refusal.code, message=refusal.message
        )  # fmt: skip
        append(conn, entry, now=services.clock())
    return refusal
