"""The users of Sym itself."""

from __future__ import annotations

from collections.abc import Sequence

from sym.sdk.integrations import _call
from sym.sdk.user import User


def get_or_create_user_by_email(email: str) -> User:
    """Return the user with this address, making one if there is none.

    Raises:
        SymIntegrationError: (of ``sym.sdk.exceptions``) it cannot be.
    """
    return _call.users([_call.ask("sym", "get_or_create_user_by_email", email=email)])[0]


def get_or_create_users_by_emails(emails: Sequence[str], raise_on_error: bool = False) -> list[User]:
    """Return the users with these addresses, making those that are missing.

    Args:
        emails: the addresses.
        raise_on_error: fail on the first address that cannot have a user; otherwise it is logged and left out.

    Raises:
        SymIntegrationError: (of ``sym.sdk.exceptions``) an address is malformed, or Sym failed.
    """
    answer = _call.ask("sym", "get_or_create_users_by_emails", emails=list(emails), raise_on_error=raise_on_error)
    return _call.users(answer)
