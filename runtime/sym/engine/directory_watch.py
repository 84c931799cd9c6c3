"""Looks after people who have left, in one worker at a time.

Every minute: what accounts that were closed somehow still have in hand is brought to its end, requests that wait for
nobody are sent on, and admins are told what a person has to look at. At the start, and every ``every`` after that, the
accounts here are compared with the directories of people (:mod:`sym.engine.directory`): whoever was closed there while
nobody here listened leaves now.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial

from sym.audit.events import Actor
from sym.engine.directory import Comparison, Directory, Listed, compare, is_too_many, name_of
from sym.engine.directory_news import DirectoryNews
from sym.engine.leaving import leave, leave_again
from sym.engine.outbound import Outbound
from sym.engine.queue import Queue
from sym.engine.rerouting import reroute
from sym.errors import SymError
from sym.store.database import Store
from sym.store.directory import (
    LEFT,
    REFUSED,
    claim,
    forget,
    known_in,
    list_notes,
    name_of_left,
    note,
    note_restored,
    noted,
    unknown_in,
    user_of_left,
)
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.users import User, get_user

log = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
# Before a server that has just started looks again, where another one has looked so shortly before.
AGAIN_SECONDS = 1.0
AT_START = timedelta(seconds=10)
"""Servers that start together compare once."""
RETRY = timedelta(minutes=5)
"""What could not be listed is asked for again so soon."""
Directories = Callable[[], Sequence[Directory]]
"""Every directory there is. Raises Unavailable if that cannot be told now."""


def no_directories() -> Sequence[Directory]:
    """Nothing is connected."""
    return ()


class DirectoryWatch:
    """Looks every minute, and compares at the start and every ``every`` (None: never), until it is stopped."""

    def __init__(self, store: Store, queue: Queue, directories: Directories, outbound: Outbound,
                 *, every: timedelta | None, look_seconds: float = LOOK_SECONDS) -> None:  # fmt: skip
        self._store = store
        self._queue = queue
        self._directories = directories
        self._clock = queue.clock
        self._every = every
        self._look_seconds = look_seconds
        self._news = DirectoryNews(store, outbound)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sym-directory", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def look(self, *, at_start: bool = False) -> bool:
        """Look after what is left of people who are gone, and tell admins, unless another worker just has; whether it
        was this one's turn."""
        now, pause = self._clock(), timedelta(seconds=AGAIN_SECONDS if at_start else self._look_seconds / 2)
        with self._store.transaction() as conn:
            if not claim(conn, "look:", now, pause):
                return False
        for left in leave_again(self._store, self._queue, now):
            log.warning("user %s had left before, and what they still had in hand is ended", left.user.id)
        with self._store.transaction() as conn:
            for run_id in reroute(conn, self._queue, now):
                log.warning("run %s waited for people who are gone and is sent on to admins", run_id)
        self._news.tell(now)
        return True

    def check(self, *, at_start: bool = False) -> bool:
        """Compare with every directory, if it is time and no other worker does; whether it was this one's turn."""
        if self._every is None:
            return False
        directories = self._directories()
        every = min(self._every, AT_START) if at_start else self._every
        with self._store.transaction() as conn:
            if not directories or not claim(conn, "check:", self._clock(), every):
                return False
        listings = {name_of(each): self._listing(each) for each in directories}
        if None in listings.values():
            with self._store.transaction() as conn:
                note(conn, "check:", started_at=self._clock() - self._every + min(RETRY, self._every))
        for directory in directories:
            listing = listings[name_of(directory)]
            if listing is not None and not self._stopped.is_set():
                self._compare(directory, listing, listings)
        return True

    def _listing(self, directory: Directory) -> Sequence[Listed] | None:
        with self._store.transaction() as conn:
            note(conn, name_of(directory), started_at=self._clock())
        try:
            return directory.people()
        except SymError as error:
            log.warning("the people of %s could not be compared: %s", name_of(directory), error)
            return None

    def _compare(self, directory: Directory, listing: Sequence[Listed],
                 listings: dict[str, Sequence[Listed] | None]) -> None:  # fmt: skip
        name = name_of(directory)
        with self._store.reading() as conn:
            known = known_in(conn, directory.service, directory.service_id)
            found = compare(listing, known, unknown_in(conn, directory.service))
        count = len(found.gone) + len(found.missing)
        if is_too_many(count, found.known):
            self._refuse(name, count, found.known)
            return
        gone, is_whole = self._surely_gone(directory, found)
        for user, external_id in gone:
            if not self._stopped.is_set() and not self._is_elsewhere(user, directory, listings):
                self._leave(directory, user, external_id)
        self._note_restored(name, found.restored)
        with self._store.transaction() as conn:
            forget(conn, f"{REFUSED}{name}")
            if is_whole:
                note(conn, name, finished_at=self._clock())

    def _refuse(self, name: str, count: int, known: int) -> None:
        log.error("%s says that %d of %d people have left at once: nobody is touched", name, count, known)
        with self._store.transaction() as conn:
            if noted(conn, f"{REFUSED}{name}") is None:
                note(conn, f"{REFUSED}{name}", started_at=self._clock())

    def _surely_gone(self, directory: Directory, found: Comparison) -> tuple[list[tuple[User, str]], bool]:
        """Who is gone, those who are not listed asked for one by one; and whether all of these could be."""
        gone, is_whole = list(found.gone), True
        for user, external_id in found.missing:
            try:
                there = directory.person(external_id)
            except SymError as error:
                log.warning("%s does not say whether user %s is still there: %s", name_of(directory), user.id, error)
                is_whole = False
                continue
            if there is None or (not there.is_open and there.has_say):
                gone.append((user, external_id))
        return gone, is_whole

    def _is_elsewhere(self, user: User, directory: Directory, listings: dict[str, Sequence[Listed] | None]) -> bool:
        """Whether another directory has an open account of their own for them, or could not be asked."""
        with self._store.reading() as conn:
            identities = identities_of(conn, user.id)
        here = {one.external_user_id for one in identities
                if (one.service, one.service_id) == (directory.service, directory.service_id)}  # fmt: skip
        for identity in identities:
            other = f"{identity.service}:{identity.service_id}"
            if other == name_of(directory) or other not in listings or identity.external_user_id in here:
                continue
            listing = listings[other]
            if listing is None or any(each.id == identity.external_user_id and each.is_open for each in listing):
                log.warning("user %s is gone from %s and goes on in %s", user.id, name_of(directory), other)
                return True
        return False

    def _leave(self, directory: Directory, user: User, external_id: str) -> None:
        name, now = name_of(directory), self._clock()
        known = Identity(user_id=user.id, service=directory.service, service_id=directory.service_id,
                         external_user_id=external_id)  # fmt: skip
        with self._store.transaction() as conn:
            save_identity(conn, known, now)  # what waits for this id alone is found by it
            left = leave(conn, self._queue, user, actor=Actor.SYSTEM, now=now)
            note(conn, name_of_left(name, user.id), started_at=now)
        log.warning("user %s is gone from %s, and from here: %d requests taken back, %d accesses ended",
                    user.id, name, len(left.cancelled), len(left.ended))  # fmt: skip

    def _note_restored(self, name: str, restored: Iterable[User]) -> None:
        now = self._clock()
        with self._store.transaction() as conn:
            for user in restored:
                note_restored(conn, name, user.id, now)
            for row in list_notes(conn, LEFT):
                user_now = get_user(conn, user_of_left(row.directory)[1])
                if user_now is None or user_now.deactivated_at is None:
                    forget(conn, row.directory)  # an admin has let them in again

    def _loop(self) -> None:
        is_new = at_start = True
        while True:
            if self._tried(partial(self.check, at_start=at_start)) is not None:
                at_start = False
            looked = self._tried(partial(self.look, at_start=is_new))
            # What the first comparison has found is not left for a minute because another worker has just looked.
            is_new = is_new and looked is False
            if self._stopped.wait(AGAIN_SECONDS if is_new else self._look_seconds):
                return

    def _tried(self, step: Callable[[], bool]) -> bool | None:
        """What ``step`` answers; None if it failed."""
        try:
            return step()
        except SymError as error:
            log.warning("it could not be looked after people who left: %s", error)
        except Exception:
            log.exception("it could not be looked after people who left; the next try follows")
        return None
