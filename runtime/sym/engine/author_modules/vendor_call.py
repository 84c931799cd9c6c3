"""What a vendor's function of an author module is given: see :class:`sym.sdk.connection.Asking`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from sym.audit.events import Actor
from sym.engine.author_modules import users
from sym.engine.author_modules.asked import Arguments, Asked
from sym.engine.journal import entry_in_progress
from sym.engine.views import Document, user_view
from sym.errors import NotServed
from sym.sdk.exceptions import SymIntegrationError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.store.identities import Identity, identities_of, save_identity, users_with_identity
from sym.store.users import get_user


class VendorCall:
    """One call, of a function of the integration whose view is given."""

    def __init__(self, asked: Asked, integration: Document, arguments: Arguments) -> None:
        self._asked = asked
        self._integration = integration
        self.arguments = arguments

    @cached_property
    def connection(self) -> Any:
        """See ``Asking.connection``."""
        try:
            return self._asked.host.connect(self._integration)
        except NotServed as error:
            raise SymIntegrationError(name="NOT_SERVED", message=str(error)) from None

    @property
    def log_entry(self) -> Document:
        """See ``Asking.log_entry``."""
        return entry_in_progress(self._asked.world)

    def identity(self, user: Mapping[str, Any]) -> str:
        """See ``Asking.identity``: the one that is stored, else whom the service knows by the e-mail address, which is
        then stored."""
        service, service_id = self._integration["type"], self._integration["external_id"]
        with self._asked.store.reading() as conn:
            known = {(item.service, item.service_id): item.external_user_id
                     for item in identities_of(conn, str(user.get("id")))}  # fmt: skip
            found = known.get((service, service_id))
            account = get_user(conn, str(user.get("id")))
        if found is None and user.get("email") and hasattr(self.connection, "find_identity"):
            found = self.connection.find_identity(str(user["email"]))
            if found and account is not None:
                self._keep(account.id, found)
        if not found:
            raise IdentityNotFound(email=str(user.get("email") or user.get("username")), service_id=service_id)
        return found

    def users(self, found: Iterable[Mapping[str, Any]]) -> list[Document]:
        """See ``Asking.users``."""
        return [view for item in found if (view := self._user(item)) is not None]

    def _user(self, item: Mapping[str, Any]) -> Document | None:
        service, service_id = self._integration["type"], self._integration["external_id"]
        with self._asked.store.reading() as conn:
            known = users_with_identity(conn, service, service_id, str(item["user_id"]))
            if known:
                return user_view(conn, known[0])
        email = item.get("email")
        return users.user_of(self._asked, str(email)) if email else None

    def _keep(self, user_id: str, found: str) -> None:
        identity = Identity(user_id=user_id, service=self._integration["type"],
                            service_id=self._integration["external_id"], external_user_id=found)  # fmt: skip
        with self._asked.store.transaction() as conn:
            save_identity(conn, identity, self._asked.clock(), actor=Actor.SYSTEM)
