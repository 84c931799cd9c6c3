from __future__ import annotations

from typing import Any

import pytest

from sym.engine import pinned
from sym.errors import Unavailable
from sym.store.database import Store
from sym.store.resources import StoredResource


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the store."""
    asked: list[str] = []
    for name in ("version_of", "require_organization"):
        real = getattr(pinned, name)

        def counted(*arguments: Any, real: Any = real, name: str = name) -> Any:
            asked.append(name)
            return real(*arguments)

        monkeypatch.setattr(pinned, name, counted)
    return asked


def version(engine: Any, number: int) -> StoredResource | None:
    with engine.store.reading() as conn:
        return pinned.pinned_version(conn, engine.ids["flow"], number)


def test_a_version_is_read_once_and_a_new_one_is_another(engine: Any, read: list[str]) -> None:
    engine.flow()
    first = version(engine, 1)
    assert version(engine, 2) is None
    engine.flow("# another")
    second = version(engine, 2)
    assert first is not None
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    assert version(engine, 1) is first
    assert version(engine, 2) is second
    assert len(read) == 3


def test_what_was_not_used_for_long_is_forgotten(engine: Any, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "MOST", 2)
    engine.flow()
    engine.flow("# 2")
    engine.flow("# 3")
    for number in (1, 2, 1, 3, 1):
        version(engine, number)
    assert len(read) == 3
    version(engine, 2)
    assert len(read) == 4


def test_the_organization_is_read_once(engine: Any, read: list[str]) -> None:
    with engine.store.reading() as conn:
        assert [pinned.organization_slug(conn) for _ in range(3)] == ["acme"] * 3
    assert read == ["require_organization"]


def test_a_store_without_one_is_asked_again(store: Store, read: list[str]) -> None:
    for _ in range(2):
        with store.reading() as conn, pytest.raises(Unavailable, match="init-org"):
            pinned.organization_slug(conn)
    assert len(read) == 2
