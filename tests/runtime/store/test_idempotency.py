"""Keys are claimed by one, answered once, and free again when nothing came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.errors import Conflict
from sym.store.database import Store
from sym.store.idempotency import ABANDONED, LIFETIME, Claim, claim, claim_of, find, finish, give_back, purge_answers
from sym.store.users import create_user

KEY, OTHER = "k" * 64, "r" * 64
Claiming = Callable[..., Claim]


@pytest.fixture
def claiming(store: Store, now: datetime) -> Claiming:
    """Makes claims of one user's key."""
    with store.transaction() as conn:
        user = create_user(conn, username="ci", email=None, type="bot", role="requester", actor=Actor.SYSTEM, now=now)

    def make(later: timedelta = timedelta(), request: str = OTHER) -> Claim:
        return claim_of(user.id, KEY, request, now=now + later)

    return make


def claimed(store: Store, wanted: Claim) -> Claim | None:
    with store.transaction() as conn:
        return claim(conn, wanted)


def test_the_first_has_it_and_others_see_that(store: Store, claiming: Claiming) -> None:
    first = claiming()
    assert claimed(store, first) is None
    assert claimed(store, claiming(timedelta(seconds=1))) == first


def test_an_answer_is_there_for_a_day(store: Store, claiming: Claiming) -> None:
    first = claiming()
    claimed(store, first)
    with store.transaction() as conn:
        finish(conn, first, {"status": 200})
    again = claimed(store, claiming(LIFETIME - timedelta(seconds=1)))
    assert again is not None
    assert again.response == {"status": 200}
    assert claimed(store, claiming(LIFETIME)) is None
    assert claimed(store, claiming(LIFETIME + timedelta(seconds=1))) is not None


def test_what_comes_late_is_undone(store: Store, claiming: Claiming) -> None:
    """A server that was frozen finds that another has taken over: nothing it did in that transaction stays."""
    late, next_ = claiming(), claiming(ABANDONED)
    claimed(store, late)
    assert claimed(store, claiming(ABANDONED - timedelta(seconds=1))) == late
    assert claimed(store, next_) is None
    with pytest.raises(Conflict), store.transaction() as conn:
        finish(conn, late, {"status": 200})
    with store.transaction() as conn:
        give_back(conn, late)
        finish(conn, next_, {"status": 201})
    with pytest.raises(Conflict), store.transaction() as conn:
        finish(conn, next_, {"status": 202})


def test_a_key_that_led_to_nothing_is_free_and_one_with_an_answer_is_not(store: Store, claiming: Claiming) -> None:
    first = claiming()
    claimed(store, first)
    with store.transaction() as conn:
        give_back(conn, first)
    assert claimed(store, first) is None
    with store.transaction() as conn:
        finish(conn, first, {"status": 200})
        give_back(conn, first)
        held = find(conn, first.user_id, KEY)
    assert held is not None
    assert held.response == {"status": 200}


def test_old_answers_are_forgotten(store: Store, claiming: Claiming) -> None:
    first = claiming()
    claimed(store, first)
    with store.transaction() as conn:
        assert purge_answers(conn, before=first.expires_at - timedelta(seconds=1)) == 0
        assert purge_answers(conn, before=first.expires_at) == 1
        assert find(conn, first.user_id, KEY) is None


def test_of_many_at_once_one_has_it(store: Store, claiming: Claiming) -> None:
    barrier, found = threading.Barrier(6), []

    def run(number: int) -> None:
        wanted = claiming(timedelta(milliseconds=number))
        barrier.wait()
        found.append(claimed(store, wanted))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [item is None for item in found].count(True) == 1
    assert len(found) == 6
