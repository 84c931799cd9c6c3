"""While Slack does not answer, one thread at a time waits for it."""

from __future__ import annotations

from datetime import datetime

import pytest

from sym.engine.outbound import Undeliverable, Unreachable
from sym.slack.delivering_breaker import Breaker
from tests.runtime.engine.conftest import Clock

SILENCE = Unreachable("Slack does not answer (TimeoutError).", code="unreachable")


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


def fails(breaker: Breaker, error: Exception) -> None:
    with pytest.raises(type(error)), breaker.passing():
        raise error


def is_open(breaker: Breaker) -> bool:
    """Whether a call would be let through; it is one that is answered."""
    try:
        with breaker.passing():
            return True
    except Unreachable:
        return False


def test_after_silence_nobody_calls_for_a_second(clock: Clock) -> None:
    breaker = Breaker(clock)
    fails(breaker, SILENCE)
    assert not is_open(breaker)
    clock.forward(seconds=1)
    assert is_open(breaker)
    assert is_open(breaker)


def test_only_one_tries_at_a_time_whether_slack_is_back(clock: Clock) -> None:
    breaker = Breaker(clock)
    fails(breaker, SILENCE)
    clock.forward(seconds=1)
    with breaker.passing():
        assert not is_open(breaker)
    assert is_open(breaker)


def test_a_try_that_is_not_answered_begins_another_pause(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(3):
        fails(breaker, SILENCE)
        assert not is_open(breaker)
        clock.forward(seconds=1)
    assert is_open(breaker)


@pytest.mark.parametrize(
    "answer",
    [Undeliverable("It is archived."), Unreachable("Slower, please.", code="ratelimited", retry_after=30),
     Unreachable("Slack failed (http_503).", code="http_503"), ValueError("a defect")],
)  # fmt: skip
def test_an_answer_of_any_kind_is_no_silence(clock: Clock, answer: Exception) -> None:
    breaker = Breaker(clock)
    fails(breaker, answer)
    assert is_open(breaker)
    fails(breaker, SILENCE)
    clock.forward(seconds=1)
    fails(breaker, answer)
    assert is_open(breaker)
