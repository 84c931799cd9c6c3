"""What people do to runs, at the door: whoever may not is refused, with an audit entry and without a trace else."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from sym.errors import Conflict, Invalid, Refused, SymError
from sym.store.grants import move_lease
from sym.store.runs import move_run

# Of a run that ada asked for and bob approved, in a flow in which members may decide and access may be extended.
PEOPLE = ("root", "ada", "bob", "eve", "guest", "ci")
ALLOWED = {
    ("requested", "approve"): {"root", "bob", "eve"},
    ("requested", "deny"): {"root", "ada", "bob", "eve"},
    ("escalated", "deescalate"): {"root", "ada", "bob"},
    ("escalated", "extend"): {"root", "bob", "eve"},
    ("errored", "retry"): {"root"},
    ("stuck", "remove"): {"root"},
}
WRONG = {
    "requested": ("deescalate", "extend", "retry", "remove"),
    "escalated": ("approve", "deny", "retry", "remove"),
    "errored": ("approve", "deny", "deescalate", "extend"),
    "stuck": ("approve", "deny", "extend", "retry"),
}
DETAILS: dict[str, dict[str, Any]] = {"extend": {"duration": 600}, "remove": {"message": "by hand"}}
DURATION = {"name": "duration", "type": "duration", "allowed_values": ["10m", "1h"]}


@pytest.fixture
def ready(engine: Any) -> Any:
    engine.flow(fields=[DURATION], allow_extension=True)
    return engine


def run_in(engine: Any, state: str) -> str:
    """A run that was brought where the test wants it, the short way for what has no short way."""
    if state == "requested":
        return str(engine.requested())
    run_id = str(engine.escalated())
    with engine.store.transaction() as conn:
        if state == "errored":
            move_run(conn, engine.run(run_id), status="errored")
            move_lease(conn, engine.lease(run_id), status="ended")
        if state == "stuck":
            move_lease(conn, engine.lease(run_id), status="stuck")
    return run_id


def events_and_jobs(engine: Any) -> list[int]:
    with engine.store.reading() as conn:
        tables = ("sym_event", "sym_job", "sym_run", "sym_lease", "sym_effect")
        return [conn.execute(sa.text(f"select count(*) from {table}")).scalar_one() for table in tables]


def refusal(engine: Any, who: str, name: str, run_id: str, **details: Any) -> tuple[SymError, dict[str, Any]]:
    """The error somebody gets, and the one entry it leaves."""
    before, entries = events_and_jobs(engine), len(engine.entries())
    with pytest.raises((Refused, Conflict, Invalid)) as refused:
        engine.act(who, name, run_id, **details)
    assert events_and_jobs(engine) == before
    found = engine.entries()
    assert len(found) == entries + 1
    return refused.value, found[-1]


@pytest.mark.parametrize(("state", "name"), ALLOWED)
def test_the_role_matrix(ready: Any, state: str, name: str) -> None:
    run_id = run_in(ready, state)
    for who in PEOPLE:
        if who in ALLOWED[state, name]:
            continue
        error, entry = refusal(ready, who, name, run_id, **DETAILS.get(name, {}))
        assert isinstance(error, Refused), who
        fields = entry["fields"]
        assert (fields["action"], fields["code"], fields["run"]) == (name, error.code, run_id)
        assert error.code.startswith(f"{name.capitalize()}API:")
        assert entry["actor"]["username"].startswith(who)
        assert entry["state"] == {"status": "refused", "errors": [error.message]}
    # Whoever may is let in; one event each, in whatever order they come.
    for who in sorted(ALLOWED[state, name]):
        accepted = ready.act(who, name, run_id, **DETAILS.get(name, {}))
        assert ready.event(accepted.event_id).name == name


@pytest.mark.parametrize("state", WRONG)
def test_what_cannot_be_done_now_is_a_conflict(ready: Any, state: str) -> None:
    run_id = run_in(ready, state)
    for name in WRONG[state]:
        error, entry = refusal(ready, "root", name, run_id, **DETAILS.get(name, {}))
        assert isinstance(error, Conflict)
        assert (error.code, entry["fields"]["code"]) == (f"{name.capitalize()}API:INVALID_RUN",) * 2
        # Somebody who may not do it does not learn why else it could not be done.
        assert isinstance(refusal(ready, "guest", name, run_id, **DETAILS.get(name, {}))[0], Refused)


@pytest.mark.parametrize(
    ("state", "names"),
    [("requested", ("approve", "deny")), ("escalated", ("deescalate", "extend", "retry", "remove"))],
)
def test_only_admins_set_a_hook_aside(ready: Any, state: str, names: tuple[str, ...]) -> None:
    run_id = run_in(ready, state)
    for name in names:
        for who in ("ada", "bob", "guest", "ci"):
            error, _ = refusal(ready, who, name, run_id, overrides=True, **DETAILS.get(name, {}))
            assert error.code == f"{name.capitalize()}API:OVERRIDE_NOT_ALLOWED"


def test_an_admin_does_not_approve_their_own_request_even_without_the_hook(ready: Any) -> None:
    run_id = ready.requested("root")
    error, _ = refusal(ready, "root", "approve", run_id, overrides=True)
    assert error.code == "ApproveAPI:SELF_APPROVAL"


def test_access_is_extended_by_what_the_form_offers(ready: Any) -> None:
    run_id = run_in(ready, "escalated")
    for seconds in (None, 0, 60, 601, -600, True, "600"):
        error, entry = refusal(ready, "bob", "extend", run_id, duration=seconds)
        assert isinstance(error, Invalid), seconds
        assert entry["fields"]["details"]["fields"] == ["duration"]


def test_access_is_not_removed_by_hand_without_a_reason(ready: Any) -> None:
    run_id = run_in(ready, "stuck")
    for reason in (None, "", "  \n"):
        error, _ = refusal(ready, "root", "remove", run_id, message=reason)
        assert (error.code, error.path) == ("RemoveAPI:NO_REASON", "reason")


def test_what_the_product_does_by_itself_nobody_can_ask_for(ready: Any) -> None:
    run_id = run_in(ready, "requested")
    for name in ("forward", "expire", "escalate", "request", "nothing"):
        error, _ = refusal(ready, "root", name, run_id)
        assert error.code == "ActionAPI:UNKNOWN"
