"""The restore drill: the database is put back as it was before a grant, and nobody keeps what they should not."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sym.store.database import Store
from tests.chaos.system import Request, System, wait_until
from tests.postgres_server import PostgresServer

Restore = Callable[[], None]


class Restorable:
    """An installation whose database can be put back."""

    def __init__(self, system: System, server: PostgresServer | None) -> None:
        self.system = system
        self.server = server
        self.copy = ""

    def back_up(self) -> None:
        """Copy the database away; the server is stopped."""
        self.system.store.close()
        if self.server is not None:
            self.copy = self.server.create_database(
                template=self.system.environment["SYM_STORE_URL"].rpartition("/")[2]
            )
            return
        self.copy = str(self.system.folder / "backup.db")
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(self.copy)) as target:
            source.backup(target)

    def restore(self) -> None:
        """Put the copy in the database's place; the server is stopped."""
        self.system.store.close()
        if self.server is not None:
            self.system.environment["SYM_STORE_URL"] = self.copy
            self.system.store = Store(self.copy)
            return
        for path in self._file.parent.glob("store.db*"):
            path.unlink()
        Path(self.copy).rename(self._file)

    @property
    def _file(self) -> Path:
        return Path(self.system.environment["SYM_STORE_URL"].removeprefix("sqlite:///"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Restorable]:
    server: PostgresServer | None = None
    url = f"sqlite:///{tmp_path}/store/store.db"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        url = server.create_database()
    system = System(tmp_path, url)
    system.store.migrate()
    system.set_up()
    system.start()
    made = Restorable(system, server)
    yield made
    if system.process is not None:
        system.process.kill()
        system.process.wait()
    system.store.close()
    if server is not None:
        server.drop_database(url)
        server.drop_database(made.copy)


def readiness(system: System) -> int:
    try:
        with urllib.request.urlopen(f"{system.url}/readyz", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def granted(system: System, seconds: int) -> Request:
    request = Request(system, seconds=seconds)
    request.wait_for("requested")
    request.approve()
    request.wait_for("escalated")
    return request


def test_the_restore_drill(installation: Restorable) -> None:
    system = installation.system
    short, long = granted(system, 3), granted(system, 3600)
    system.stop()
    installation.back_up()
    system.start()
    third, fourth = granted(system, 3600), granted(system, 3)
    fourth.wait_for("deescalated")
    lost = system.lease(third.id)
    assert lost is not None
    system.stop()
    installation.restore()

    system.start()
    assert readiness(system) == 503
    with pytest.raises(AssertionError, match=r"503 .*API:RECOVERY_MODE"):
        Request(system)
    # What the backup knows ends on time, although it had ended before, and the vendor hears of it again.
    wait_until(lambda: system.status(short.id) == "deescalated", "the end of what the backup knows did not go on")
    doctor = system.symflow_rows("doctor")
    (forgotten,) = (row for row in doctor if row["check"] == "forgotten")
    assert forgotten["detail"].startswith(f"ci holds door until {lost.ends_at.isoformat() if lost.ends_at else ''} ")
    assert third.id in forgotten["detail"]
    assert "recovery" in {row["check"] for row in doctor if row["result"] == "failed"}
    ledger = next(path.parent for path in system.folder.rglob("ledger-id"))
    exported = json.loads(system._symflow("leases", "export", "--json", "--ledger", str(ledger)))
    assert {row["run_id"] for row in exported} == {third.id, long.id}
    assert system.is_member(third.id)

    planned = json.loads(system._symflow("recover", "--dry-run", "--json"))
    assert readiness(system) == 503
    assert json.loads(system._symflow("recover", "--json")) == planned
    assert [row["lease_id"] for row in planned] == [lost.id]
    assert readiness(system) == 200
    assert json.loads(system._symflow("recover", "--json")) == []

    regained = system.lease(third.id)
    assert regained is not None
    assert (regained.id, regained.ends_at) == (lost.id, lost.ends_at)
    for request in (third, long):
        assert system.status(request.id) == "escalated"
        system._symflow("runs", "revoke", request.id, "--as", "root@example.com")
    for request in (third, long):
        request.wait_for("deescalated")
    assert system.rows("select * from members") == []
    assert system.trail(third.id) == ["lease.recovered", "run.deescalated"]
    granted(system, 1).wait_for("deescalated")
    system.restart()
    assert readiness(system) == 200
    system._symflow("audit", "verify")  # its anchors know of the restoration
