"""What holds of every destination that puts records into a stream, of which AWS may refuse some."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sym.sdk.log_destination import Destination, LogDestinationError
from tests.fakes.services.streams import STREAM, Streams
from tests.runtime.log_destinations.conftest import RUNS, entries, ids, integration, opened
from tests.runtime.log_destinations.contract import VendorContract


class StreamContract(VendorContract):
    """``type`` is the destination's; ``received`` what arrived in the stream."""

    type: str

    @pytest.fixture
    def double(self) -> Iterator[Streams]:
        made = Streams()
        yield made
        made.close()

    def open(self, double: Any) -> Destination:
        view = integration("permission_context", double.external_id, double.settings)
        return opened(self.type, {"stream_name": STREAM}, integration=view)

    def deny(self, double: Any) -> Destination:
        double.is_forbidden = True
        return self.open(double)

    def test_records_that_are_refused_are_sent_again_before_what_follows_in_their_run(
        self, double: Streams, now: datetime
    ) -> None:
        double.refuse_next = [{0}, {0}, set(), {1}]
        self.open(double).send(entries(6), now)
        found = self.received(double)
        assert sorted(ids(found)) == ids(entries(6))
        for run_id in RUNS:
            mine = ids([entry for entry in found if entry["run"]["srn"].endswith(run_id)])
            assert mine == sorted(mine)

    def test_records_that_are_refused_for_good_stop_their_run(self, double: Streams, now: datetime) -> None:
        double.refuse_next = [set(), {0}, {0}, {0}]
        sent = entries(6)
        with pytest.raises(LogDestinationError, match="Slow down") as raised:
            self.open(double).send(sent, now)
        found = ids(self.received(double))
        assert set(ids(sent[: raised.value.delivered])) <= set(found)
        assert raised.value.delivered == 2
        assert sent[2].id not in found
        assert sent[4].id not in found
        self.open(double).send(sent[raised.value.delivered :], now)
        assert set(ids(self.received(double))) == set(ids(sent))

    def test_a_stream_that_is_not_there_says_so(self, double: Streams, now: datetime) -> None:
        view = integration("permission_context", double.external_id, double.settings)
        with pytest.raises(LogDestinationError, match="ResourceNotFoundException"):
            opened(self.type, {"stream_name": "other"}, integration=view).send(entries(1), now)
