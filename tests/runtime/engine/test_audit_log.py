"""The log in a real store, sealed with a real key: every kind of corruption shows, at its first bad entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sym.audit.events import ActionRefused, Actor
from sym.audit.seals import make_seal
from sym.audit.verification import Verifier
from sym.engine.anchors import FileAnchors, anchor_of
from sym.engine.audit_keys import checking, signing
from sym.engine.audit_log import export_all, export_chosen, verify_export, verify_store
from sym.engine.keys import KeyDirectory
from sym.engine.retention import prune
from sym.errors import Invalid
from sym.store import audit, tables
from sym.store.audit import Filter
from sym.store.database import Connection, Store
from sym.store.seals import get_seal, last_seal, seal_next

ENTRY, PERSONAL, SEAL = tables.audit_entry, tables.audit_personal, tables.audit_seal
RUN = "66666666-0000-4000-8000-000000000001"


class Log:
    """A store with three seals of three entries each, and one entry that is not sealed."""

    def __init__(self, store: Store, folder: Path, now: datetime) -> None:
        self.store, self.now = store, now
        self.keys = KeyDirectory(folder / "keys")
        self.keys.create(now)
        self.anchor = folder / "anchors.jsonl"
        for _ in range(3):
            self.append(3)
            self.seal()
        self.append(1)

    def append(self, count: int, run_id: str | None = RUN) -> None:
        with self.store.transaction() as conn:
            for number in range(count):
                event = ActionRefused(actor=Actor("u1", "ada@acme.example", "Ada"), action="approve", code="X",
                                      message=f"no {number}", run_id=run_id)  # fmt: skip
                audit.append(conn, event, now=self.now)

    def seal(self, at: datetime | None = None) -> None:
        with self.store.transaction() as conn:
            assert seal_next(conn, sign=signing(self.keys), now=at or self.now)
            newest = last_seal(conn)
        assert newest is not None
        FileAnchors(self.anchor).append(anchor_of(newest, now=self.now))

    def verify(self, *, anchored: bool = False) -> Verifier:
        check = checking(self.keys.public_keys("audit"))
        return verify_store(self.store, check, anchor=str(self.anchor) if anchored else None)

    def first(self, *, anchored: bool = False) -> str:
        return str(self.verify(anchored=anchored).first)

    def sequences(self) -> list[int]:
        with self.store.reading() as conn:
            return list(conn.execute(sa.select(ENTRY.c.sequence).order_by(ENTRY.c.sequence)).scalars())


@pytest.fixture
def log(store: Store, tmp_path: Path, now: datetime) -> Log:
    return Log(store, tmp_path, now)


def test_a_log_as_it_was_written_is_good_with_and_without_its_anchors(log: Log) -> None:
    for anchored in (False, True):
        verifier = log.verify(anchored=anchored)
        assert (verifier.bad, verifier.seals, verifier.sealed, verifier.unsealed) == (0, 3, 9, 1)


def edit_document(conn: Connection) -> None:
    document = conn.execute(sa.select(ENTRY.c.document).where(ENTRY.c.sequence == 5)).scalar_one()
    document["state"]["status"] = "completed"
    conn.execute(ENTRY.update().where(ENTRY.c.sequence == 5).values(document=document))


def edit_and_hash_anew(conn: Connection) -> None:
    from sym.audit.chain import entry_hash

    edit_document(conn)
    document = conn.execute(sa.select(ENTRY.c.document).where(ENTRY.c.sequence == 5)).scalar_one()
    conn.execute(ENTRY.update().where(ENTRY.c.sequence == 5).values(entry_hash=entry_hash(document)))


def edit_personal(conn: Connection) -> None:
    entry_id = conn.execute(sa.select(ENTRY.c.id).where(ENTRY.c.sequence == 5)).scalar_one()
    conn.execute(PERSONAL.update().where(PERSONAL.c.entry_id == entry_id, PERSONAL.c.path == "/actor/username")
                 .values(value="eve@acme.example"))  # fmt: skip


def remove_personal(conn: Connection) -> None:
    entry_id = conn.execute(sa.select(ENTRY.c.id).where(ENTRY.c.sequence == 5)).scalar_one()
    conn.execute(PERSONAL.delete().where(PERSONAL.c.entry_id == entry_id, PERSONAL.c.path == "/actor/username"))


def edit_column(conn: Connection) -> None:
    conn.execute(ENTRY.update().where(ENTRY.c.sequence == 5).values(name="run.approved"))


def backdate(conn: Connection) -> None:
    moment = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    conn.execute(ENTRY.update().where(ENTRY.c.sequence == 5).values(recorded_at=moment))


def remove(conn: Connection) -> None:
    remove_personal(conn)
    entry_id = conn.execute(sa.select(ENTRY.c.id).where(ENTRY.c.sequence == 5)).scalar_one()
    conn.execute(PERSONAL.delete().where(PERSONAL.c.entry_id == entry_id))
    conn.execute(ENTRY.delete().where(ENTRY.c.sequence == 5))


def unseal(conn: Connection) -> None:
    conn.execute(ENTRY.update().where(ENTRY.c.sequence == 5).values(seal_id=None))


def swap(conn: Connection) -> None:
    for old, new in ((5, 500), (6, 5), (500, 6)):
        conn.execute(ENTRY.update().where(ENTRY.c.sequence == old).values(sequence=new))


def move_to_another_seal(conn: Connection) -> None:
    conn.execute(ENTRY.update().where(ENTRY.c.sequence == 5).values(seal_id=3))


@pytest.mark.parametrize(
    "corrupt",
    [edit_document, edit_and_hash_anew, edit_personal, remove_personal, edit_column, backdate, remove, unseal, swap,
     move_to_another_seal],
)  # fmt: skip
def test_whatever_is_done_to_a_sealed_entry_shows_at_that_entry(
    log: Log, corrupt: Callable[[Connection], None]
) -> None:
    with log.store.transaction() as conn:
        corrupt(conn)
    assert log.first().startswith("seal 2, entry 5"), log.first()


def test_an_entry_that_was_added_to_a_seal_is_named(log: Log) -> None:
    with log.store.transaction() as conn:
        conn.execute(ENTRY.update().where(ENTRY.c.sequence == 10).values(seal_id=2))
    assert log.first().startswith("seal 2, entry 10")
    assert "it was added" in log.first()


def test_an_entry_that_is_not_sealed_yet_is_checked_too(log: Log) -> None:
    with log.store.transaction() as conn:
        conn.execute(ENTRY.update().where(ENTRY.c.sequence == 10).values(entry_hash="00" * 32))
    assert log.first().startswith("entry 10 (")


@pytest.fixture
def careless(log: Log) -> Log:
    """The same, with seals that nothing protects."""
    with log.store.transaction() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(sa.text("alter table sym_audit_entry drop constraint fk_sym_audit_entry_seal_id"))
    return log


def without_keys(log: Log, work: Callable[[Connection], None]) -> None:
    with log.store._engine.connect() as conn:
        if conn.dialect.name == "sqlite":
            conn.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with conn.begin():
            work(conn)
    log.store.close()


def test_a_seal_that_was_removed_shows(careless: Log) -> None:
    without_keys(careless, lambda conn: conn.execute(SEAL.delete().where(SEAL.c.id == 2)))  # type: ignore[func-returns-value, arg-type, return-value]
    problems = [str(found) for found in careless.verify().findings]
    assert "seal 3: seal 2 is missing" in problems


def test_seals_that_changed_places_show(careless: Log) -> None:
    def reorder(conn: Connection) -> None:
        for old, new in ((2, 50), (3, 2), (50, 3)):
            conn.execute(SEAL.update().where(SEAL.c.id == old).values(id=new))

    without_keys(careless, reorder)
    assert careless.first().startswith("seal 2")


def test_a_cut_tail_shows_by_the_anchor_and_orphans_without(careless: Log) -> None:
    without_keys(careless, lambda conn: conn.execute(SEAL.delete().where(SEAL.c.id == 3)))  # type: ignore[func-returns-value, arg-type, return-value]
    assert "it was sealed, and its seal is gone" in careless.first()
    with careless.store.transaction() as conn:
        conn.execute(
            PERSONAL.delete().where(PERSONAL.c.entry_id.in_(sa.select(ENTRY.c.id).where(ENTRY.c.sequence > 6)))
        )
        conn.execute(ENTRY.delete().where(ENTRY.c.sequence > 6))
    assert careless.verify().bad == 0
    assert "seal 3 was anchored" in careless.first(anchored=True)


def test_a_chain_made_anew_with_another_key_shows_from_the_start(log: Log, tmp_path: Path) -> None:
    others = KeyDirectory(tmp_path / "other")
    others.create(log.now)
    _seal_anew(log, others)
    assert "seal 1" in log.first()
    assert "a key that is not known" in log.first()


def test_a_chain_made_anew_with_the_stolen_key_shows_by_the_anchor(log: Log) -> None:
    with log.store.transaction() as conn:
        edit_and_hash_anew(conn)
    _seal_anew(log, log.keys)
    assert log.verify().bad == 0
    assert log.first(anchored=True).startswith("seal 2: its hash is not the one that was anchored")


def _seal_anew(log: Log, keys: KeyDirectory) -> None:
    from sym.audit.seals import EntryHead

    with log.store.transaction() as conn:
        previous = None
        for number in (1, 2, 3):
            names = list(EntryHead.__dataclass_fields__)
            rows = conn.execute(sa.select(*(ENTRY.c[name] for name in names)).where(ENTRY.c.seal_id == number))
            heads = [EntryHead(**row._mapping) for row in rows]
            old = get_seal(conn, number)
            assert old is not None
            previous = make_seal(previous, heads, sign=signing(keys), now=old.sealed_at)
            values = {key: value for key, value in vars(previous).items() if key != "number"}
            conn.execute(SEAL.update().where(SEAL.c.id == number)
                         .values({**values, "leaves": [list(leaf) for leaf in previous.leaves]}))  # fmt: skip


def test_an_edit_shows_whatever_the_key_was_rotated_to(log: Log) -> None:
    log.keys.add("audit", log.now + timedelta(seconds=1))
    log.seal()
    assert log.verify().bad == 0
    with log.store.transaction() as conn:
        edit_document(conn)
    assert log.first().startswith("seal 2, entry 5")


def test_erasing_a_value_is_no_corruption(log: Log) -> None:
    with log.store.transaction() as conn:
        for entry_id in conn.execute(sa.select(ENTRY.c.id)).scalars().all():
            assert audit.erase(conn, entry_id, now=log.now)
    assert log.verify(anchored=True).bad == 0


def test_exports_verify_offline_and_show_what_was_done_to_them(log: Log) -> None:
    check = checking(log.keys.public_keys("audit"))
    lines = list(export_all(log.store, personal=True, now=log.now))
    verifier, is_full = verify_export(lines, check, anchor=str(log.anchor))
    assert (verifier.bad, verifier.sealed, verifier.unsealed, is_full) == (0, 9, 1, True)
    assert verify_export(export_all(log.store, personal=False, now=log.now), check)[0].bad == 0
    bad = [line.replace("ada@acme.example", "eve@acme.example") if '"sequence":5' in line else line for line in lines]
    assert "entry 5" in str(verify_export(bad, check)[0].first)
    with pytest.raises(Invalid, match="line 1"):
        verify_export(["x"], check)


def test_chosen_entries_are_exported_with_proofs(log: Log) -> None:
    log.append(2, run_id=None)
    log.seal()
    check = checking(log.keys.public_keys("audit"))
    for only, count in (
        (Filter(run_id=RUN), 10), (Filter(name="action.refused"), 12), (Filter(name="run.approved"), 0),
        (Filter(user_id="u1"), 12), (Filter(user_id="u2"), 0), (Filter(flow="deploy"), 0), (Filter(since=log.now), 12),
        (Filter(until=log.now), 0),
    ):  # fmt: skip
        lines = list(export_chosen(log.store, only, personal=True, now=log.now))
        verifier, is_full = verify_export(lines, check)
        assert (verifier.bad, verifier.sealed, verifier.unsealed, is_full) == (0, count, 0, False), only
    assert json.loads(lines[-1]) == {"kind": "end", "seals": 0, "entries": 0}


def test_a_log_verifies_and_is_exported_in_batches(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    from sym.engine import audit_log
    from sym.store import seals

    monkeypatch.setattr(audit_log, "_PAGE", 2)
    monkeypatch.setattr(audit_log, "next_seals", lambda conn, after: seals.next_seals(conn, after, most_entries=4))
    log.append(6)
    check = checking(log.keys.public_keys("audit"))
    assert (log.verify().bad, log.verify().sealed, log.verify().unsealed) == (0, 9, 7)
    verifier, _ = verify_export(export_all(log.store, personal=True, now=log.now), check)
    assert (verifier.bad, verifier.sealed, verifier.unsealed) == (0, 9, 7)


def test_what_was_pruned_is_attested_and_more_than_that_is_missing(log: Log) -> None:
    log.seal(log.now + timedelta(days=10))
    sign = signing(log.keys)
    assert prune(log.store, before=log.now, sign=sign, now=log.now) == 0
    assert prune(log.store, before=log.now + timedelta(days=1), sign=sign, now=log.now) == 9
    assert log.sequences() == [10, 11]
    verifier = log.verify(anchored=True)
    assert (verifier.bad, verifier.pruned, verifier.sealed, verifier.unsealed) == (0, 9, 1, 1)
    check = checking(log.keys.public_keys("audit"))
    assert verify_export(export_all(log.store, personal=True, now=log.now), check)[0].bad == 0
    with log.store.transaction() as conn:
        entry_id = conn.execute(sa.select(ENTRY.c.id).where(ENTRY.c.sequence == 10)).scalar_one()
        conn.execute(PERSONAL.delete().where(PERSONAL.c.entry_id == entry_id))
        conn.execute(ENTRY.delete().where(ENTRY.c.sequence == 10))
        conn.execute(SEAL.update().where(SEAL.c.id == 4).values(leaves=None))
    assert log.first().startswith("seal 4")


def test_a_forged_word_about_pruning_is_not_believed(log: Log, tmp_path: Path) -> None:
    others = KeyDirectory(tmp_path / "other")
    others.create(log.now)
    prune(log.store, before=log.now + timedelta(days=1), sign=signing(others), now=log.now)
    problems = [found.problem for found in log.verify().findings]
    assert any("what was pruned is not genuine" in problem for problem in problems)
    assert log.verify().bad > 3
