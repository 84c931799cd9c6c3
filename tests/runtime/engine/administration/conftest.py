"""An organization with an admin and two members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from sym.audit.events import Actor
from sym.engine.queue import Queue
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.users import User, create_user


class Office:
    """The store, its people by name, and when it is."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.queue = Queue(store, lambda: now)
        self.users: dict[str, User] = {}

    def join(self, name: str, role: str = "member") -> User:
        """Somebody gets an account."""
        with self.store.transaction() as conn:
            self.users[name] = create_user(
                conn, username=f"{name}@x.example", email=f"{name}@x.example", type="normal", role=role,
                actor=Actor.SYSTEM, now=self.now,
            )  # fmt: skip
        return self.users[name]


def populate(store: Store, now: datetime) -> Office:
    """The organization acme: root, ann and bob."""
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
    office = Office(store, now)
    office.join("root", "admin")
    office.join("ann")
    office.join("bob")
    return office


@pytest.fixture
def office(store: Store, now: datetime) -> Office:
    """The organization, on SQLite and on PostgreSQL."""
    return populate(store, now)


@pytest.fixture
def together() -> Callable[..., list[BaseException | None]]:
    """Calls functions at the same moment, in threads; gives what each has raised."""
    import threading

    def call(*functions: Callable[[], object]) -> list[BaseException | None]:
        raised: list[BaseException | None] = [None] * len(functions)
        barrier = threading.Barrier(len(functions))

        def run(index: int) -> None:
            barrier.wait(10)
            try:
                functions[index]()
            except Exception as error:
                raised[index] = error

        threads = [threading.Thread(target=run, args=(index,)) for index in range(len(functions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return raised

    return call
