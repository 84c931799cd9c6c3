"""Two ways to the same runs: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sym import config
from sym.commands._place import chosen
from sym.commands._session import key_directory, named_user
from sym.errors import Unauthenticated

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store
    from sym.store.users import User

Document = dict[str, Any]
Documents = list[Document]


class Gateway(Protocol):
    """Where runs are asked for and decided."""

    def request(self, flow: str, inputs: Document, context: Document) -> Document:
        """Ask for access; gives ``run_id`` and ``event_id``."""
        ...

    def act(self, name: str, run_id: str, message: str | None, **details: Any) -> Document:
        """Do something to a run: approve, deny, deescalate, extend (with ``duration`` in seconds), retry or remove;
        ``override`` sets the flow's hook aside. Gives ``run_id`` and ``event_id``."""
        ...

    def show(self, run_id: str) -> Document:
        """A run as the API shows it."""
        ...

    def trace(self, run_id: str) -> Documents:
        """How the decisions of a run came about, phase by phase."""
        ...

    def list(self, status: str | None, limit: int) -> list[Document]:
        """The newest runs, as the API shows them."""
        ...

    def leases(self, status: str | None, user: str | None, limit: int, offset: int) -> Documents:
        """Leases as the API shows them; None: whatever has not ended."""
        ...

    def drift(self) -> dict[str, Any]:
        """What differs from what was approved, as the API shows it."""
        ...


@contextmanager
def gateway(username: str | None = None) -> Iterator[Gateway]:
    """Runs: on the server of SYM_API_URL if that is set, else in the store, where ``username`` is whom to act as.
    Raises what :func:`sym.commands._place.chosen` does."""

    def local(store: Store, settings: Config) -> Gateway:
        return LocalGateway(store, settings, username)

    def remote(api: Api) -> Gateway:
        from sym.commands._remote import RemoteGateway

        return RemoteGateway(api)

    with chosen(local, remote, username=username) as found:
        yield found


@dataclass(frozen=True)
class LocalGateway:
    """The store on this machine. Looking needs no login there; acting is done as ``--as`` or the token's user."""

    store: Store
    settings: Config
    username: str | None

    def request(self, flow: str, inputs: Document, context: Document) -> Document:
        """Ask for access."""
        from sym.engine.inbound import Inbound, Submission
        from sym.engine.queue import Queue

        submission = Submission(
            flow_srn=flow, inputs=inputs, context=context, requester=self._actor(), source="cli"
        )  # fmt: skip
        accepted = Inbound(self.store, Queue(self.store, config.now)).request(submission, now=config.now())
        return {"run_id": accepted.run_id, "event_id": accepted.event_id}

    def act(self, name: str, run_id: str, message: str | None, **details: Any) -> Document:
        """Do something to a run."""
        from sym.engine.inbound import Action, Inbound
        from sym.engine.queue import Queue

        action = Action(
            name=name, run_id=run_id.lower(), actor=self._actor(), source="cli", message=message,
            overrides=details.get("override", False), duration=details.get("duration"),
        )  # fmt: skip
        accepted = Inbound(self.store, Queue(self.store, config.now)).act(action, now=config.now())
        return {"run_id": accepted.run_id, "event_id": accepted.event_id}

    def show(self, run_id: str) -> Document:
        """A run. Raises NotFound."""
        from sym.api.views import found_run, view_run

        with self.store.reading() as conn:
            return view_run(conn, found_run(conn, run_id)).model_dump()

    def trace(self, run_id: str) -> Documents:
        """How the decisions of a run came about. Raises NotFound."""
        from sym.api.traces import view_trace
        from sym.api.views import found_run

        with self.store.reading() as conn:
            return [item.model_dump() for item in view_trace(conn, found_run(conn, run_id).id).trace]

    def list(self, status: str | None, limit: int) -> list[Document]:
        """The newest runs."""
        from sym.api.views import view_run
        from sym.store.runs import list_runs

        with self.store.reading() as conn:
            return [view_run(conn, run).model_dump() for run in list_runs(conn, status=status, limit=limit)]

    def leases(self, status: str | None, user: str | None, limit: int, offset: int) -> Documents:
        """Leases of anybody, or of one user. Raises NotFound."""
        from sym.api.leases import view_lease
        from sym.store.grants import LIVE, list_leases

        with self.store.reading() as conn:
            whose = named_user(conn, user).id if user else None
            found = list_leases(
                conn, statuses=[status] if status else LIVE, requester_id=whose, limit=limit, offset=offset
            )
            return [view_lease(conn, lease).model_dump() for lease in found]

    def drift(self) -> dict[str, Any]:
        """What differs from what was approved."""
        from sym.api.drift import view_drift

        with self.store.reading() as conn:
            return view_drift(conn).model_dump()

    def _actor(self) -> User:
        if self.username is not None:
            with self.store.reading() as conn:
                return named_user(conn, self.username)
        if self.settings.jwt is None:
            raise Unauthenticated("Say who you are.", hint="Add --as USERNAME, or set SYM_JWT.")
        from sym.api.auth import verify

        keys = key_directory(self.settings)
        return verify(self.settings.jwt, store=self.store, keys=keys, now=config.now()).user
