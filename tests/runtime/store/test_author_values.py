"""Values authors keep, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sym.store import author_values
from sym.store.database import Store


@pytest.mark.parametrize("value", [None, 0, False, "", "é", [1, None], {"a": {"b": None}}])
def test_a_value_is_read_as_it_was_put(store: Store, now: datetime, value: Any) -> None:
    for first in (1, value):
        with store.transaction() as conn:
            author_values.lock(conn, "name", now=now)
            author_values.put(conn, "name", first, now=now)
    with store.reading() as conn:
        assert author_values.fetch(conn, "name") == value
        assert author_values.fetch(conn, "other") is None


def test_locking_gives_what_is_there(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert author_values.lock(conn, "name", now=now) is None
        author_values.put(conn, "name", {"a": 1}, now=now)
    with store.transaction() as conn:
        assert author_values.lock(conn, "name", now=now) == {"a": 1}
