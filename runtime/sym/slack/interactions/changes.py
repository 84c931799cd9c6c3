"""Forms that change while they are filled in. What somebody changes is worked off in their order; of one field the
newest counts, and only what holds in the end is shown."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sym.engine.form import Form
from sym.errors import NotFound, SymError
from sym.slack.blocks import ids
from sym.slack.blocks.form import read_values, request_form
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk
from sym.slack.interactions.modals import Modal
from sym.slack.interactions.origin import Origin, read_origin


@dataclass(frozen=True)
class _Changed:
    """A field, and the view as it was with it."""

    field: str
    arrival: Arrival
    origin: Origin


class Changes:
    """Takes what is changed in forms."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._waiting: dict[str, dict[str, _Changed]] = {}

    def take(self, arrival: Arrival) -> None:
        """Let the form follow what was changed, soon."""
        field = ids.field_of(arrival.action.get("block_id"))
        origin = read_origin(arrival.view.get("private_metadata"))
        arrival.acknowledge()
        if field is None or origin.form is None:
            return
        view_id, changed = str(arrival.view["id"]), _Changed(field, arrival, origin)
        with self._lock:
            is_worked_on = view_id in self._waiting
            waiting = self._waiting.setdefault(view_id, {})
            waiting.pop(field, None)
            waiting[field] = changed
        if not is_worked_on:
            self._desk.later(
                arrival, lambda: self._work_off(view_id), lambda error: self._fail(changed, view_id, error)
            )

    def _next(self, view_id: str, *, may_let_go: bool) -> _Changed | None:
        """The change that has waited longest; None when there is none, and then the view may be let go of."""
        with self._lock:
            waiting = self._waiting[view_id]
            if waiting:
                return waiting.pop(next(iter(waiting)))
            if may_let_go:
                del self._waiting[view_id]
            return None

    def _work_off(self, view_id: str) -> None:
        done: tuple[_Changed, Form] | None = None
        while True:
            changed = self._next(view_id, may_let_go=done is None)
            if changed is not None:
                done = changed, self._follow(changed)
            elif done is not None:
                self._show(view_id, *done)
                done = None
            else:
                return

    def _follow(self, changed: _Changed) -> Form:
        desk, form_id = self._desk, str(changed.origin.form)
        user = desk.user(changed.arrival)
        form = desk.services.forms.get(form_id, user, now=desk.now)
        values = read_values(changed.arrival.filled_in, form)
        return desk.services.forms.change(form_id, user, changed.field, values, now=desk.now)

    def _show(self, view_id: str, changed: _Changed, form: Form) -> None:
        """Show the form; where another server was faster, as it is by now."""
        desk, arrival = self._desk, changed.arrival
        forms = itertools.chain([form], iter(partial(self._now, changed), None))

        def make() -> dict[str, Any]:
            return request_form(next(forms), private_metadata=changed.origin.written(), shown=arrival.view)

        Modal(desk.client(arrival), {"view_id": view_id}, arrival.view.get("hash")).show(make)

    def _now(self, changed: _Changed) -> Form:
        desk = self._desk
        return desk.services.forms.get(str(changed.origin.form), desk.user(changed.arrival), now=desk.now)

    def _fail(self, changed: _Changed, view_id: str, error: SymError) -> None:
        """Let go of the view. A form that is over goes; any other stays, with what was filled in."""
        with self._lock:
            self._waiting.pop(view_id, None)
        if isinstance(error, NotFound):
            Modal(self._desk.client(changed.arrival), {"view_id": view_id}).fail(error)
        else:
            self._desk.refuse(replace(changed.arrival, channel=changed.origin.channel), error)
