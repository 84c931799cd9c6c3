from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sym.log_destinations import segment
from sym.sdk.log_destination import Destination, LogDestinationError
from tests.fakes.services.segment import WRITE_KEY, Segment
from tests.runtime.log_destinations.conftest import entries, ids, integration, opened, secret
from tests.runtime.log_destinations.contract import DestinationContract, SlowContract
from tests.shelf_settings import optional, required, secrets

HOST = "api.segment.io"


def test_it_sends_through_a_segment_integration_under_a_name_it_may_do_without() -> None:
    assert segment.integration == "segment"
    assert not hasattr(segment, "integration_optional")
    assert required(segment.Settings) == set()
    assert optional(segment.Settings) == {"stream_name", "personal_values"}
    assert secrets(segment.Settings) == set()


def destination(double: Segment, key: str = WRITE_KEY, name: str = "write_key_secret", **more: Any) -> Destination:
    view = integration("segment", "acme", {name: secret("key")})
    return opened("segment", {}, addresses={HOST: double.url}, secrets={"key": key}, integration=view, **more)


class TestSegment(SlowContract, DestinationContract):
    keeps_doubles = False

    @pytest.fixture
    def double(self) -> Iterator[Segment]:
        made = Segment()
        yield made
        made.close()

    def open(self, double: Any, **more: Any) -> Destination:
        return destination(double, **more)

    def received(self, double: Any) -> list[dict[str, Any]]:
        return [call["properties"] for call in double.calls]

    def test_a_call_says_who_did_what_when(self, double: Segment, now: datetime) -> None:
        sent = entries(2)
        destination(double, name="api_token_secret").send(sent, now)
        first, second = double.calls
        assert first["userId"] == "0b5f2a9e-0000-4000-8000-000000000001"
        assert second["anonymousId"] == "system"
        assert (first["event"], first["messageId"]) == ("run.approved", sent[0].id)
        assert first["timestamp"] == sent[0].recorded_at.isoformat()

    def test_throttled_it_raises_and_everything_arrives_later(self, double: Segment, now: datetime) -> None:
        double.throttle_next()
        with pytest.raises(LogDestinationError) as raised:
            destination(double).send(entries(4), now)
        assert raised.value.retryable is True
        destination(double).send(entries(4), now)
        assert ids(self.received(double)) == ids(entries(4))

    def test_an_answer_that_is_lost_leaves_nothing_twice(self, double: Segment, now: datetime) -> None:
        double.crash_next()
        with pytest.raises(LogDestinationError):
            destination(double).send(entries(4), now)
        destination(double).send(entries(4), now)
        assert ids(self.received(double)) == ids(entries(4))

    def test_a_wrong_key_cannot_be_told_from_a_right_one(self, double: Segment, now: datetime) -> None:
        destination(double, key="wrong").send(entries(4), now)
        assert (double.calls, double.dropped) == ([], 4)

    def test_one_that_is_too_long_is_sent_without_its_fields(self, double: Segment, now: datetime) -> None:
        destination(double).send(entries(30, reason="x" * 40_000), now)
        assert ids(self.received(double)) == ids(entries(30))
        assert all("omitted" in entry["fields"] for entry in self.received(double))

    def test_many_go_in_several_requests(self, double: Segment, now: datetime) -> None:
        destination(double).send(entries(60, reason="x" * 20_000), now)
        assert ids(self.received(double)) == ids(entries(60))
        assert double.requests > 1
