"""Where surfaces hand events over: verify, authorize, and write the event and its job in one commit.

No author code runs here. What is refused raises, and leaves an audit entry.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sym.audit.events import ActionRefused
from sym.engine.authority import ACTIONS, Person, authorize, require_asking, require_room
from sym.engine.commit import GRACE
from sym.engine.inputs import InvalidInputs, read_inputs, require_duration
from sym.engine.journal import actor_of
from sym.engine.leases import state_of
from sym.engine.pinned import organization_slug, pinned_version
from sym.engine.queue import Queue
from sym.engine.recovery import refuse_in_recovery
from sym.engine.srns import version_number, version_text
from sym.engine.views import params_of, view_flow
from sym.errors import Conflict, Invalid, NotFound, Recovering, Refused, SymError
from sym.observability import watch
from sym.sdk.errors import SymSDKError
from sym.sdk.resource import SRN
from sym.store.audit import append
from sym.store.database import Connection, Store
from sym.store.events import Event, insert_event
from sym.store.grants import lease_of_run
from sym.store.leavers import hold_open
from sym.store.organizations import require_organization
from sym.store.resources import StoredResource, find, get
from sym.store.runs import Run, get_run, insert_run
from sym.store.users import User


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A request for a flow, by ``flow_srn`` or the flow's name. ``actor`` is who submitted it, when that is not the
    requester, and ``issuer_id`` who issued the token they did so with. ``rules`` are those of the form it was made
    with, as :func:`sym.engine.inputs.read_inputs` takes them."""

    flow_srn: str
    inputs: dict[str, Any]
    requester: User
    source: str
    context: dict[str, Any] = field(default_factory=dict)
    actor: User | None = None
    issuer_id: str | None = None
    channel_identifier: str | None = None
    rules: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """One of :data:`sym.engine.authority.ACTIONS` on a run, by ``actor``.

    ``message`` is what they say about it; ``remove`` needs it. ``overrides`` sets the flow's ``on_`` hook aside;
    ``duration`` says by how many seconds to ``extend``, as the flow's form offers them; ``issuer_id`` is who issued the
    token that ``actor`` acts with.
    """

    name: str
    run_id: str
    actor: User
    source: str
    message: str | None = None
    overrides: bool = False
    duration: int | None = None
    channel_identifier: str | None = None
    issuer_id: str | None = None


@dataclass(frozen=True)
class Accepted:
    """An event was taken; its outcome is found under its id."""

    run_id: str
    event_id: str


class Inbound:
    """The engine's door."""

    def __init__(self, store: Store, queue: Queue) -> None:
        self._store = store
        self._queue = queue

    @property
    def queue(self) -> Queue:
        """Where the jobs of what is written beside are put."""
        return self._queue

    def request(self, submission: Submission, *, now: datetime,
                together: Callable[[Connection, Accepted], None] | None = None) -> Accepted:  # fmt: skip
        """Take a request. Raises NotFound (no such flow), Refused (source or user not allowed) or InvalidInputs.

        ``together`` is called in the transaction that writes it; what it raises is raised, and nothing is written."""
        try:
            with self._store.transaction() as conn:
                _require_open("RequestAPI:USER_NOT_ALLOWED", conn, submission.requester, submission.actor)
                refuse_in_recovery(conn, "request")
                flow = _flow(conn, submission.flow_srn)
                run, event = self._open(conn, flow, submission, now)
                insert_run(conn, run)
                self._insert(conn, event, now)
                accepted = Accepted(run.id, event.id)
                if together is not None:
                    together(conn, accepted)
            return accepted
        except (Refused, Invalid, NotFound, Recovering) as error:
            self.note_refusal(submission.actor or submission.requester, "request", error, None, now,
                              flow=submission.flow_srn)  # fmt: skip
            raise

    def act(self, action: Action, *, now: datetime,
            together: Callable[[Connection, Accepted], None] | None = None) -> Accepted:  # fmt: skip
        """Take what somebody does to a run. Raises NotFound, Refused, Conflict when the run's status forbids it, and
        Invalid when something is missing or is no action. ``together`` as in :meth:`request`."""
        try:
            with self._store.transaction() as conn:
                _require_open(f"{action.name.capitalize()}API:NOT_ALLOWED", conn, action.actor)
                run = get_run(conn, action.run_id, lock=True)
                if run is None:
                    raise NotFound(f"There is no run {action.run_id}.", hint="`symflow runs list` shows them.",
                                   code="RunAPI:NOT_FOUND")  # fmt: skip
                _allow(conn, run, action)
                refuse_in_recovery(conn, action.name)
                event = _event(run.id, action.name, action.actor, action.source, now)
                event = replace(event, fields=_action_fields(action), channel_identifier=action.channel_identifier)
                self._insert(conn, event, now)
                accepted = Accepted(run.id, event.id)
                if together is not None:
                    together(conn, accepted)
            return accepted
        except NotFound as error:
            self.note_refusal(action.actor, action.name, error, None, now, run=action.run_id)
            raise
        except (Refused, Conflict, Invalid, Recovering) as error:
            self.note_refusal(action.actor, action.name, error, action.run_id, now)
            raise

    def _open(self, conn: Connection, flow: StoredResource, submission: Submission, now: datetime) -> tuple[Run, Event]:
        params = params_of(flow.document)
        require_asking(flow.slug, params.get("allowed_sources"), submission.source, submission.requester.role)
        view = view_flow(conn, organization_slug(conn), flow)
        targets = (view["strategy"] or {}).get("targets", [])
        inputs = read_inputs(params, targets, submission.inputs, submission.rules)
        run = Run(
            id=str(uuid.uuid4()), flow_id=flow.id, flow_slug=flow.slug, flow_version=flow.version,
            requester_id=submission.requester.id, status="prompted", source=submission.source, fields=inputs.fields,
            target_id=inputs.target_id, target_version=_version(conn, inputs.target_id), duration=inputs.duration,
            permissions=None, actors=_submitter(submission), created_at=now, updated_at=now, expires_at=None,
        )  # fmt: skip
        event = _event(run.id, "request", submission.requester, submission.source, now)
        return run, replace(event, context=submission.context, channel_identifier=submission.channel_identifier)

    def _insert(self, conn: Connection, event: Event, now: datetime) -> None:
        insert_event(conn, replace(event, due_at=now + GRACE))
        self._queue.enqueue(conn, "decide", event.id, event.attempt)

    def note_refusal(self, user: User, action: str, error: SymError, run_id: str | None, now: datetime,
                     **details: str) -> None:  # fmt: skip
        """Append to the audit log that ``user`` was refused ``action``, and with which ``error``."""
        watch.refused(action, error.code)
        problems = error.problems if isinstance(error, InvalidInputs) else []
        with self._store.transaction() as conn:
            entry = ActionRefused(
                actor=actor_of(require_organization(conn).slug, user), action=action, code=error.code,
                message="" if problems else error.message, run_id=run_id,
                details={**details, "fields": [path for path, _ in problems]},
            )  # fmt: skip
            append(conn, entry, now=now)


