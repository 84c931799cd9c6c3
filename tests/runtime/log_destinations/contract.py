"""What every log destination keeps to."""

from __future__ import annotations

import contextlib
import logging
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, ClassVar

import pytest

from sym.sdk.log_destination import Destination, LogDestinationError
from tests.runtime.log_destinations.conftest import RUNS, entries, ids


class DestinationContract(ABC):
    """Subclass it as ``Test…``; ``double`` is a fixture with what the destination sends to."""

    secrets: ClassVar[tuple[str, ...]] = ()
    keeps_doubles: ClassVar[bool] = True
    """Whether what comes twice is there twice."""

    @abstractmethod
    def open(self, double: Any) -> Destination:
        """The destination, with good credentials."""

    @abstractmethod
    def received(self, double: Any) -> list[dict[str, Any]]:
        """The entries that arrived."""

    def test_entries_arrive_whole_and_in_the_order_of_their_run(self, double: Any, now: datetime) -> None:
        sent = entries(7)
        self.open(double).send(sent, now)
        found = self.received(double)
        assert sorted(ids(found)) == ids(sent)
        by_id = {entry["id"]: entry for entry in found}
        assert [by_id[entry.id] for entry in sent] == [entry.document for entry in sent]
        for run_id in RUNS:
            mine = [entry for entry in found if entry["run"]["srn"].endswith(run_id)]
            assert ids(mine) == sorted(ids(mine))

    def test_batches_follow_each_other(self, double: Any, now: datetime) -> None:
        for first in (1, 4):
            self.open(double).send(entries(3, first=first, seal=first), now)
        found = self.received(double)
        assert sorted(ids(found)) == ids(entries(6))

    def test_what_is_sent_again_has_the_same_ids(self, double: Any, now: datetime) -> None:
        for _ in range(2):
            self.open(double).send(entries(4), now)
        found = ids(self.received(double))
        assert set(found) == set(ids(entries(4)))
        assert len(found) == (8 if self.keeps_doubles else 4)

    def test_one_of_several_kilobytes_arrives_whole(self, double: Any, now: datetime) -> None:
        self.open(double).send(entries(2, reason="ü" * 5000), now)
        assert {entry["fields"]["reason"] for entry in self.received(double)} == {"ü" * 5000}


class VendorContract(DestinationContract):
    """For a destination whose double is a ServiceVendor."""

    @abstractmethod
    def deny(self, double: Any) -> Destination:
        """The destination, with credentials that are not taken."""

    def test_refused_credentials_raise_what_says_so_and_no_secret(
        self, double: Any, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with pytest.raises(LogDestinationError) as raised:
            self.deny(double).send(entries(2), now)
        assert raised.value.error_code in ("LogDestination:UNAUTHORIZED", "LogDestination:FORBIDDEN")
        assert self.received(double) == []
        for secret in self.secrets:
            assert secret not in f"{raised.value} {raised.value!r} {caplog.text}"

    def test_throttled_it_raises_and_everything_arrives_later(self, double: Any, now: datetime) -> None:
        for _ in range(3):  # AWS's client tries three times by itself
            double.throttle_next()
        with pytest.raises(LogDestinationError) as raised:
            self.open(double).send(entries(4), now)
        assert raised.value.retryable is True
        double.faults.clear()
        self.open(double).send(entries(4), now)
        assert set(ids(self.received(double))) == set(ids(entries(4)))

    def test_an_answer_that_is_lost_means_the_same_entries_again(self, double: Any, now: datetime) -> None:
        double.crash_next()
        # AWS's client tries again by itself: then nobody hears of it.
        with contextlib.suppress(LogDestinationError):
            self.open(double).send(entries(4), now)
        assert not double.faults
        self.open(double).send(entries(4), now)
        assert set(ids(self.received(double))) == set(ids(entries(4)))


class SlowContract:
    """For a destination over HTTP."""

    def test_a_service_that_does_not_answer_is_given_up_in_time(
        self, double: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import threading

        held, answer = threading.Event(), double.answer

        def slow(request: Any) -> Any:
            held.wait(20)
            return answer(request)

        monkeypatch.setattr(double, "answer", slow)
        try:
            with pytest.raises(LogDestinationError) as raised:
                self.open(double, timeout=0.2).send(entries(2), now)  # type: ignore[attr-defined]
        finally:
            held.set()
        assert raised.value.error_code == "LogDestination:TIMEOUT"
        assert raised.value.retryable is True
