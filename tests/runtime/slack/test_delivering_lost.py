"""Messages that were posted although nobody noted it are found again."""

from __future__ import annotations

import pytest

from sym.store.jobs import Job, insert_job
from tests.runtime.slack.office import Office, routed

OPS = routed("slack.channel('#ops')")


def test_a_card_whose_worker_died_before_it_noted_it_is_there_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    with monkeypatch.context() as dying:
        dying.setattr(office.told.delivery, "_note_delivery", lambda *_: None)
        run_id = office.told.requested()
    (row,) = office.rows(run_id)
    assert (row.status, row.attempt, len(office.posted("#ops"))) == ("waiting", 1, 1)
    with office.told.store.transaction() as conn:
        insert_job(conn, Job(subject_id=row.id, phase="deliver", attempt=1, due_at=office.clock.now,
                             claimed_by="a worker that is gone"))  # fmt: skip
    assert office.told.sweeper.sweep() == 1
    office.told.work()
    assert len(office.posted("#ops")) == 1
    assert office.rows(run_id)[0].status == "delivered"
