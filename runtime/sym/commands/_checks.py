"""What ``symflow doctor`` looks at. A check gives one finding or several; each says what it means and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sym.commands._recovery import ledger_rows
from sym.commands._session import key_directory, opened_store, organization_of
from sym.errors import SymError

if TYPE_CHECKING:
    from sym.config import Config
    from sym.store.database import Store
    from sym.store.workers import Worker

Result = Literal["ok", "warning", "failed", "skipped", "not served"]
CLOCK_TOLERANCE = timedelta(seconds=2)
SEAL_TOLERANCE = timedelta(minutes=1)
END_TOLERANCE = timedelta(minutes=1)
LAG_TOLERANCE = timedelta(minutes=5)
SHOWN = 3
"""So many of a kind are named."""


@dataclass(frozen=True)
class Finding:
    """What was found: ``check`` names it, ``detail`` says what is, ``action`` what to do (nothing: all is well)."""

    check: str
    result: Result
    detail: str
    action: str = ""

    def row(self) -> dict[str, str]:
        """The finding as a row of a table."""
        return asdict(self)


@dataclass(frozen=True)
class Patient:
    """What is looked at: a configuration, the store it names, and the present moment."""

    settings: Config
    store: Store
    clock: Callable[[], datetime]


def examine(settings: Config, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """Everything, one finding after the other. A store that cannot be used leaves out what is kept in it."""
    try:
        with opened_store(settings) as store:
            yield Finding("store", "ok", f"The {store.dialect} store is reachable; its tables are this release's.")
            patient = Patient(settings, store, clock)
            for check in STORE_CHECKS:
                yield from _guarded(check, patient)
    except SymError as error:
        yield _failed("store", error)
        for check in STORE_CHECKS:
            yield Finding(name_of(check), "skipped", "It is kept in the store.")
    yield from _keys(settings)
    yield from _slack(settings)
    yield from _sandbox()
    yield from _not_served()


def name_of(check: Callable[..., object]) -> str:
    """What a check is called."""
    return check.__name__.removeprefix("_").replace("_", " ")


def _guarded(check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except SymError as error:
        yield _failed(name_of(check), error)


def _failed(check: str, error: SymError) -> Finding:
    return Finding(check, "failed", error.message, error.hint)


def _organization(patient: Patient) -> Iterator[Finding]:
    with patient.store.reading() as conn:
        yield Finding("organization", "ok", organization_of(conn).slug)


def _clock(patient: Patient) -> Iterator[Finding]:
    from sym.store.survey import database_time

    with patient.store.reading() as conn:
        before = patient.clock()
        theirs = database_time(conn)
        after = patient.clock()
    if theirs is None:
        yield Finding("clock", "ok", "The store uses this machine's clock.")
        return
    offset = max(before - theirs, theirs - after, timedelta(0))
    if offset > CLOCK_TOLERANCE:
        ahead = "ahead of" if before > theirs else "behind"
        yield Finding("clock", "warning", f"This machine is {offset.total_seconds():.1f} s {ahead} the database.",
                      "Let both synchronise their clocks (chrony, systemd-timesyncd).")  # fmt: skip
    else:
        yield Finding("clock", "ok", f"This machine and the database agree within {offset.total_seconds():.1f} s.")


def _workers(patient: Patient) -> Iterator[Finding]:
    from sym.store.survey import ALIVE_FOR, survey
    from sym.store.workers import workers

    now = patient.clock()
    with patient.store.reading() as conn:
        known = [worker for worker in workers(conn) if worker.stopped_at is None]
        is_work_due = any(survey(conn, now).queue.values())
    alive = [worker for worker in known if worker.last_seen > now - ALIVE_FOR]
    start = "Start one with `symflow serve`, and look at the log of the last one."
    if not alive and is_work_due:
        yield Finding("workers", "failed", f"Nobody works, and work is due. {_last_seen(known, now)}".strip(), start)
    elif not alive:
        yield Finding("workers", "warning", f"Nobody works; nothing is due. {_last_seen(known, now)}".strip(), start)
    elif len({worker.release for worker in alive}) > 1:
        releases = ", ".join(sorted({worker.release or "unknown" for worker in alive}))
        yield Finding("workers", "warning", f"{len(alive)} are alive, of different releases: {releases}.",
                      "Expected during a rolling upgrade; otherwise stop those of the older release.")  # fmt: skip
    else:
        yield Finding("workers", "ok", f"{len(alive)} alive, release {alive[0].release or 'unknown'}.")


def _last_seen(known: list[Worker], now: datetime) -> str:
    return f"The last one was heard of {_age(now - known[0].last_seen)} ago." if known else ""


def _events(patient: Patient) -> Iterator[Finding]:
    from sym.store.events import overdue_events

    now = patient.clock()
    with patient.store.reading() as conn:
        late = overdue_events(conn, before=now, limit=1000)
    if not late:
        yield Finding("events", "ok", "Nothing is overdue.")
        return
    named = "; ".join(f"{event.name} of run {event.run_id}" for event in late[:SHOWN])
    oldest = _age(now - late[0].due_at) if late[0].due_at else "unknown"
    yield Finding("events", "failed", f"{_number(len(late))} overdue, the first for {oldest}: {named}.",
                  "Start a worker; if one runs, its log says why it does not get on with them.")  # fmt: skip


def _leases(patient: Patient) -> Iterator[Finding]:
    from sym.store.survey import survey

    now = patient.clock()
    with patient.store.reading() as conn:
        found = survey(conn, now)
    late = now - found.first_lease_end if found.first_lease_end else timedelta(0)
    if late > END_TOLERANCE:
        yield Finding("leases", "failed", f"{found.overdue_leases} should have ended, the first {_age(late)} ago.",
                      "Start a worker; if one runs, see `symflow audit list --run RUN --json`.")  # fmt: skip
    else:
        counts = ", ".join(f"{number} {status}" for status, number in found.leases.items() if number)
        yield Finding("leases", "ok", f"{counts or 'none'}; none of them should have ended by now.")


def _stuck_leases(patient: Patient) -> Iterator[Finding]:
    from sym.store.grants import list_leases

    with patient.store.reading() as conn:
        stuck = list_leases(conn, statuses=["stuck"], limit=1000)
    if not stuck:
        yield Finding("stuck leases", "ok", "There are none.")
        return
    named = "; ".join(f"run {lease.run_id}" for lease in stuck[:SHOWN])
    yield Finding("stuck leases", "failed", f"{_number(len(stuck))}, access that could not be taken away: {named}.",
                  "Remove it by hand: `symflow leases list --stuck` says how. It is retried daily.")  # fmt: skip


def _audit_log(patient: Patient) -> Iterator[Finding]:
    from sym.store.survey import survey

    now = patient.clock()
    with patient.store.reading() as conn:
        first = survey(conn, now).first_unsealed
    if first is not None and now - first > SEAL_TOLERANCE:
        yield Finding("audit log", "warning", f"An entry of {_age(now - first)} ago is not sealed.",
                      "A running worker seals every second: start one, or see in its log why it does not.")  # fmt: skip
    else:
        yield Finding("audit log", "ok", "Every entry older than a minute is sealed.")


def _audit_destinations(patient: Patient) -> Iterator[Finding]:
    from sym.store.log_cursors import lags

    now = patient.clock()
    with patient.store.reading() as conn:
        known = lags(conn)
    for lag in known:
        name, failing = f"{lag.type}:{lag.slug}", lag.cursor.failing_since if lag.cursor else None
        if failing is not None and lag.cursor is not None:
            yield Finding("audit destinations", "warning", f"{name} has taken nothing for {_age(now - failing)}, and "
                          f"{lag.entries} entries wait: {lag.cursor.error}",
                          "Put that right: it is tried again, and goes on where it stopped.")  # fmt: skip
        elif lag.since is not None and now - lag.since > LAG_TOLERANCE:
            behind = f"{name} is {lag.entries} entries behind, the first of {_age(now - lag.since)} ago."
            yield Finding("audit destinations", "warning", behind, "A worker sends them: start one, or see its log.")
        else:
            yield Finding("audit destinations", "ok", f"{name} is not behind.")
    if not known:
        yield Finding("audit destinations", "ok", "There are none.")


def _ledger(patient: Patient) -> Iterator[Finding]:
    for check, result, detail, action in ledger_rows(patient.store, patient.settings):
        yield Finding(check, "ok" if result == "ok" else "failed", detail, action)


def _leavers(patient: Patient) -> Iterator[Finding]:
    from sym.commands._leaver_checks import leaver_rows

    for result, detail, action in leaver_rows(patient.store, patient.settings.directory_every, patient.clock()):
        yield Finding("leavers", "ok" if result == "ok" else "warning", detail, action)


STORE_CHECKS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    _organization, _clock, _workers, _events, _leases, _stuck_leases, _audit_log, _audit_destinations,
    _ledger, _leavers,
)  # fmt: skip


def _keys(settings: Config) -> Iterator[Finding]:
    from sym.engine.keys import PURPOSES

    directory = key_directory(settings)
    for purpose in PURPOSES:
        try:
            known = len(directory.public_keys(purpose))  # reads every one of them, as verifying does
            signing = directory.signing_key(purpose).key_id
            yield Finding(f"{purpose} key", "ok", f"{signing} signs, {known} in all, private to their owner.")
        except SymError as error:
            if purpose == "receipt" and directory.path.is_dir():  # of a folder that is older than receipts
                yield Finding("receipt key", "warning", f"{error.message} Approvals have no receipts.",
                              "Start `symflow serve` once where it may write there: it makes the key.")  # fmt: skip
                continue
            yield _failed(f"{purpose} key", error)


def _slack(settings: Config) -> Iterator[Finding]:
    from sym.commands._slack_checks import slack_rows

    for check, result, detail, action in slack_rows(settings):
        yield Finding(check, result, detail, action)


def _sandbox() -> Iterator[Finding]:
    from sym.engine.sandbox.measures import confinement_report, missing

    weak = missing()
    for weakness in weak:
        yield Finding("sandbox", "warning", weakness.detail, weakness.action)
    if not weak:
        held = ", ".join(measure.name for measure in confinement_report())
        yield Finding("sandbox", "ok", f"Authors' code is confined: {held}.")


def _not_served() -> Iterator[Finding]:
    from sym.serving import not_served

    for shelf, names in not_served().items():
        if names:
            yield Finding(shelf.replace("_", " "), "not served", ", ".join(names),
                          "These can be declared; a flow that needs one fails with an error that says so.")  # fmt: skip


def _number(count: int) -> str:
    return str(count) if count < 1000 else "1000 or more"


def _age(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
