"""Remembering who somebody is in another service."""

from __future__ import annotations

from sym.sdk._host import current_host
from sym.sdk._person import KnownIdentity
from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.identity import CouldNotSaveError
from sym.sdk.user import UserIdentity


@stubbed
def persist_user_identity(*, email: str, service: str, service_id: str, user_id: str) -> UserIdentity:
    """Remember who the user with this e-mail address is in a service. Makes the user if there is none.

    Args:
        email: the user's address; of one without an address, such as a bot, the ``username``.
        service: the type of the service, such as ``slack``.
        service_id: which instance of it: the external id of its integration.
        user_id: the user's id there.

    Returns:
        The identity, as it is kept now.

    Raises:
        CouldNotSaveError: it could not be kept, or something is empty.
        NoHost: no flow is running this code.
    """
    host = current_host("persist_user_identity")
    given = {"email": email, "service": service, "service_id": service_id, "user_id": user_id}
    if missing := [name for name, value in given.items() if not value]:
        hint = " Who has no address is named by user.username." if "email" in missing else ""
        raise CouldNotSaveError(f"persist_user_identity needs {' and '.join(missing)}, which came empty.{hint}")
    try:
        host.persist_identity(email=email, service=service, service_id=service_id, user_id=user_id)
    except Exception as error:
        message = f"The identity of {email} in {service} {service_id} could not be saved: {error}"
        raise CouldNotSaveError(message) from error
    return KnownIdentity(service, service_id, user_id)
