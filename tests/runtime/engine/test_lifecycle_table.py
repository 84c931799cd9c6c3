"""Every status with every event, person and channel, against a table written by hand.

What the table does not list is refused with an audit entry, or, for the product's own timers that come too late,
nothing at all.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from sym.engine.lifecycle import FROM_STATUS, Decision, Incoming, Person, RunState, authorize, decide
from sym.errors import Conflict, Refused

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVENTS = (
    "request", "approve", "deny", "escalate", "deescalate", "forward", "expire", "extend", "retry", "remove",
)  # fmt: skip
# The leases a run of each status can have.
LEASES: dict[str, tuple[str | None, ...]] = {
    "prompted": (None,), "requested": (None,), "denied": (None,), "expired": (None,), "ignored": (None,),
    "approved": (None, "pending", "ended"), "escalated": ("active", "ending", "stuck"), "deescalated": (None, "ended"),
    "errored": (None, "pending", "ending", "stuck", "ended"),
}  # fmt: skip
PEOPLE = {
    "root": Person(id="root", role="admin"), "ada": Person(id="ada", role="member"),
    "adm": Person(id="ada", role="admin"), "bob": Person(id="bob", role="member"),
    "eve": Person(id="eve", role="member"), "sub": Person(id="sub", role="admin"),
    "guest": Person(id="guest", role="guest"), "bot": Person(id="bot", role="requester"),
}  # fmt: skip
CHANNELS = ("slack", "sym", "sdk", "internal")


class Goes(NamedTuple):
    """What becomes of the run, its lease and the world, and what the audit log says."""

    status: str | None = None
    lease: str | None = None
    effect: str | None = None
    audit: str | None = None
    then: str | None = None


# ada asked, through sub; bob approved; members may decide; nobody approves their own; access may be extended.
# event, status, lease: what happens.
TABLE: dict[tuple[str, str, str | None], Goes] = {
    ("request", "prompted", None): Goes(status="requested", audit="run.requested"),
    ("approve", "requested", None): Goes(status="approved", audit="run.approved", then="escalate"),
    ("deny", "requested", None): Goes(status="denied", audit="run.denied"),
    ("forward", "requested", None): Goes(audit="run.forwarded"),
    ("expire", "requested", None): Goes(status="expired", audit="run.expired"),
    ("escalate", "approved", None): Goes(lease="pending", effect="escalate"),
    ("escalate", "approved", "ended"): Goes(lease="pending", effect="escalate"),
    ("deescalate", "escalated", "active"): Goes(lease="ending", effect="deescalate"),
    ("deescalate", "escalated", "stuck"): Goes(lease="ending", effect="deescalate"),
    ("deescalate", "errored", "pending"): Goes(lease="ending", effect="deescalate"),
    ("deescalate", "errored", "stuck"): Goes(lease="ending", effect="deescalate"),
    ("extend", "escalated", "active"): Goes(audit="run.extended"),
    ("retry", "errored", None): Goes(status="approved", audit="run.retried", then="escalate"),
    ("retry", "errored", "ended"): Goes(status="approved", audit="run.retried", then="escalate"),
    ("remove", "escalated", "stuck"): Goes(status="deescalated", lease="ended", audit="lease.removed_manually"),
    ("remove", "errored", "stuck"): Goes(lease="ended", audit="lease.removed_manually"),
}
# Who may do it, of PEOPLE; through slack or the API.
MAY = {
    "approve": {"root", "bob", "eve"},
    "deny": {"root", "ada", "adm", "bob", "eve", "sub"},
    "deescalate": {"root", "ada", "adm", "bob", "sub"},
    "extend": {"root", "bob", "eve"},
    "retry": {"root", "adm", "sub"},
    "remove": {"root", "adm", "sub"},
    "request": set(PEOPLE),
}
# What the flow's own code (sdk) and the product (internal) do without anybody's permission.
UNASKED = {"request", "approve", "deny", "escalate", "deescalate", "forward", "expire"}
# What came too late, and is nobody's mistake.
SILENT = {
    ("deescalate", "sdk"): {("escalated", "ending"), ("errored", None), ("errored", "ending"), ("errored", "ended")},
    ("deescalate", "internal"): {
        (status, lease) for status, leases in LEASES.items() for lease in leases
    } - {(status, lease) for event, status, lease in TABLE if event == "deescalate"},
}  # fmt: skip
LATE_TIMERS = {"forward", "expire"}

CASES = [
    (status, lease, event, channel)
    for status, leases in LEASES.items()
    for lease, event, channel in itertools.product(leases, EVENTS, CHANNELS)
]


def state(status: str, lease: str | None) -> RunState:
    notification = {"destinations": [], "timeout": None, "continue_on_timeout": True, "continue_on_failure": True,
                    "allow_self": None}  # fmt: skip
    return RunState(
        id="r", status=status, requester_id="ada", submitter_id="sub", approver_id="bob", is_access_flow=True,
        allow_extension=True, duration=60, permissions={"approve_deny": "member", "allow_self_approval": False},
        routing={"notifications": [notification, notification], "position": 0}, lease=lease,
        starts_at=NOW if lease else None, ends_at=NOW + timedelta(seconds=60) if lease else None,
    )  # fmt: skip


def expected(status: str, lease: str | None, event: str, channel: str, who: str) -> Goes | str:
    """What the table says: what happens, ``refused`` or ``silent``."""
    is_asked = channel in ("slack", "sym")
    if event in LATE_TIMERS and status != "requested":
        return "silent"
    if (status, lease) in SILENT.get((event, channel), set()):
        return "silent"
    may = who in MAY.get(event, set()) if is_asked else event in UNASKED
    # A person ends access of a grant that worked; what a failed one left behind is the product's to end.
    if event == "deescalate" and is_asked and status == "errored":
        return "refused"
    return TABLE.get((event, status, lease), "refused") if may else "refused"


def shown(decision: Decision) -> Goes | str:
    if decision == Decision():
        return "silent"
    if decision.error is not None:
        assert decision.audit == ("action.refused",)
        assert decision == Decision(error=decision.error, audit=decision.audit)
        return "refused"
    return Goes(
        status=decision.status, lease=decision.lease, effect=decision.effect.name if decision.effect else None,
        audit=decision.audit[0] if decision.audit else None,
        then=decision.following.name if decision.following else None,
    )  # fmt: skip


@pytest.mark.parametrize("event", EVENTS)
def test_every_status_event_person_and_channel_is_as_the_table_says(event: str) -> None:
    wrong = {}
    for status, lease, name, channel in CASES:
        for who, person in PEOPLE.items():
            if name != event:
                continue
            incoming = Incoming(name=event, channel=channel, actor=person, extension=60 if event == "extend" else None)
            found = shown(decide(state(status, lease), incoming))
            wanted = expected(status, lease, event, channel, who)
            if found != wanted:
                wrong[status, lease, channel, who] = (found, wanted)
    assert wrong == {}


def test_the_table_is_about_every_event_there_is() -> None:
    assert set(EVENTS) == set(FROM_STATUS)
    assert {event for event, _, _ in TABLE} == set(EVENTS)
    assert len(CASES) * len(PEOPLE) == 18 * 10 * 4 * 8


@pytest.mark.parametrize("event", sorted(MAY.keys() - {"request"}))
def test_the_door_lets_in_whom_the_worker_obeys(event: str) -> None:
    """What is refused in the worker is refused at the door, before anything is written."""
    for status, leases in LEASES.items():
        for lease, (who, person) in itertools.product(leases, PEOPLE.items()):
            try:
                authorize(state(status, lease), event, person, extension=60 if event == "extend" else None)
            except (Refused, Conflict):
                is_let_in = False
            else:
                is_let_in = True
            assert is_let_in == (expected(status, lease, event, "sym", who) != "refused"), (status, lease, who)


@pytest.mark.parametrize("event", ["approve", "deny", "deescalate"])
def test_only_admins_set_a_hook_aside(event: str) -> None:
    run = state("escalated", "active") if event == "deescalate" else state("requested", None)
    for who, person in PEOPLE.items():
        decision = decide(run, Incoming(name=event, channel="sym", actor=person, overrides=True))
        may = who in MAY[event] and person.role == "admin"
        assert (decision.error is None) == may, who
        assert decision.audit[0] == ("event.overridden" if may else "action.refused")


@pytest.mark.parametrize("event", ["extend", "retry", "remove"])
def test_where_there_is_no_hook_there_is_none_to_set_aside(event: str) -> None:
    with pytest.raises(Refused) as refused:
        authorize(state("escalated", "active"), event, PEOPLE["root"], overrides=True)
    assert refused.value.code == f"{event.capitalize()}API:OVERRIDE_NOT_ALLOWED"


def test_nobody_acts_without_being_somebody() -> None:
    for event in ("approve", "deny", "deescalate", "extend", "retry", "remove"):
        run = state("escalated", "stuck")
        for channel in ("sym", "slack"):
            assert decide(run, Incoming(name=event, channel=channel)).audit == ("action.refused",)
