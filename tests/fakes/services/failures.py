"""What every strategy does when its service fails, beside the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.testing.flow_test import FlowTest
from sym.testing.strategy_calls import StrategyCalls


class StrategyFailures:
    """Tests for classes that inherit StrategyContract. ``vendor`` is a ServiceVendor with ``hidden()``, every
    credential there is, and ``lose(email)``, which lets somebody not be known."""

    @pytest.mark.parametrize(("status", "advice"), [(401, "put valid ones into the integration's secrets"),
                                                    (403, "permissions")])  # fmt: skip
    def test_a_refusal_says_what_to_do_and_is_not_tried_again(
        self, calls: StrategyCalls, vendor: Any, status: int, advice: str
    ) -> None:
        vendor.fail_next(status, times=9)
        with pytest.raises(CallFailed, match=advice) as raised:
            calls.grant()
        assert not raised.value.retryable
        assert not vendor.has_access(calls.identity, vendor.target)

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_failure_that_passes_is_tried_again(self, calls: StrategyCalls, vendor: Any, status: int) -> None:
        for call in (calls.grant, calls.end):
            vendor.fail_next(status, times=9)
            with pytest.raises(CallFailed) as raised:
                call()
            assert raised.value.retryable
            vendor.faults.clear()
            call()

    def test_a_request_outlives_a_service_that_fails_for_a_while(self, staged: FlowTest, vendor: Any) -> None:
        request = staged.request(by="requester@example.com", target=vendor.target, duration="1h")
        vendor.fail_next(503, times=2)
        request.approve(by="approver@example.com")
        for _ in range(20):
            if request.is_granted:
                break
            staged.travel(minutes=1)
        assert request.is_granted, request

    def test_somebody_the_service_does_not_know_is_told_so(self, staged: FlowTest, vendor: Any) -> None:
        vendor.lose("requester@example.com")
        request = staged.request(by="requester@example.com", target=vendor.target, duration="1h")
        request.approve(by="approver@example.com")
        for _ in range(20):
            staged.travel(minutes=5)
        assert not request.is_granted, request
        assert "errored" in repr(request), request

    def test_no_credential_is_seen_anywhere(
        self, staged: FlowTest, vendor: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        request = staged.request(by="requester@example.com", target=vendor.target, duration="1h")
        vendor.fail_next(500, times=4)
        request.approve(by="approver@example.com")
        staged.travel(minutes=30)
        vendor.fail_next(403, times=2)
        staged.travel(hours=2)
        seen = caplog.text + kept(staged)
        assert len(seen) > 1000
        hidden: Sequence[str] = vendor.hidden()
        assert hidden
        assert [secret for secret in hidden if secret in seen] == []


def kept(flow: FlowTest) -> str:
    """Everything the store holds: runs, audit, traces."""
    with flow.stage.store.reading() as conn:
        tables = [row[0] for row in conn.exec_driver_sql("select name from sqlite_master where type = 'table'")]
        return "\n".join(repr(tuple(row)) for name in tables for row in conn.exec_driver_sql(f'select * from "{name}"'))
