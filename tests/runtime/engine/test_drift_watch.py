"""What services grant beside what was approved: found, told, and never acted on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from sym.engine.connections.http import Transport
from sym.engine.connections.opening import Connections
from sym.engine.drift_watch import TELL_AGAIN, DriftWatch
from sym.engine.outbound import ErrorReport
from sym.sdk._secrets import SecretPlace
from sym.store.drift import Finding, count_findings, last_check, list_findings
from sym.testing import FlowTest
from sym.testing.strategy_contract import ANYBODY
from tests.fakes.services.okta import TOKEN, Okta

EVERY = timedelta(hours=1)


class Ears:
    """An error logger that is listened to."""

    is_bound = True

    def __init__(self) -> None:
        self.heard: list[ErrorReport] = []

    def report(self, report: ErrorReport) -> None:
        self.heard.append(report)


class Watched:
    """A flow of one strategy on a double of Okta, and a watch over it. The budget is measured by ``seconds``."""

    def __init__(self, targets: Mapping[str, Any], fields: Any = ()) -> None:
        lasts = {"name": "duration", "type": "duration", "allowed_values": ["10d"]}
        self.okta = Okta()
        self.flow = FlowTest(
            ANYBODY, strategy_type="okta", targets=targets, external_id=self.okta.external_id, fields=[lasts, *fields],
            settings=self.okta.settings, secrets=list(self.okta.secrets), addresses=self.okta.addresses,
        )  # fmt: skip
        self.flow.secrets["SYM_SECRET_TOKEN"] = TOKEN
        self.ears = Ears()
        self.seconds = 0.0
        self.watch = self.another()

    def another(self) -> DriftWatch:
        """A watch of another worker."""
        stage = self.flow.stage
        connections = Connections(Transport(self.okta.addresses, pause=lambda _seconds: None))
        return DriftWatch(
            stage.store, connections, SecretPlace(environment=self.flow.secrets), self.ears, stage.clock,  # type: ignore[arg-type]
            every=EVERY, seconds=self._tick,
        )  # fmt: skip

    def _tick(self) -> float:
        return self.seconds

    def check(self) -> list[tuple[str, str]]:
        """Let an hour pass, check, and give what was found: kind and identity."""
        self.flow.travel(hours=1)
        assert self.watch.check()
        return [(item.kind, item.identity) for item in self.findings()]

    def findings(self) -> list[Finding]:
        with self.flow.stage.store.reading() as conn:
            return list_findings(conn)

    def granted(self, target: str = "readers", **inputs: Any) -> Any:
        request = self.flow.request(by="requester@example.com", target=target, duration="10d", **inputs)
        request.approve(by="approver@example.com")
        assert request.is_granted
        return request

    def close(self) -> None:
        self.flow.close()
        self.okta.close()


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched({"readers": {"type": "okta_group", "settings": {"group_id": "00g1"}}})
    yield made
    made.close()


def test_what_was_approved_is_no_drift(watched: Watched) -> None:
    watched.granted()
    assert watched.check() == []
    assert watched.ears.heard == []
    with watched.flow.stage.store.reading() as conn:
        check = last_check(conn)
    assert check is not None
    assert (check.reached, check.checked, check.problems) == (None, 1, [])


def test_access_that_nobody_approved_is_told_and_left_alone(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    watched.granted()
    watched.okta.groups["00g1"] |= {"00u-ada"}
    before = [line for line in watched.okta.log if not line.startswith("GET")]
    assert watched.check() == [("unapproved", "00u-ada")]
    assert watched.okta.groups["00g1"] == {"00u-requester", "00u-ada"}
    assert [line for line in watched.okta.log if not line.startswith("GET")] == before
    (report,) = watched.ears.heard
    assert report.content["what"] == "drift.found"
    assert "nobody approved here the access of 00u-ada" in report.content["text"]
    assert "00u-ada" in caplog.text
    assert TOKEN not in caplog.text
    with watched.flow.stage.store.reading() as conn:
        assert count_findings(conn) == {"unapproved": 1, "vanished": 0}


def test_the_same_drift_is_told_again_after_a_day_only(watched: Watched) -> None:
    watched.okta.groups["00g1"] |= {"00u-ada"}
    for _ in range(24):
        watched.check()
    assert len(watched.ears.heard) == 1
    watched.check()
    assert len(watched.ears.heard) == 2
    assert timedelta(days=1) == TELL_AGAIN
    first, *_ = watched.findings()
    assert first.last_seen_at - first.first_seen_at >= timedelta(hours=24)


def test_drift_that_is_over_is_forgotten(watched: Watched) -> None:
    watched.okta.groups["00g1"] |= {"00u-ada"}
    assert watched.check() != []
    watched.okta.groups["00g1"].clear()
    assert watched.check() == []


def test_a_lease_whose_access_vanished_is_told(watched: Watched) -> None:
    request = watched.granted()
    watched.okta.groups["00g1"].clear()
    assert watched.check() == [("vanished", "00u-requester")]
    (found,) = watched.findings()
    assert found.lease_id
    assert "gone is the access of 00u-requester" in watched.ears.heard[0].content["text"]
    request.revoke(by="requester@example.com")
    assert watched.check() == []


def test_what_has_just_been_granted_or_ended_may_be_shown_late(watched: Watched) -> None:
    watched.flow.travel(hours=1)
    request = watched.granted()
    watched.okta.groups["00g1"].clear()
    assert watched.watch.check()
    assert watched.findings() == []
    watched.okta.groups["00g1"] = {"00u-requester"}
    watched.flow.travel(minutes=55)
    request.revoke(by="requester@example.com")
    watched.okta.groups["00g1"] = {"00u-requester"}
    watched.flow.travel(minutes=6)
    assert watched.watch.check()
    assert watched.findings() == []
    assert watched.check() == [("unapproved", "00u-requester")]


def test_access_that_was_there_before_is_known(watched: Watched) -> None:
    watched.okta.groups["00g1"] = {"00u-requester"}
    request = watched.granted()
    assert watched.check() == []
    request.revoke(by="requester@example.com")
    assert watched.okta.groups["00g1"] == {"00u-requester"}
    assert watched.check() == []


def test_one_worker_checks_at_a_time(watched: Watched) -> None:
    watched.flow.travel(hours=1)
    other = watched.another()
    assert watched.watch.check()
    assert not other.check()
    watched.flow.travel(minutes=59)
    assert not other.check()
    watched.flow.travel(minutes=1)
    assert other.check()
    assert not watched.watch.check()


def test_a_service_that_fails_is_a_problem_and_what_was_known_stays(watched: Watched) -> None:
    watched.okta.groups["00g1"] |= {"00u-ada"}
    watched.check()
    watched.okta.fail_next(503, times=9)
    assert watched.check() == [("unapproved", "00u-ada")]
    with watched.flow.stage.store.reading() as conn:
        check = last_check(conn)
    assert check is not None
    assert len(check.problems) == 1
    assert "could not be asked" in check.problems[0]
    assert TOKEN not in check.problems[0]


def test_a_check_that_runs_out_of_time_goes_on_where_it_stopped() -> None:
    groups = {name: {"type": "okta_group", "settings": {"group_id": name}} for name in ("00g1", "00g2")}
    watched = Watched(groups)
    try:
        asked: list[str] = []
        members = watched.okta.members

        def slow(request: Any, group: str) -> Any:
            asked.append(group)
            watched.seconds += 1000
            return members(request, group)

        slow.route = type(watched.okta).members.route  # type: ignore[attr-defined]
        watched.okta.members = slow  # type: ignore[method-assign]
        watched.check()
        assert len(asked) == 1
        watched.check()
        assert sorted(asked) == ["00g1", "00g2"]
    finally:
        watched.close()


def test_a_target_of_the_form_is_known_by_its_leases_each_value_by_itself() -> None:
    target = {"type": "okta_group", "settings": {}, "field_bindings": ["group_id"]}
    field = {"name": "group_id", "type": "str_list", "allowed_values": ["00g1", "00g2"]}
    watched = Watched({"any": target}, fields=[field])
    try:
        assert watched.check() == []
        watched.granted("any", group_id=["00g1", "00g2"])
        watched.okta.groups["00g2"] = {"00u-ada"}
        assert sorted(watched.check()) == [("unapproved", "00u-ada"), ("vanished", "00u-requester")]
        assert {item.place["target"]["settings"]["group_id"] for item in watched.findings()} == {"00g2"}
    finally:
        watched.close()


def test_moments_are_those_of_the_store(watched: Watched) -> None:
    watched.okta.groups["00g1"] |= {"00u-ada"}
    watched.check()
    (found,) = watched.findings()
    assert isinstance(found.first_seen_at, datetime)
    assert found.first_seen_at == watched.flow.now or watched.flow.now - found.first_seen_at < timedelta(minutes=1)
