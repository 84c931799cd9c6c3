"""Runs by what they are about, a page at a time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sym.audit.events import Actor
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.run_pages import RunFilter, runs_page
from sym.store.runs import Run, insert_run
from sym.store.users import create_user


def test_runs_are_filtered_and_paged_newest_first(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
        ann, bob = (create_user(conn, username=name, email=None, type="bot", role="requester", actor=Actor.SYSTEM,
                                now=now) for name in ("ann", "bob"))  # fmt: skip
        for number in range(6):
            at = now + timedelta(minutes=number // 2)  # two at a time
            insert_run(conn, Run(
                id=str(uuid.uuid4()), flow_id=str(uuid.uuid4()), flow_slug="deploy" if number % 3 else "other",
                flow_version=1, requester_id=(ann if number < 4 else bob).id, source="api", fields={"number": number},
                status="approved" if number % 2 else "denied", actors={}, created_at=at, updated_at=at,
            ))  # fmt: skip
    late = now + timedelta(minutes=1)
    with store.reading() as conn:

        def numbers(only: RunFilter) -> set[int]:
            return {run.fields["number"] for run in runs_page(conn, only)}

        assert numbers(RunFilter()) == {0, 1, 2, 3, 4, 5}
        assert numbers(RunFilter(status="approved")) == {1, 3, 5}
        assert numbers(RunFilter(flow="Other")) == {0, 3}
        assert numbers(RunFilter(requester_id=bob.id)) == {4, 5}
        assert numbers(RunFilter(since=late)) == {2, 3, 4, 5}
        assert numbers(RunFilter(until=late)) == {0, 1}
        assert numbers(RunFilter(status="approved", flow="deploy", since=late)) == {5}
        everything, seen = runs_page(conn, RunFilter()), list[Run]()
        assert [run.created_at for run in everything] == sorted((run.created_at for run in everything), reverse=True)
        while page := runs_page(conn, RunFilter(), after=(seen[-1].created_at, seen[-1].id) if seen else None, limit=1):
            seen += page
        assert seen == everything
