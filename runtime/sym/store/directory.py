"""When directories of people were compared with the accounts here, and what was seen there that people are to hear of.

Every row has a name. ``slack:T123`` is a directory: when a comparison with it began and when one last came to its end.
The names of everything else begin with a word and a colon of their own, see the functions below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from sym.store import rows
from sym.store.tables import directory_check as table
from sym.store.tables import identity as identity_table
from sym.store.tables import user as user_table
from sym.store.users import User

_BEGIN = {
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
}
_USER = tuple(field.name for field in fields(User))
REFUSED, LEFT = "refused:", "left:"
"""What names begin with: of directories whose comparison was refused, and of accounts that a directory has closed."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One row. Of a directory: when a comparison began and when one last ended. Of a refused one: since when, and when
    people were told last. Of an account a directory closed: since when, and since when it is open there again."""

    directory: str
    started_at: datetime | None = None
    finished_at: datetime | None = None


def claim(conn: Connection, name: str, now: datetime, every: timedelta) -> bool:
    """Begin what is called ``name``, unless somebody has within ``every``; whether it is this one's turn."""
    conn.execute(_BEGIN[conn.dialect.name], {"directory": name})
    due = sa.or_(table.c.started_at.is_(None), table.c.started_at <= now - every)
    done = conn.execute(table.update().where(table.c.directory == name, due).values(started_at=now))
    return done.rowcount == 1


def note(conn: Connection, name: str, *, started_at: datetime | None = None,
         finished_at: datetime | None = None) -> None:  # fmt: skip
    """Write down what is given; what is not stays as it is."""
    conn.execute(_BEGIN[conn.dialect.name], {"directory": name})
    given = {"started_at": started_at, "finished_at": finished_at}
    changes = {key: value for key, value in given.items() if value is not None}
    if changes:
        conn.execute(table.update().where(table.c.directory == name).values(changes))


def noted(conn: Connection, name: str) -> Note | None:
    """What is written down under a name."""
    return rows.one(conn, Note, table.select().where(table.c.directory == name))


def forget(conn: Connection, name: str) -> None:
    """Write it off."""
    conn.execute(table.delete().where(table.c.directory == name))


def list_notes(conn: Connection, prefix: str) -> list[Note]:
    """Everything whose name begins so, by name."""
    query = table.select().where(table.c.directory.startswith(prefix, autoescape=True))
    return rows.many(conn, Note, query.order_by(table.c.directory))


def name_of_left(directory: str, user_id: str) -> str:
    """The name of what is noted of an account that ``directory`` has closed."""
    return f"{LEFT}{directory}:{user_id}"


def user_of_left(name: str) -> tuple[str, str]:
    """The directory and the user's id in a name of :func:`name_of_left`."""
    directory, _, user_id = name.removeprefix(LEFT).rpartition(":")
    return directory, user_id


def note_restored(conn: Connection, directory: str, user_id: str, now: datetime) -> bool:
    """Note that an account that ``directory`` had closed is open there again; whether that is news."""
    known = noted(conn, name_of_left(directory, user_id))
    if known is None or known.finished_at is not None:
        return False
    note(conn, known.directory, finished_at=now)
    return True


def known_in(conn: Connection, service: str, service_id: str) -> dict[str, User]:
    """The people, open accounts and closed ones, who have an identity in an account of a service, by their ids there.
    An id that several accounts have is nobody's."""
    joined = user_table.join(identity_table, identity_table.c.user_id == user_table.c.id)
    query = sa.select(*user_table.c, identity_table.c.external_user_id).select_from(joined).where(
        identity_table.c.service == service, identity_table.c.service_id == service_id, user_table.c.type == "normal",
    )  # fmt: skip
    found: dict[str, list[User]] = {}
    for row in conn.execute(query):
        found.setdefault(row._mapping["external_user_id"], []).append(
            User(**{name: row._mapping[name] for name in _USER})
        )
    return {external_id: users[0] for external_id, users in found.items() if len(users) == 1}


def unknown_in(conn: Connection, service: str) -> Mapping[str, User]:
    """The people with an open account and no identity in any account of a service, by their e-mail address."""
    known = sa.select(identity_table.c.user_id).where(identity_table.c.service == service)
    query = user_table.select().where(
        user_table.c.type == "normal", user_table.c.deactivated_at.is_(None), user_table.c.email.is_not(None),
        user_table.c.id.not_in(known),
    )  # fmt: skip
    return {str(user.email): user for user in rows.many(conn, User, query)}
