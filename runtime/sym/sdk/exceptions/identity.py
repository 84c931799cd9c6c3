"""Who somebody is in another service could not be found or kept."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import ExceptionWithHint, SymException


class IdentityError(SymException):
    """Something failed about a user's identity in a service."""

    def __init__(self, name: str, message: str, error_type: str = "Identity") -> None:
        super().__init__(error_type, name, message)


class CouldNotSaveError(IdentityError):
    """An identity could not be stored.

    Args:
        message: why not.
    """

    def __init__(self, message: str) -> None:
        super().__init__("COULD_NOT_SAVE", message)


class IdentityNotFound(IdentityError, ExceptionWithHint):
    """Nothing says who a user is in a service.

    Args:
        email: the user's address, or user name where there is no address.
        service_id: the external id of the service's integration.
    """

    def __init__(self, email: str, service_id: str) -> None:
        super().__init__("NOT_FOUND", f"No identity of {email} is known in {service_id}.")
        self.email = email
        self.service_id = service_id

    @property
    def hint(self) -> str | None:
        """The command that maps the identity by hand."""
        return (
            f"An administrator can map it: symflow users update-identity {self.email} "
            f"--service-type TYPE --external-id {self.service_id} --new-value ID"
        )
