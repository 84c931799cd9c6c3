"""What Prometheus reads."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from sym.errors import Unavailable
from sym.observability import page as pages
from sym.observability.page import Page, gauges, lag_gauges
from sym.store.database import Store
from sym.store.log_cursors import Lag, LogCursor
from sym.store.survey import Survey
from sym.store.workers import Worker, register

QUIET = Survey(leases={"active": 0}, overdue_leases=0, first_lease_end=None, queue={}, overdue_events=0, first_due=None,
               first_timer=None, messages=0, workers=0, last_seal=None, first_unsealed=None)  # fmt: skip


@pytest.fixture
def sqlite_store(tmp_path: Path, _sqlite_template: Path) -> Iterator[Store]:
    shutil.copy(_sqlite_template, tmp_path / "store.db")
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    store.close()


def samples(text: str) -> dict[str, float]:
    """Every sample without labels, and those with them, by name."""
    return {one.name: one.value for family in text_string_to_metric_families(text) for one in family.samples}


def shown(page: Page) -> dict[str, float]:
    content, kind = page.render("text/plain")
    assert kind.startswith("text/plain")
    return samples(content.decode())


def test_it_shows_what_is_counted_and_what_the_store_says(sqlite_store: Store, now: datetime) -> None:
    found = shown(Page(sqlite_store, lambda: now))
    assert found["sym_store_up"] == 1
    assert found["sym_build_info"] == 1
    assert found["sym_workers_alive"] == 0
    assert "process_resident_memory_bytes" in found
    assert "sym_last_sweep_timestamp_seconds" in found


def test_it_speaks_openmetrics_to_those_who_do(sqlite_store: Store, now: datetime) -> None:
    content, kind = Page(sqlite_store, lambda: now).render("application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert "sym_store_up" in {family.name for family in parse_openmetrics(content.decode())}


def test_the_store_is_asked_at_most_every_five_seconds(
    sqlite_store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 100.0
    monkeypatch.setattr(pages.time, "monotonic", lambda: moment)
    page = Page(sqlite_store, lambda: now)
    assert shown(page)["sym_workers_alive"] == 0
    with sqlite_store.transaction() as conn:
        register(conn, Worker(executor_id="a", started_at=now, last_seen=now))
    moment += pages.CACHED_SECONDS - 0.1
    assert shown(page)["sym_workers_alive"] == 0
    moment += 0.2
    assert shown(page)["sym_workers_alive"] == 1


def test_a_store_that_cannot_be_read_is_a_metric_and_no_error(tmp_path: Path, now: datetime) -> None:
    found = shown(Page(Store(f"sqlite:///{tmp_path / 'nothing.db'}"), lambda: now))
    assert found["sym_store_up"] == 0
    assert "sym_workers_alive" not in found
    assert "sym_build_info" in found


def test_moments_become_ages_and_nothing_is_zero(now: datetime) -> None:
    def values(found: Survey) -> dict[str, float]:
        return {one.name: one.value for family in gauges(found, now) for one in family.samples}

    quiet = values(QUIET)
    assert {value for name, value in quiet.items()} == {0}
    late = timedelta(seconds=90)
    busy = Survey(
        leases={"active": 4}, overdue_leases=2, first_lease_end=now - late, queue={"decide": 3}, overdue_events=1,
        first_due=now - late, first_timer=now - late, messages=5, workers=6, last_seal=now, first_unsealed=now - late,
    )  # fmt: skip
    assert values(busy) == {
        "sym_leases": 4, "sym_leases_overdue": 2, "sym_lease_overdue_seconds": 90, "sym_queue_depth": 3,
        "sym_events_overdue": 1, "sym_event_overdue_seconds": 90, "sym_timer_lateness_seconds": 90,
        "sym_messages_waiting": 5, "sym_workers_alive": 6,
        "sym_audit_last_seal_timestamp_seconds": now.timestamp(), "sym_audit_unsealed_seconds": 90,
    }  # fmt: skip


def test_it_can_have_an_address_of_its_own(sqlite_store: Store, now: datetime) -> None:
    with Page(sqlite_store, lambda: now).served_at("127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}/metrics"
        assert samples(requests.get(url, timeout=10).text)["sym_store_up"] == 1
        with pytest.raises(Unavailable, match=f"SYM_METRICS: cannot listen on 127.0.0.1:{port}"):
            Page(sqlite_store, lambda: now).served_at("127.0.0.1", port).__enter__()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_how_far_log_destinations_are_behind_is_shown_for_each(now: datetime) -> None:
    cursor = LogCursor(destination_id="1", seal=1, sequence=1, failing_since=now - timedelta(seconds=30))
    behind = [
        Lag(id="1", type="http", slug="siem", cursor=cursor, entries=7, since=now - timedelta(seconds=90)),
        Lag(id="2", type="file", slug="audit", cursor=None, entries=0, since=None),
    ]
    found = {(family.name, *one.labels.values()): one.value for family in lag_gauges(behind, now)
             for one in family.samples}  # fmt: skip
    assert found == {
        ("sym_log_destination_lag_entries", "http", "siem"): 7,
        ("sym_log_destination_lag_entries", "file", "audit"): 0,
        ("sym_log_destination_lag_seconds", "http", "siem"): 90,
        ("sym_log_destination_lag_seconds", "file", "audit"): 0,
        ("sym_log_destination_failing_seconds", "http", "siem"): 30,
        ("sym_log_destination_failing_seconds", "file", "audit"): 0,
    }
