"""The form before the request: what the flow's code does while it is shown and filled in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sym.engine.form import Form
from sym.engine.form_reports import FormReports
from sym.engine.forms import Forms
from sym.engine.trace import PhaseTrace, tracing
from sym.errors import SymError
from sym.testing.flow_test import FlowTest
from sym.testing.people import Person


def prompt(stage: FlowTest, flow: str, requester: Person, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Open the form of ``flow`` for somebody and fill in ``inputs``, each field's ``on_change`` following it; what was
    seen, as a phase of a trace. None if no code of the flow ran.

    A form that cannot be shown is no obstacle to the simulation: the phase says so.
    """
    inner = stage.stage
    forms = Forms(inner.store, inner.inbound, inner.sandbox, hosts=inner.executor.host,
                  reports=FormReports(stage.outbox))  # fmt: skip
    begun = time.monotonic()
    with tracing(inner.clock) as trace:
        try:
            form = forms.open(requester.user, flow, source="slack", channel_identifier=None, now=inner.clock())
            problem = _filled_in(forms, form, requester, inputs, stage)
        except SymError as error:
            problem = str(error)
        finally:
            forms.close()
    return _phase(trace, problem, (time.monotonic() - begun) * 1000) if trace.steps else None


def _filled_in(forms: Forms, form: Form, requester: Person, inputs: Mapping[str, Any], stage: FlowTest) -> str | None:
    """What the person is told when a form could not follow their answers; None if it could."""
    values: dict[str, Any] = {}
    told = None
    for name, value in inputs.items():
        values[name] = value
        field = next((field for field in form.fields if field.name == name), None)
        if field is not None and field.has_on_change:
            form = forms.change(form.id, requester.user, name, values, now=stage.stage.clock())
            told = form.problem or told
    return told


def _phase(trace: PhaseTrace, problem: str | None, milliseconds: float) -> dict[str, Any]:
    return {
        "event_id": "", "event": "prompt", "phase": "form", "attempt": 1, "at": trace.started_at.isoformat(),
        "ms": round(milliseconds, 1), "outcome": "failed" if problem else "shown",
        "reason": problem or "The form is shown and filled in before anything is asked for.", "steps": trace.steps,
    }  # fmt: skip
