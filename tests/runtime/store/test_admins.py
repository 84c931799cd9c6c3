from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sym.audit.events import Actor
from sym.store.admins import has_other_admin
from sym.store.database import Store
from sym.store.users import User, create_user, deactivate, set_role


def test_another_admin_is_a_person_with_an_open_account(
    store: Store, add_user: Callable[..., User], ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        one, two = add_user(conn, "one"), add_user(conn, "two")
        set_role(conn, one.id, "admin", actor=ada, now=now)
        set_role(conn, two.id, "member", actor=ada, now=now)
        create_user(conn, username="bot", email=None, type="bot", role="admin", actor=ada, now=now)
        assert not has_other_admin(conn, one.id)
        assert has_other_admin(conn, two.id)
        set_role(conn, two.id, "admin", actor=ada, now=now)
        assert has_other_admin(conn, one.id)
        deactivate(conn, two.id, actor=ada, now=now)
        assert not has_other_admin(conn, one.id)
