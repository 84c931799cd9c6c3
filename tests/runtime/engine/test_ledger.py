"""The list of leases beside the store: written before anything is granted, kept private, tidied up."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sym.engine import ledger as module
from sym.engine.ledger import Ledger, LedgerUnwritable
from sym.engine.ledger_files import Content
from sym.store.grants import Lease
from sym.store.runs import Run

FLOW = {"strategy": {"id": "s", "type": "custom", "implementation": "class A: pass"}}


@pytest.fixture
def ledger(tmp_path: Path, now: Any) -> Ledger:
    return Ledger(tmp_path / "ledger", "org", lambda: now)


@pytest.fixture
def run(now: Any) -> Run:
    return Run(
        id="run", flow_id="flow", flow_slug="flow", flow_version=1, requester_id="ada", status="approved", source="api",
        fields={}, duration=600, actors={}, created_at=now, updated_at=now,
    )  # fmt: skip


def lease_of(run: Run, name: str = "a", **more: Any) -> Lease:
    plain: dict[str, Any] = {
        "id": name, "run_id": run.id, "key": "k", "key_document": {}, "status": "active", "requester_id": "ada",
        "snapshot": {"flow": FLOW, "target": {"name": "readers"}},
    }  # fmt: skip
    return Lease(**{**plain, **more})


def lines(folder: Path) -> int:
    return sum(len(path.read_bytes().splitlines()) for path in folder.glob("*.jsonl"))


def test_a_lease_goes_its_way_through_the_file(ledger: Ledger, run: Run, now: Any) -> None:
    lease = lease_of(run, ends_at=now)
    ledger.held(run, None, lease)
    later = replace(lease, version=2, ends_at=now + timedelta(hours=1))
    ledger.moved([(lease, later)])
    entry = ledger.read().entries["a"]
    assert (entry.status, entry.version, entry.moment("ends_at")) == ("active", 2, later.ends_at)
    ledger.moved(
        [(later, replace(later, version=3, status="ending")), (later, replace(later, version=4, status="ended"))]
    )
    assert (ledger.read().entries["a"].status, ledger.read().entries["a"].version) == ("ended", 4)


def test_what_changes_nothing_about_the_access_is_not_written(ledger: Ledger, run: Run) -> None:
    lease = lease_of(run)
    ledger.held(run, None, lease)
    before = lines(ledger.folder)
    for change in ({"status": "ending"}, {"status": "stuck"}, {"attempts": 3}, {"last_error": "no"}):
        ledger.moved([(lease, replace(lease, version=2, **change))])  # type: ignore[arg-type]
    pending = replace(lease, status="pending")
    ledger.moved([(pending, replace(pending, version=2, identity="ada"))])
    assert lines(ledger.folder) == before


def test_a_flow_is_written_once_however_many_leases_froze_it(ledger: Ledger, run: Run) -> None:
    for name in "abc":
        ledger.held(run, None, lease_of(run, name))
    assert lines(ledger.folder) == 4
    assert all(entry.is_complete for entry in ledger.read().entries.values())


def test_folder_and_files_are_private(ledger: Ledger, run: Run) -> None:
    ledger.held(run, None, lease_of(run))
    assert ledger.id
    assert stat.S_IMODE(ledger.folder.stat().st_mode) == 0o700
    for path in ledger.folder.glob("*.jsonl"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_is_on_the_disk_before_it_counts(ledger: Ledger, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda file: (synced.append(os.fstat(file).st_size), real(file)))
    ledger.held(run, None, lease_of(run))
    (path,) = ledger.folder.glob("*.jsonl")
    assert synced == [path.stat().st_size]


def test_a_folder_others_can_enter_is_not_written_to(ledger: Ledger, run: Run) -> None:
    ledger.folder.mkdir(mode=0o755)
    ledger.folder.chmod(0o755)
    with pytest.raises(LedgerUnwritable) as caught:
        ledger.held(run, None, lease_of(run))
    assert caught.value.code == "Ledger:UNWRITABLE"
    assert "/" not in str(caught.value).replace("beside", "")
    assert ledger.problem is not None
    ledger.folder.chmod(0o700)
    ledger.held(run, None, lease_of(run))
    assert ledger.problem is None


def test_half_a_line_is_taken_back_and_what_comes_next_is_whole(
    ledger: Ledger, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.held(run, None, lease_of(run, "a"))
    real = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 20:
            return real(file, data[:20])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "write", full)
        with pytest.raises(LedgerUnwritable):
            ledger.held(run, None, lease_of(run, "b"))
        ledger.moved([(lease_of(run), replace(lease_of(run), status="ended", version=2))])
    ledger.held(run, None, lease_of(run, "c"))
    content = ledger.read()
    assert set(content.entries) == {"a", "c"}
    assert content.problems == ()


def test_several_writers_do_not_get_into_each_others_lines(ledger: Ledger, run: Run) -> None:
    def write(part: int) -> None:
        for number in range(20):
            ledger.held(run, None, lease_of(run, f"{part}-{number}"))

    threads = [threading.Thread(target=write, args=(part,)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = ledger.read()
    assert len(content.entries) == 120
    assert content.problems == ()


WRITES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sym.engine.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), "org", lambda: datetime.now(UTC))
for number in range(50):
    ledger.append([{"kind": "lease", "lease": f"{sys.argv[2]}-{number}", "version": 1, "status": "ended", "at": "x"}])
print(ledger.id, flush=True)
sys.stdin.readline()
"""


def test_several_processes_share_a_folder_and_its_name(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    command = [sys.executable, "-c", WRITES, str(ledger.folder)]
    processes = [
        subprocess.Popen([*command, str(part)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for part in range(3)
    ]
    try:
        names = {process.stdout.readline() for process in processes if process.stdout}
        assert names == {ledger.id + "\n"}
        assert len(ledger.read().entries) == 150
        # They live: nobody tidies their files up.
        assert ledger.compact(ledger.read(), frozenset()) == 0
        processes[0].kill()
        processes[0].wait()
        assert ledger.compact(ledger.read(), frozenset()) == 1
        assert len(ledger.read().entries) == 100
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def test_tidying_up_keeps_what_is_live_and_forgets_the_rest(ledger: Ledger, run: Run, now: Any) -> None:
    for name in "abc":
        ledger.held(run, None, lease_of(run, name))
    ledger.moved([(lease_of(run, "a"), replace(lease_of(run, "a"), status="ended", version=2))])
    ledger.close()
    successor = Ledger(ledger.folder, "org", lambda: now)
    assert successor.compact(successor.read(), frozenset({"b"})) == 1
    content = successor.read()
    assert set(content.entries) == {"c"}
    assert content.entries["c"].is_complete
    assert len(list(ledger.folder.glob("*.jsonl"))) == 1


def test_a_damaged_file_is_never_tidied_away(ledger: Ledger, run: Run, now: Any) -> None:
    ledger.held(run, None, lease_of(run))
    ledger.close()
    (path,) = ledger.folder.glob("*.jsonl")
    path.write_bytes(b"garbage\n" + path.read_bytes())
    successor = Ledger(ledger.folder, "org", lambda: now)
    assert successor.compact(successor.read(), frozenset()) == 0
    assert path.exists()


def test_reading_makes_nothing(ledger: Ledger) -> None:
    assert ledger.read() == Content()
    assert not ledger.folder.exists()
