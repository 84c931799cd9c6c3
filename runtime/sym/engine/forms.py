"""Request forms: which flows there are, the form of one, its changes while it is filled in, and the request it becomes.

A form is a row, so any server can go on with it. Author code runs in the sandbox, outside of any transaction, and for a
few seconds at most: somebody is waiting. What it does wrong is told to the error logger, and to the person in a
sentence. There is no run before the form is submitted, so of all this only refusals are in the audit log.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from sym.engine import form_fields, form_rows, srns
from sym.engine.authority import require_asking
from sym.engine.changes import BadForm, for_author, from_author
from sym.engine.error_loggers import error_loggers
from sym.engine.form import Form, OfferedFlow, Option
from sym.engine.form_reports import FormReports, about_form
from sym.engine.form_rows import LIFETIME, KeptForm
from sym.engine.host import FlowHost
from sym.engine.inbound import Accepted, Inbound, Submission
from sym.engine.offered import FlowsUnavailable, Offers, describe
from sym.engine.options import matching
from sym.engine.pinned import organization_slug
from sym.engine.prompting import NOT_THEIRS, Asking, Ignored, Prompt, prompt_world, said
from sym.engine.sandbox.sandbox import Call, Sandbox
from sym.engine.trace import traced
from sym.engine.views import World, params_of
from sym.errors import AuthorCodeFailed, NotFound, Refused, SymError, Unavailable
from sym.implementation import on_change_name
from sym.store.database import Connection, Store
from sym.store.forms import StoredForm, claim_form
from sym.store.resources import StoredResource, find, get
from sym.store.users import User

log = logging.getLogger(__name__)
PLACES = 8
"""Calls of authors' code for forms at once."""
RACES = 4
MOST_AFTERWARDS = 32
TOO_BUSY = "The form could not be changed to fit just now. Change this field again."
UNCHANGED = "The form could not be changed to fit, because the flow's own code failed. Its maintainers are told."

__all__ = ["PLACES", "FlowsUnavailable", "FormUnavailable", "Forms"]


class FormUnavailable(Unavailable):
    """The form cannot be shown now, because the flow's own code failed. Its maintainers are told; try again later."""


class _SubmittedAlready(Exception):
    """Another submission of the same form was faster."""


