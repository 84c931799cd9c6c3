"""The users of Sym itself."""

from __future__ import annotations

from collections.abc import Sequence

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.sym_integration import SymIntegrationError as _SymIntegrationError
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def get_or_create_user_by_email(email: str) -> User:
    """Return the user with this address, making one if there is none.

    Raises:
        SymIntegrationError: (of ``sym.sdk.exceptions``) it cannot be.
    """
    _check("get_or_create_user_by_email", [email])
    return _call.users([_call.ask("sym", "get_or_create_user_by_email", email=email)])[0]


@stubbed
def get_or_create_users_by_emails(emails: Sequence[str], raise_on_error: bool = False) -> list[User]:
    """Return the users with these addresses, making those that are missing.

    Args:
        emails: the addresses.
        raise_on_error: fail on the first address that cannot have a user; otherwise it is logged and left out.

    Raises:
        SymIntegrationError: (of ``sym.sdk.exceptions``) an address is malformed, or Sym failed.
    """
    given = _call.several(emails)
    _check("get_or_create_users_by_emails", given)
    answer = _call.ask("sym", "get_or_create_users_by_emails", emails=given, raise_on_error=raise_on_error)
    return _call.users([found for found in answer if found is not None])


def _check(function: str, emails: list[object] | None) -> None:
    if emails is None or not all(isinstance(email, str) and email.strip() for email in emails):
        wanted = "an e-mail address" if function.endswith("_by_email") else "a list of e-mail addresses"
        raise _SymIntegrationError("USER_PROCESSING_ERROR", f"sym.{function} needs {wanted}, as text.")
