"""``sym.sdk.integrations.sym``: the users of Sym itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sym.audit.events import Actor
from sym.engine.author_modules.asked import Arguments, Asked, Function
from sym.engine.views import Document, user_view
from sym.errors import SymError
from sym.sdk.exceptions import SymIntegrationError
from sym.store.domains import role_of_newcomer
from sym.store.users import create_user, find_user

log = logging.getLogger(__name__)
MOST = 200
"""Addresses of one question."""


def get_or_create_user_by_email(asked: Asked, arguments: Arguments) -> Document:
    """The user with the address ``email``, a new one if there was none: a member if the address's domain is one
    of those that may join, else a guest."""
    return user_of(asked, arguments["email"])


def get_or_create_users_by_emails(asked: Asked, arguments: Arguments) -> list[Document | None]:
    """The users with the addresses ``emails``, in their order; None for one that cannot have a user, unless
    ``raise_on_error``."""
    emails = arguments["emails"]
    if len(emails) > MOST:
        why = f"At most {MOST} addresses can be asked for at once, not {len(emails)}."
        raise SymIntegrationError("USER_PROCESSING_ERROR", why)
    found: list[Document | None] = []
    for email in emails:
        try:
            found.append(user_of(asked, email))
        except SymIntegrationError as error:
            if arguments.get("raise_on_error"):
                raise
            log.warning("a user that authors' code asked for is left out: %s", error)
            found.append(None)
    return found


FUNCTIONS: Mapping[str, Function] = {
    "get_or_create_user_by_email": get_or_create_user_by_email,
    "get_or_create_users_by_emails": get_or_create_users_by_emails,
}


def user_of(asked: Asked, email: str) -> Document:
    """The user with an address, a new member if there was none. Raises SymIntegrationError."""
    address = email.strip().lower()
    with asked.store.reading() as conn:
        if (known := find_user(conn, email=address)) is not None:
            return user_view(conn, known)
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(letter.isspace() for letter in address):
        raise _refused(email, "that is no e-mail address.")
    try:
        with asked.store.transaction() as conn:
            user = find_user(conn, email=address) or create_user(
                conn, username=address, email=address, type="normal", role=role_of_newcomer(conn, address),
                actor=Actor.SYSTEM, now=asked.clock(),
            )  # fmt: skip
            return user_view(conn, user)
    except SymError as error:
        raise _refused(email, error.message) from None


def _refused(email: str, why: str) -> SymIntegrationError:
    return SymIntegrationError("USER_PROCESSING_ERROR", f"{email!r} cannot have a user: {why}")
