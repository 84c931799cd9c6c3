"""Directories of people, such as the members of a Slack workspace, and who has left by what one of them says. Pure.

The rules:

* A directory speaks only for those who are at home in it (``has_say``). Who has an account of their own in another
  directory too leaves when none of them has an open account for them any more.
* Whoever is listed as closed has left, and whoever is not listed at all, if asking for them alone does not find them.
* Who is listed once more, open and under the same confirmed e-mail address, has not left: they got a new account there.
* Whoever was never seen there is known by their e-mail address.
* If so many would leave at once that the answer is rather broken, nobody does (:func:`is_too_many`).
* Nobody is let in again because a directory says so, and nobody's role is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sym.store.users import User

MOST_ANYHOW = 4
MOST_SHARE = 0.25
"""Up to four may leave at once whatever their share is; more of them only up to a quarter of those who are known."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Somebody in a directory. ``email`` is in lower case, None unless it is confirmed; ``has_say`` whether the
    directory may speak for them."""

    id: str
    email: str | None
    is_open: bool
    has_say: bool


class Directory(Protocol):
    """The people of one account of a service."""

    @property
    def service(self) -> str:
        """The service, as identities name it: ``slack``."""
        ...

    @property
    def service_id(self) -> str:
        """Its account: ``T123``."""
        ...

    def people(self) -> Sequence[Listed]:
        """Everybody, closed accounts too. Raises Unavailable unless all of it could be read."""
        ...

    def person(self, external_id: str) -> Listed | None:
        """One of them, None if there is nobody of that id. Raises Unavailable."""
        ...


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What one directory says of the accounts here.

    ``gone`` are those it has closed and ``missing`` those it does not list, each with their id there; ``restored``
    those whose account is closed here and open there; ``known`` is how many of the open accounts here it was about."""

    gone: tuple[tuple[User, str], ...]
    missing: tuple[tuple[User, str], ...]
    restored: tuple[User, ...]
    known: int


def name_of(directory: Directory) -> str:
    """What a directory is called in the store: ``slack:T123``."""
    return f"{directory.service}:{directory.service_id}"


def compare(listed: Sequence[Listed], known: Mapping[str, User], unknown: Mapping[str, User]) -> Comparison:
    """Hold ``listed`` against the accounts here: ``known`` by their ids there, ``unknown`` by their addresses."""
    by_id = {person.id: person for person in listed}
    present = {person.email for person in listed if person.is_open and person.has_say and person.email}
    here = {key: user for key, user in known.items() if user.deactivated_at is None}
    gone = [(user, key) for key, user in here.items() if _is_closed(by_id.get(key)) and user.email not in present]
    missing = [(user, key) for key, user in here.items() if key not in by_id and user.email not in present]
    closed = {person.email: person.id for person in listed if _is_closed(person) and person.email}
    listed_unknown = {email: user for email, user in unknown.items() if email in closed or email in present}
    gone += [(user, closed[email]) for email, user in listed_unknown.items() if email not in present]
    open_there = {person.id for person in listed if person.is_open}
    restored = [user for key, user in known.items() if user.deactivated_at is not None and key in open_there]
    return Comparison(gone=tuple(gone), missing=tuple(missing), restored=tuple(restored),
                      known=len(here) + len(listed_unknown))  # fmt: skip


def _is_closed(person: Listed | None) -> bool:
    return person is not None and not person.is_open and person.has_say


def is_too_many(count: int, known: int) -> bool:
    """Whether so many leaving at once is rather a broken answer."""
    return count > MOST_ANYHOW and count > MOST_SHARE * known
