"""Many people at once: a table of who there should be and who they are elsewhere, compared with who there is.

What differs is a plan. It is carried out as a whole or not at all, and only if it is still what whoever asked has seen.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sym.audit.events import Actor
from sym.engine.administration.identities import checked_account, checked_value
from sym.engine.administration.people import (
    Newcomer,
    change_name,
    change_role,
    checked_email,
    checked_name,
    checked_role,
    create_person,
    deactivate_person,
    no_admin_left,
)
from sym.engine.queue import Queue
from sym.errors import Conflict, Invalid
from sym.store.database import Connection
from sym.store.identities import Identity, all_identities, delete_identity, lock_claims, save_identity
from sym.store.users import People, User, find_user, list_people, lock_admins, users_with_ids

OWN_COLUMN = "sym:cloud"
DETAILS = ("role", "first_name", "last_name")
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table: who is meant, by e-mail address, and what there should be.

    ``details`` has role, first_name and last_name as far as something is said of them; ``identities`` who they are by
    (type, external id), "" for nobody. What is not mentioned stays as it is.
    """

    line: int
    email: str
    details: Mapping[str, str] = field(default_factory=dict)
    identities: Mapping[Key, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to happen to one person: ``action`` is create, update or delete. ``details`` and ``identities`` say what
    will be in place of what is, (before, after) by name; "" is nothing."""

    action: str
    email: str
    line: int = 0
    user_id: str = ""
    details: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    identities: Mapping[Key, tuple[str, str]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The change as it is shown."""
        values = {**self.details, **{f"{kind}:{account}": pair for (kind, account), pair in self.identities.items()}}
        changes = [{"name": name, "before": before, "after": after} for name, (before, after) in values.items()]
        return {"action": self.action, "email": self.email, "changes": changes}


class InvalidTable(Invalid):
    """The table has mistakes; ``problems`` are (place, what is wrong), a place being a line and a column."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        listed = "; ".join(f"{place}: {text}" for place, text in problems)
        super().__init__(f"Nothing was changed. {listed}", path=problems[0][0], code="UserAPI:INVALID_TABLE")
        self.problems = list(problems)


class PeopleTable:
    """A table against the store, in one transaction: nobody else changes who is who meanwhile."""

    def __init__(self, conn: Connection, rows: Sequence[Row], *, deletes_missing: bool) -> None:
        self._conn = conn
        self._rows = rows
        self._deletes_missing = deletes_missing
        self._problems: list[tuple[int, str, str]] = []

    def plan(self) -> list[Change]:
        """What has to change, in the order of the lines, deletions last. Raises InvalidTable, naming every mistake, and
        Conflict if nobody would be an admin any more."""
        lock_claims(self._conn)
        self._admins = lock_admins(self._conn)
        self._stored = all_identities(self._conn)
        people = list_people(self._conn, People(state="active"))
        self._people = {key_of(user): user for user in people}
        self._refuse_repeated()
        changes = [change for row in self._rows if (change := self._change(row)) is not None]
        self._refuse_taken(changes)
        if self._problems:
            ordered = sorted(self._problems, key=lambda problem: problem[0])
            raise InvalidTable([(f"line {line}, column {column}", text) for line, column, text in ordered])
        changes += self._deletions()
        self._refuse_without_admin(changes)
        return changes

    def missing(self) -> list[str]:
        """Whom there is and the table does not name."""
        named = {row.email.lower() for row in self._rows}
        return [key for key in self._people if key not in named]

    def _deletions(self) -> list[Change]:
        if not self._deletes_missing:
            return []
        gone = [(key, self._people[key]) for key in self.missing()]
        return [Change(action="delete", email=key, user_id=user.id) for key, user in gone]

    def _refuse_repeated(self) -> None:
        counts = Counter(row.email.lower() for row in self._rows)
        for row in self._rows:
            if counts[row.email.lower()] > 1:
                self._say(row.line, OWN_COLUMN, f"{row.email} is in the table more than once.")

    def _change(self, row: Row) -> Change | None:
        user = self._people.get(row.email.lower())
        if user is None:
            self._check_newcomer(row)
        details = self._details(row, user)
        identities = self._identities(row, user)
        if user is None:
            details = {"role": ("", row.details.get("role") or "member"), **details}
            return Change(action="create", email=row.email.lower(), line=row.line, details=details,
                          identities=identities)  # fmt: skip
        if not details and not identities:
            return None
        return Change(action="update", email=key_of(user), line=row.line, user_id=user.id, details=details,
                      identities=identities)  # fmt: skip

    def _check_newcomer(self, row: Row) -> None:
        try:
            checked_email(row.email)
        except Invalid as error:
            self._say(row.line, OWN_COLUMN, error.message)
            return
        found = find_user(self._conn, email=row.email) or find_user(self._conn, username=row.email)
        if found is not None:
            closed = f"{row.email} is deactivated: `symflow users reactivate` opens the account again."
            self._say(row.line, OWN_COLUMN, closed if found.deactivated_at else f"{row.email} is no person.")

    def _details(self, row: Row, user: User | None) -> dict[str, tuple[str, str]]:
        changes = {}
        for name in DETAILS:
            before = str(getattr(user, name) or "") if user else ""
            after = row.details.get(name, before)
            if after == before or (name == "role" and not after):  # no role is no wish for another one
                continue
            try:
                after = checked_role(after) if name == "role" else checked_name(after, name) or ""
            except Invalid as error:
                self._say(row.line, name, str(error))
                continue
            if after != before:
                changes[name] = (before, after)
        return changes

    def _identities(self, row: Row, user: User | None) -> dict[Key, tuple[str, str]]:
        mine = {_key(one): one.external_user_id for one in self._stored if user is not None and one.user_id == user.id}
        known = {_key(one) for one in self._stored}
        changes = {}
        for key, after in row.identities.items():
            before = mine.get(key, "")
            if after == before:
                continue
            try:
                if after:
                    checked_account(*key, known)
                    checked_value(after)
            except Invalid as error:
                self._say(row.line, ":".join(key), str(error))
                continue
            changes[key] = (before, after)
        return changes

    def _refuse_taken(self, changes: Sequence[Change]) -> None:
        """Nobody may be given what somebody else will have when all is done; two may change places."""
        changed = {(change.user_id, key) for change in changes for key in change.identities}
        holders = {
            (*_key(one), one.external_user_id): one.user_id
            for one in self._stored if (one.user_id, _key(one)) not in changed
        }  # fmt: skip
        names = {user.id: user.email or user.username for user in users_with_ids(self._conn, set(holders.values()))}
        given: dict[tuple[str, str, str], str] = {}
        for change in changes:
            for key, (_, after) in change.identities.items():
                if not after:
                    continue
                holder = given.get((*key, after)) or names.get(holders.get((*key, after), ""))
                if holder:
                    self._say(change.line, ":".join(key), f"{after} is {holder} already.")
                given.setdefault((*key, after), change.email)

    def _refuse_without_admin(self, changes: Sequence[Change]) -> None:
        left = set(self._admins)
        for change in changes:
            role = change.details.get("role", ("", ""))[1]
            name = change.user_id or change.email
            if change.action == "delete" or role not in ("", "admin"):
                left.discard(name)
            elif role == "admin":
                left.add(name)
        if self._admins and not left:
            raise no_admin_left(next(key for key, user in self._people.items() if user.id in self._admins))

    def _say(self, line: int, column: str, text: str) -> None:
        self._problems.append((line, column, text))


def carry_out(conn: Connection, queue: Queue, changes: Sequence[Change], *, actor: Actor, now: datetime) -> None:
    """Do what a plan of this transaction says."""
    # Who becomes an admin does so before the last one ceases to be one.
    ordered = sorted(changes, key=lambda change: change.details.get("role", ("", ""))[1] != "admin")
    for change in ordered:
        if change.action != "delete":
            settled = _settled(conn, change, actor=actor, now=now)
            _settle_identities(conn, settled, actor=actor, now=now)
    for change in ordered:
        if change.action == "delete":
            deactivate_person(conn, queue, change.user_id, actor=actor, now=now)


def _settle_identities(conn: Connection, change: Change, *, actor: Actor, now: datetime) -> None:
    for (service, service_id), (_, after) in change.identities.items():
        if after:
            identity = Identity(user_id=change.user_id, service=service, service_id=service_id, external_user_id=after)
            save_identity(conn, identity, now, actor=actor)
        else:
            delete_identity(conn, change.user_id, service, service_id, actor=actor, now=now)


def _settled(conn: Connection, change: Change, *, actor: Actor, now: datetime) -> Change:
    """The change with the id of whom it is about, who is there now and has their role and name."""
    after = {name: pair[1] for name, pair in change.details.items()}
    if change.action == "create":
        newcomer = Newcomer(email=change.email, **after)
        return replace(change, user_id=create_person(conn, newcomer, actor=actor, now=now).id)
    names = {name: text for name, text in after.items() if name != "role"}
    if names:
        change_name(conn, change.user_id, names, actor=actor, now=now)
    if "role" in after:
        change_role(conn, change.user_id, after["role"], actor=actor, now=now)
    return change


def digest(changes: Sequence[Change]) -> str:
    """What stands for a plan: another plan has another one."""
    text = json.dumps([[change.document(), change.user_id] for change in changes], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def require_seen(changes: Sequence[Change], seen: str | None) -> None:
    """Raises Conflict if ``seen`` is the digest of another plan."""
    if seen is not None and seen != digest(changes):
        raise Conflict("Something else has changed meanwhile, and nothing was done.", hint="Look at the plan again.",
                       code="UserAPI:PLAN_CHANGED")  # fmt: skip


def key_of(user: User) -> str:
    """What names a person in the table: the e-mail address; the username of whoever has none."""
    return user.email or user.username


def _key(identity: Identity) -> Key:
    return identity.service, identity.service_id