class Forms:
    """The request forms of one process; safe to use from any thread. ``hosts`` makes the host that authors' code may
    ask; ``sandbox`` is best a part of one, so that forms and the worker do not wait for each other."""

    def __init__(self, store: Store, inbound: Inbound, sandbox: Sandbox, *,
                 hosts: Callable[[World], FlowHost], reports: FormReports) -> None:  # fmt: skip
        self._store = store
        self._inbound = inbound
        self._sandbox = sandbox
        self._hosts = hosts
        self._reports = reports
        self._offers = Offers(store, sandbox, hosts, reports)
        self._prefetching = ThreadPoolExecutor(PLACES, thread_name_prefix="sym-prefetch")
        self._afterwards = ThreadPoolExecutor(1, thread_name_prefix="sym-after-prompt")
        self._waiting = threading.BoundedSemaphore(MOST_AFTERWARDS)

    def close(self) -> None:
        """Begin nothing any more, and let reports go out."""
        self._prefetching.shutdown(wait=False, cancel_futures=True)
        self._afterwards.shutdown(wait=False, cancel_futures=True)
        self._reports.close()

    def offered(self, user: User, *, source: str = "slack", now: datetime) -> list[OfferedFlow]:
        """The flows ``user`` may ask for from ``source``, by their labels. Raises FlowsUnavailable if the flows filter
        fails."""
        return self._offers.to(user, source, now)

    def open(self, user: User, flow: str, *, environment: str | None = None, source: str = "slack",
             channel_identifier: str | None, now: datetime) -> Form:  # fmt: skip
        """A new form of the flow with this name (in the environment of this slug, if one is given), for ``user``.

        Raises NotFound if there is no such flow, Refused if it does not take their requests from there, and
        FormUnavailable, whose message is for the person, if the flow's code fails or answers that there is no form.
        """
        try:
            with self._store.reading() as conn:
                found = _flow(conn, flow, environment)
                params = params_of(found.document)
                require_asking(found.slug, params.get("allowed_sources"), source, user.role)
                asking = Asking(user=user, flow=found, source=source, channel=channel_identifier)
                world, offered = prompt_world(conn, asking, now), describe(conn, found)
        except (NotFound, Refused) as error:
            self._inbound.note_refusal(user, "prompt", error, None, now, flow=flow)
            raise
        prompt = Prompt(self._sandbox, self._hosts, world, self._prefetching)
        options = self._prompted(prompt, world)
        targets = (world.flow_view["strategy"] or {}).get("targets", [])
        row = StoredForm(
            id=str(uuid.uuid4()), user_id=user.id, flow_id=found.id, flow_version=found.version, source=source,
            document={}, created_at=now, expires_at=now + LIFETIME,
        )  # fmt: skip
        form = KeptForm(row=row, flow=offered, fields=tuple(form_fields.fields_of(params, targets, options)),
                        header=params.get("additional_header_text"), channel=channel_identifier)  # fmt: skip
        with self._store.transaction() as conn:
            form = form_rows.add(conn, form)
        self._run_after(prompt, world)
        return form.shown()

    def get(self, form_id: str, user: User, *, now: datetime) -> Form:
        """The form as it is now. Raises NotFound if it has expired or is somebody else's."""
        return self._load(form_id, user, now).shown()

    def change(self, form_id: str, user: User, field: str, values: Mapping[str, Any], *, now: datetime) -> Form:
        """The form as the ``on_change`` of ``field`` leaves it, with the ``values`` of all fields as they are now.

        If it fails the form stays as it was, and says so in ``problem``. Raises NotFound, also for an unknown field.
        """
        base = self._load(form_id, user, now)
        base.field(field)
        changed = {item.name: item.value for item in form_fields.filled(list(base.fields), values)}
        changed = {item.name: changed[item.name] for item in base.fields if changed[item.name] != item.value}
        form, problem = base, None
        for _ in range(RACES):
            if form.accepted is not None:
                break
            filled = replace(form, fields=tuple(form_fields.filled(list(form.fields), changed)))
            after, problem = self._after_change(filled, user, field, now)
            with self._store.transaction() as conn:
                if (kept := form_rows.update(conn, after, now)) is not None:
                    return kept.shown(problem)
            form = self._load(form_id, user, now)  # another change was faster: this one comes on top of it
        return form.shown(problem if form.accepted else problem or TOO_BUSY)

    def options(self, form_id: str, user: User, field: str, typed: str, *, now: datetime) -> list[Option]:
        """The first 100 options of a field whose label has ``typed`` in it. Raises NotFound."""
        return matching(self._load(form_id, user, now).field(field).options, typed)

    def submit(self, form_id: str, user: User, values: Mapping[str, Any], *, now: datetime,
               channel_identifier: str | None = None) -> Accepted:  # fmt: skip
        """Make the request, held against the form as it is now; what is hidden keeps its value. A form that was
        submitted before gives what it was accepted as then.

        Raises InvalidInputs with a problem per field (``flow_inputs.<field>``), Refused, NotFound (also when the flow
        was changed since), or Recovering.
        """
        form = self._load(form_id, user, now)
        if form.accepted is not None:
            return form.accepted
        with self._store.reading() as conn:
            flow = get(conn, "flow", form.row.flow_id)
            if flow is None or flow.version != form.row.flow_version:
                raise NotFound("The flow has changed since this form was opened.", hint="Open it again.",
                               code="FormAPI:OUT_OF_DATE")  # fmt: skip
            name = srns.flow(organization_slug(conn), flow.slug, flow.version)
        submission = Submission(
            flow_srn=name, inputs=_inputs(form, values), requester=user, source=form.row.source,
            channel_identifier=channel_identifier or form.channel, rules=form_fields.rules_of(list(form.fields)),
        )  # fmt: skip

        def claim(conn: Connection, accepted: Accepted) -> None:
            if claim_form(conn, form.row, run_id=accepted.run_id, event_id=accepted.event_id) is None:
                raise _SubmittedAlready

        try:
            return self._inbound.request(submission, now=now, together=claim)
        except _SubmittedAlready:
            first = self._load(form_id, user, now).accepted
            assert first is not None, "only a submission takes a form"
            return first

    def _load(self, form_id: str, user: User, now: datetime) -> KeptForm:
        with self._store.reading() as conn:
            return form_rows.load(conn, form_id, user, now)

    def _prompted(self, prompt: Prompt, world: World) -> dict[str, tuple[Option, ...]]:
        """Run ``on_prompt`` and the prefetch functions. Raises FormUnavailable."""
        try:
            prompt.before()
            return prompt.options()
        except Ignored as answer:
            raise FormUnavailable(answer.message, code="FormAPI:IGNORED") from None
        except NOT_THEIRS as error:
            log.warning("the form of flow %s could not be made: %s", world.run.flow_slug, error)
            raise FormUnavailable("The form cannot be shown now. Try again soon.", code="FormAPI:BUSY") from error
        except SymError as error:
            self._report(world, "prompt", said(error))
            raise FormUnavailable(code="FormAPI:FAILED") from error

    def _after_change(self, form: KeptForm, user: User, field: str, now: datetime) -> tuple[KeptForm, str | None]:
        """The form after ``field`` has changed, and what to tell the person if that failed."""
        with self._store.reading() as conn:
            flow = get(conn, "flow", form.row.flow_id)
            if flow is None or flow.version != form.row.flow_version:
                return form, None  # submitting it says so
            asking = Asking(user=user, flow=flow, source=form.row.source, channel=form.channel)
            world = prompt_world(conn, asking, now)
        blocks = params_of(flow.document).get("prompt_field") or []
        text = next((block.get("on_change") for block in blocks if block["name"] == field), None)
        if not text:
            return form, None
        try:
            return self._changed(form, field, text, world), None
        except NOT_THEIRS as error:
            log.warning("the form of flow %s could not be changed: %s", world.run.flow_slug, error)
            return form, TOO_BUSY
        except SymError as error:
            self._report(world, "prompt", said(error))
            return form, UNCHANGED

    def _changed(self, form: KeptForm, field: str, text: str, world: World) -> KeptForm:
        user = world.users[world.run.requester_id]
        source, fields = f"on_change of {field}", list(form.fields)
        given = for_author(fields, world.flow_view["vars"], form.header)
        call = Call(source=source, text=text, kind="on_change", function=on_change_name(field),
                    arguments=[user.email or user.username, given])  # fmt: skip
        host = self._hosts(world)
        answer = traced("on_change", call.function, call.source, host, lambda own: self._sandbox.call(call, own)).value
        try:
            changed, header = from_author(fields, answer)
        except BadForm as error:
            raise AuthorCodeFailed(f"{error}.", handler=call.function, source=source) from None
        return replace(form, fields=tuple(changed), header=header)

    def _run_after(self, prompt: Prompt, world: World) -> None:
        if not prompt.has_after:
            return
        if not self._waiting.acquire(blocking=False):
            log.warning("too many after_prompt hooks wait: one of flow %s is left out", world.run.flow_slug)
            return
        self._afterwards.submit(self._after, prompt, world)

    def _after(self, prompt: Prompt, world: World) -> None:
        try:
            if failure := prompt.after():
                self._report(world, "prompt", failure)
        except Exception:
            log.exception("after_prompt of flow %s could not be run", world.run.flow_slug)
        finally:
            self._waiting.release()

    def _report(self, world: World, event: str, text: str) -> None:
        with self._store.reading() as conn:
            destinations = error_loggers(conn, world.flow.document["environment_id"])
        self._reports.tell(destinations, about_form(world, event, text))


def _flow(conn: Connection, name: str, environment: str | None) -> StoredResource:
    flow = find(conn, "flow", slug=name)
    if flow is not None and environment is not None:
        place = get(conn, "environment", flow.document["environment_id"])
        flow = flow if place is not None and place.slug == environment else None
    if flow is None:
        where = f" in the environment {environment}" if environment is not None else ""
        raise NotFound(f"There is no flow {name}{where}.", code="FormAPI:NO_FLOW")
    return flow


def _inputs(form: KeptForm, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the request is made with: what was filled in as it was, and what is hidden as the form has it."""
    known = {field.name: values.get(field.name, field.value) if field.visible else field.value for field in form.fields}
    unknown = {name: value for name, value in values.items() if name not in known}
    return {name: value for name, value in {**known, **unknown}.items() if value is not None}
