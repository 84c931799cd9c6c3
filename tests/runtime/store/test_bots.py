"""Bots are users without an e-mail address."""

from __future__ import annotations

from datetime import datetime

from sym.audit.events import Actor
from sym.store import bots
from sym.store.database import Store
from sym.store.users import create_user, deactivate


def test_bots_are_found_by_state_role_and_name(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        for name, role in (("c", "admin"), ("a", "requester"), ("b", "requester")):
            create_user(conn, username=name, email=None, type="bot", role=role, actor=ada, now=now)
        person = create_user(conn, username="p@x.example", email="p@x.example", type="normal", role="admin", actor=ada,
                             now=now)  # fmt: skip
        closed = deactivate(conn, bots.find_bot(conn, "B").id, actor=ada, now=now)  # type: ignore[union-attr]

        def names(**query: str | int) -> list[str]:
            return [bot.username for bot in bots.page_of_bots(conn, **query)]  # type: ignore[arg-type]

        assert names() == ["a", "b", "c"]
        assert names(role="requester") == ["a", "b"]
        assert names(state="active") == ["a", "c"]
        assert names(state="deactivated") == ["b"]
        assert names(after="a", limit=1) == ["b"]
        assert bots.find_bot(conn, person.username) is None
        assert bots.find_bot(conn, "b", locks=True) == closed