def _require_open(code: str, conn: Connection, *users: User | None) -> None:
    """Raises Refused if an account is closed. None is closed before this transaction ends: who leaves at the
    same moment leaves before it, or what it writes is seen by :mod:`sym.engine.leaving`."""
    for user_id in sorted({user.id for user in users if user is not None}):
        if not hold_open(conn, user_id):
            raise Refused("This account is closed.", hint="Ask an admin if that is a mistake.", code=code)


def _submitter(submission: Submission) -> dict[str, str]:
    """Who asked for somebody else, as the actor of the step before the request, and who issued the token of a bot that
    asked: they could have asked with it themselves."""
    actor = submission.actor or submission.requester
    found = {"prompt": actor.id} if actor.id != submission.requester.id else {}
    if actor.type == "bot" and submission.issuer_id is not None and submission.issuer_id != actor.id:
        found["token"] = submission.issuer_id
    return found


def _flow(conn: Connection, name: str) -> StoredResource:
    """The flow an SRN (``org:flow:slug:version``) or a bare name means, in the version it asks for."""
    slug, version = name.lower(), "latest"
    if ":" in name:
        try:
            srn = SRN.parse(name)
        except SymSDKError as error:
            raise Invalid(f"{name!r} is not an SRN: {error.message}", path="flow_srn",
                          code="RequestAPI:INVALID_FLOW") from None  # fmt: skip
        if (srn.organization, srn.model) != (require_organization(conn).slug, "flow"):
            raise NotFound(f"{name} is not a flow of this organization.", path="flow_srn",
                           code="RequestAPI:INVALID_FLOW")  # fmt: skip
        slug, version = srn.slug, srn.version
    flow = find(conn, "flow", slug=slug)
    if flow is not None and version != "latest" and version_number(version) != flow.version:
        # An old version has old rules: whoever asks does not choose which rules hold.
        raise Invalid(f"The flow {slug} has no version {version} that could be asked for.",
                      hint=f"Its version is {version_text(flow.version)}; write latest.", path="flow_srn",
                      code="RequestAPI:INVALID_FLOW")  # fmt: skip
    if flow is None:
        raise NotFound(f"There is no flow {name}.", hint="`symflow resources list sym_flow` lists them.",
                       path="flow_srn", code="RequestAPI:INVALID_FLOW")  # fmt: skip
    return flow


def _version(conn: Connection, target_id: str | None) -> int | None:
    target = get(conn, "target", target_id) if target_id else None
    return target.version if target else None


def _allow(conn: Connection, run: Run, action: Action) -> None:
    """Raises what :func:`authorize` does, and Invalid for what the action lacks: told only to who may do it."""
    flow = pinned_version(conn, run.flow_id, run.flow_version)
    params = params_of(flow.document) if flow else {}
    person = Person(id=action.actor.id, role=action.actor.role, issuer_id=action.issuer_id)
    if action.name not in ACTIONS:
        raise Invalid(f"There is no action {action.name!r}.", hint=f"There are: {', '.join(ACTIONS)}.",
                      path="action", code="ActionAPI:UNKNOWN")  # fmt: skip
    state = state_of(run, params, lease_of_run(conn, run.id))
    authorize(state, action.name, person, overrides=action.overrides)
    if action.name == "extend":
        require_room(state, require_duration(params, action.duration))
    if action.name == "remove" and not (action.message or "").strip():
        raise Invalid("Say how the access was removed, and why by hand.", path="reason", code="RemoveAPI:NO_REASON")


def _event(run_id: str, name: str, user: User, source: str, now: datetime) -> Event:
    return Event(
        id=str(uuid.uuid4()),
        run_id=run_id,
        name=name,
        status="processing",
        phase="decide",
        actor_id=user.id,
        channel_type="slack" if source == "slack" else "sym",
        channel_identifier=None,
        fields={},
        context={},
        output=None,
        error=None,
        cause_id=None,
        idempotency_key=None,
        created_at=now,
        scheduled_at=now,
        due_at=now,
        finished_at=None,
    )


def _action_fields(action: Action) -> dict[str, Any]:
    said = "removal_reason" if action.name == "remove" else "decision_message"
    fields: dict[str, Any] = {said: action.message} if action.message else {}
    if action.overrides:
        fields["override"] = True
    if action.name == "extend":
        fields["extension"] = action.duration
    if action.name == "deescalate":
        fields["deescalate_type"] = "api" if action.source == "api" else "revoked"
    return fields
