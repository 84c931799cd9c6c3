"""Forms that change while they are filled in. What somebody changes is worked off in their order; of one field the
newest counts, and only what holds in the end is shown."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
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

    def _next(self, view_id: str) -> _Changed | None:
        """The change that has waited longest, None when there is none: the view is let go of."""
        with self._lock:
            waiting = self._waiting[view_id]
            if not waiting:
                del self._waiting[view_id]
                return None
            return waiting.pop(next(iter(waiting)))

    def _work_off(self, view_id: str) -> None:
        done: tuple[_Changed, Form] | None = None
        while (changed := self._next(view_id)) is not None:
            done = changed, self._follow(changed)
        if done is not None:
            self._show(view_id, *done)

    def _follow(self, changed: _Changed) -> Form:
        desk, form_id = self._desk, str(changed.origin.form)
        user = desk.user(changed.arrival)
        form = desk.services.forms.get(form_id, user, now=desk.now)
        values = read_values(_filled_in(changed.arrival), form)
        return desk.services.forms.change(form_id, user, changed.field, values, now=desk.now)

    def _show(self, view_id: str, changed: _Changed, form: Form) -> None:
        """Show the form, unless it has been changed again by now: then what comes of that is shown."""
        desk, arrival = self._desk, changed.arrival
        modal = Modal(desk.client(arrival), {"view_id": view_id}, arrival.view.get("hash"))
        with self._lock:
            if view_id in self._waiting:
                return
        modal.show(lambda: request_form(form, private_metadata=changed.origin.written(), shown=arrival.view))

    def _fail(self, changed: _Changed, view_id: str, error: SymError) -> None:
        """Let go of the view. A form that is over goes; any other stays, with what was filled in."""
        with self._lock:
            self._waiting.pop(view_id, None)
        if isinstance(error, NotFound):
            Modal(self._desk.client(changed.arrival), {"view_id": view_id}).fail(error)
        else:
            self._desk.refuse(replace(changed.arrival, channel=changed.origin.channel), error)


def _filled_in(arrival: Arrival) -> dict[str, Any]:
    """What stands in the view's fields."""
    found: dict[str, Any] = (arrival.view.get("state") or {}).get("values") or {}
    return found
