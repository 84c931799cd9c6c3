"""One writer at a time, and first those whom a person waits for."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

from sym.store.turns import IN_A_ROW, Turns, awaited


def line_up(turns: Turns, order: list[str], names: list[str]) -> list[threading.Thread]:
    """Threads that wait for a turn, in this order; those whose name begins with ``p`` are waited for by a person."""

    def take(name: str) -> None:
        with ExitStack() as stack:
            if name.startswith("p"):
                stack.enter_context(awaited())
            assert turns.acquire(30)
        order.append(name)
        turns.release()

    threads = []
    for count, name in enumerate(names, 1):
        threads.append(threading.Thread(target=take, args=(name,)))
        threads[-1].start()
        deadline = time.monotonic() + 30
        while len(turns._awaited) + len(turns._others) < count:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    return threads


def test_whom_a_person_waits_for_comes_first_but_not_for_ever() -> None:
    turns, order = Turns(), list[str]()
    assert turns.acquire(1)
    threads = line_up(turns, order, ["a", "b", *(f"p{number}" for number in range(IN_A_ROW + 2))])
    turns.release()
    for thread in threads:
        thread.join(30)
    assert order == ["p0", "p1", "p2", "p3", "a", "p4", "p5", "b"]
    assert turns.acquire(0)


def test_who_waits_in_vain_leaves_the_line() -> None:
    turns = Turns()
    assert turns.acquire(1)
    assert not turns.acquire(0.01)
    turns.release()
    assert turns.acquire(0)


def test_one_at_a_time() -> None:
    turns, inside, most = Turns(), [0], [0]

    def work() -> None:
        for _ in range(200):
            assert turns.acquire(30)
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            inside[0] -= 1
            turns.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == [1]
