"""``sym.sdk.integrations.store``, used by real author code through the worker."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from sym.engine.author_modules import store as module
from sym.engine.author_modules.asked import Asked
from sym.engine.outbound import Unbound
from sym.engine.views import load_world
from sym.sdk.exceptions import SymException


@pytest.fixture
def asked(engine: Any) -> Asked:
    engine.flow(access=False)
    accepted = engine.request()
    with engine.store.reading() as conn:
        world = load_world(conn, engine.run(accepted.run_id), engine.event(accepted.event_id))
    nobody: Any = None
    return Asked(store=engine.store, world=world, clock=engine.clock, outbound=Unbound(), host=nobody)


def fetch(asked: Asked, path: Any) -> Any:
    return module.fetch(asked, {"path": path})


def put(asked: Asked, path: Any, value: Any) -> None:
    module.put(asked, {"path": path, "value": value})


def test_what_was_put_is_there_below_and_above(asked: Asked) -> None:
    assert fetch(asked, "team") is None
    assert fetch(asked, "team.oncall.name") is None
    put(asked, "team.oncall.name", "ada")
    put(asked, "team.oncall.since", [2026, {"month": 3}])
    put(asked, "team.size", 4)
    put(asked, "other", False)
    assert fetch(asked, "team.oncall.name") == "ada"
    assert fetch(asked, "team") == {"oncall": {"name": "ada", "since": [2026, {"month": 3}]}, "size": 4}
    assert fetch(asked, "other") is False
    put(asked, "team.oncall", {"name": "bob"})
    assert fetch(asked, "team") == {"oncall": {"name": "bob"}, "size": 4}
    put(asked, "team", None)
    assert fetch(asked, "team.size") is None


@pytest.mark.parametrize("path", ["team.size.unit", "team.size.unit.deep"])
def test_a_path_through_a_plain_value_is_taken(asked: Asked, path: str) -> None:
    put(asked, "team.size", 4)
    for use in (lambda: fetch(asked, path), lambda: put(asked, path, 1)):
        with pytest.raises(SymException) as caught:
            use()
        assert caught.value.error_code == "Store:PATH_TAKEN"
    assert fetch(asked, "team") == {"size": 4}


@pytest.mark.parametrize("path", ["", ".", "a..b", "a.", None, 7, "x" * 201, "a.\x00"])
def test_what_is_no_path_is_refused(asked: Asked, path: Any) -> None:
    with pytest.raises(SymException) as caught:
        put(asked, path, 1)
    assert caught.value.error_code == "Store:INVALID_PATH"


def test_there_is_an_end_to_what_is_kept(asked: Asked) -> None:
    put(asked, "big.one", "x" * 200_000)
    with pytest.raises(SymException) as caught:
        put(asked, "big.two", "x" * 100_000)
    assert caught.value.error_code == "Store:TOO_LARGE"
    assert fetch(asked, "big.two") is None


def test_puts_at_the_same_time_lose_nothing(asked: Asked) -> None:
    together = threading.Barrier(6)

    def work(number: int) -> None:
        together.wait(timeout=30)
        put(asked, f"counts.n{number}", number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert fetch(asked, "counts") == {f"n{number}": number for number in range(6)}


def test_authors_code_keeps_values_from_run_to_run(engine: Any) -> None:
    engine.flow(
        """
from sym.sdk.integrations import store

@hook
def on_request(event):
    seen = (store.fetch("seen.by_name") or 0) + 1
    store.put("seen.by_name", seen)
    try:
        store.fetch("seen.by_name.deeper")
    except KeyError as error:
        return ApprovalTemplate.deny(seen=seen, because=str(error))
""",
        access=False,
    )
    engine.requested()
    engine.clock.now += timedelta(seconds=1)
    denied = engine.named(engine.requested(), "deny")
    assert denied.fields["seen"] == 2
    assert "leads through a plain value" in denied.fields["because"]
