"""Two ways to the same runs: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sym import config
from sym.commands._asked import Ask, Wanted
from sym.commands._place import chosen
from sym.commands._repeating import claimed
from sym.commands._session import key_directory, named_user
from sym.errors import Invalid, NotFound, Refused, SymError, Unauthenticated

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.engine.audit_keys import PublicKeys
    from sym.engine.inbound import Accepted
    from sym.store.database import Connection, Store
    from sym.store.users import User

Document = dict[str, Any]
Documents = list[Document]


class Gateway(Protocol):
    """Where runs are asked for and decided."""

    def request(self, ask: Ask) -> Document:
        """Ask for access; gives ``run_id`` and ``event_id``."""
        ...

    def act(self, name: str, run_id: str, message: str | None, **details: Any) -> Document:
        """Do something to a run: approve, deny, deescalate, extend (with ``duration`` in seconds), retry or remove;
        ``override`` sets the flow's hook aside. Gives ``run_id`` and ``event_id``."""
        ...

    def show(self, run_id: str) -> Document:
        """A run as ``GET /runs/{run_id}`` shows it."""
        ...

    def receipt_keys(self) -> PublicKeys:
        """The public keys of receipts, by id."""
        ...

    def trace(self, run_id: str) -> Documents:
        """How the decisions of a run came about, phase by phase."""
        ...

    def list(self, wanted: Wanted) -> Documents:
        """The newest runs of those that are wanted, as ``GET /runs`` shows them."""
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

    def request(self, ask: Ask) -> Document:
        """Ask for access. Raises Refused, NotFound for an unknown user, and Conflict for an ``idempotency_key`` that
        stands for another request."""
        from sym.engine.inbound import Inbound, Submission
        from sym.engine.queue import Queue
        from sym.store.idempotency import finish, give_back

        actor = self._actor()
        submission = Submission(
            flow_srn=ask.flow, inputs=ask.inputs, context=ask.context, requester=self._requester(ask, actor),
            source="cli", actor=actor,
        )  # fmt: skip
        inbound = Inbound(self.store, Queue(self.store, config.now))
        if ask.idempotency_key is None:
            return _document(inbound.request(submission, now=config.now()))
        claim, before = claimed(self.store, ask, submission.requester, actor, config.now())
        if before is not None:
            return before

        def keep(conn: Connection, accepted: Accepted) -> None:
            finish(conn, claim, _document(accepted))

        try:
            return _document(inbound.request(submission, now=config.now(), together=keep))
        except SymError:
            with self.store.transaction() as conn:
                give_back(conn, claim)
            raise

    def act(self, name: str, run_id: str, message: str | None, **details: Any) -> Document:
        """Do something to a run."""
        from sym.engine.inbound import Action, Inbound
        from sym.engine.queue import Queue

        action = Action(
            name=name, run_id=run_id.lower(), actor=self._actor(), source="cli", message=message,
            overrides=details.get("override", False), duration=details.get("duration"),
        )  # fmt: skip
        return _document(Inbound(self.store, Queue(self.store, config.now)).act(action, now=config.now()))

    def show(self, run_id: str) -> Document:
        """A run. Raises NotFound."""
        from sym.api.run_details import Signer, view_run_detail
        from sym.api.views import found_run

        signer = Signer(key_directory(self.settings), config.now())
        with self.store.reading() as conn:
            return view_run_detail(conn, found_run(conn, run_id), signer).model_dump()

    def receipt_keys(self) -> PublicKeys:
        """The public keys of receipts."""
        from sym.engine.receipts import PURPOSE

        return key_directory(self.settings).public_keys(PURPOSE)

    def trace(self, run_id: str) -> Documents:
        """How the decisions of a run came about. Raises NotFound."""
        from sym.api.traces import view_trace
        from sym.api.views import found_run

        with self.store.reading() as conn:
            return [item.model_dump() for item in view_trace(conn, found_run(conn, run_id).id).trace]

    def list(self, wanted: Wanted) -> Documents:
        """The newest runs. Raises NotFound for a requester that does not exist."""
        from sym.api.views import view_run
        from sym.store.runs import Filter, list_runs

        with self.store.reading() as conn:
            whose = _known_user(conn, wanted.requester).id if wanted.requester else None
            only = Filter(status=wanted.status, flow=wanted.flow, requester_id=whose, since=wanted.since)
            return [view_run(conn, run).model_dump() for run in list_runs(conn, only=only, limit=wanted.limit)]

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

    def _requester(self, ask: Ask, actor: User) -> User:
        """For whom is asked. The same rules as the API's: bots and admins may ask for others."""
        from sym.store.users import find_user, get_user

        if ask.user_email is None and ask.user_id is None:
            return actor
        with self.store.reading() as conn:
            by_id = get_user(conn, ask.user_id.lower()) if ask.user_id else None
            user = by_id or (find_user(conn, email=ask.user_email.lower()) if ask.user_email else None)
        is_self = user is not None and user.id == actor.id
        if not (is_self or actor.role == "admin" or actor.type == "bot"):
            raise Refused("Only bots and admins may ask on behalf of somebody else.", code="Auth:FORBIDDEN")
        if user is None or user.deactivated_at is not None:
            raise Invalid("There is no such user.", path="user_email" if ask.user_email else "user_id",
                          code="RequestAPI:UNKNOWN_USER")  # fmt: skip
        return user

    def _actor(self) -> User:
        if self.username is not None:
            with self.store.reading() as conn:
                return named_user(conn, self.username)
        if self.settings.jwt is None:
            raise Unauthenticated("Say who you are.", hint="Add --as USERNAME, or set SYM_JWT.")
        from sym.api.auth import verify

        keys = key_directory(self.settings)
        return verify(self.settings.jwt, store=self.store, keys=keys, now=config.now()).user


def _document(accepted: Accepted) -> Document:
    return {"run_id": accepted.run_id, "event_id": accepted.event_id}


def _known_user(conn: Connection, username: str) -> User:
    """Somebody who is there, or was: runs are listed of people who have left, too. Raises NotFound."""
    from sym.store.users import find_user

    user = find_user(conn, username=username.lower())
    if user is None:
        raise NotFound(f"There is no user or bot {username}.", hint="`symflow users list` and `bots list` name them.")
    return user
