"""What went wrong, for the channel of an environment's error logger.

At most ten messages a minute and channel, and the same error once in five minutes: the first one beyond waits for its
turn and then says how many more there were; the audit log has them all. The limits are each process's own. A channel
that cannot be reached is made up for by direct messages to admins.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sym.engine.outbound import ErrorReport, Undeliverable, Unreachable
from sym.slack.delivering import Courier, Message, Place
from sym.store.database import Store
from sym.store.users import list_users

if TYPE_CHECKING:
    from sym.slack.people import People

log = logging.getLogger(__name__)
MOST = 10
WINDOW = timedelta(minutes=1)
SAME_WINDOW = timedelta(minutes=5)
MOST_KNOWN = 1000
MOST_ADMINS = 10
# One that waits for its turn and does not come back, because another process has taken it over.
_LOST = timedelta(minutes=5)
Key = tuple[str, ...]


@dataclass
class _Window:
    posted: deque[datetime] = field(default_factory=deque)
    waiting: str | None = None
    waiting_since: datetime | None = None
    folded: int = 0


class Gate:
    """How many reports may pass, by place: ``most`` in each ``window``. Safe to share between threads."""

    def __init__(self, most: int = MOST, window: timedelta = WINDOW) -> None:
        self._most = most
        self._window = window
        self._lock = threading.Lock()
        self._windows: dict[Key, _Window] = {}

    def enter(self, key: Key, report_id: str, now: datetime) -> int | None:
        """How many others this report speaks for, mostly 0; None if another one speaks for it. Raises Unreachable, with
        how long to wait, for the one that is to speak for the others."""
        with self._lock:
            window = self._windows.setdefault(key, _Window())
            if len(self._windows) > MOST_KNOWN:
                self._forget(now)
            while window.posted and window.posted[0] <= now - self._window:
                window.posted.popleft()
            if window.waiting_since is not None and window.waiting_since <= now - self._window - _LOST:
                window.waiting = window.waiting_since = None
            if len(window.posted) < self._most:
                return self._let_in(window, report_id, now)
            if window.waiting not in (None, report_id):
                window.folded += 1
                return None
            window.waiting, window.waiting_since = report_id, window.waiting_since or now
            raise Unreachable("There are too many reports at once.",
                              retry_after=(window.posted[0] + self._window - now).total_seconds())  # fmt: skip

    def _forget(self, now: datetime) -> None:
        """Forget where nothing was posted for long and nothing waits."""
        old = [key for key, window in self._windows.items()
               if window.waiting is None and window.posted and window.posted[-1] <= now - self._window]  # fmt: skip
        for key in old:
            del self._windows[key]

    def _let_in(self, window: _Window, report_id: str, now: datetime) -> int:
        window.posted.append(now)
        if window.waiting not in (None, report_id):
            return 0
        folded, window.folded = window.folded, 0
        window.waiting = window.waiting_since = None
        return folded

    def give_back(self, key: Key, report_id: str, folded: int, now: datetime) -> None:
        """Undo :meth:`enter` for a report that was not posted after all."""
        with self._lock:
            window = self._windows.setdefault(key, _Window())
            if now in window.posted:
                window.posted.remove(now)
            if folded:
                window.folded += folded
                window.waiting, window.waiting_since = window.waiting or report_id, now


class Reports:
    """Tells error loggers' channels. Safe to share between threads."""

    def __init__(self, courier: Courier, people: People, store: Store, clock: Callable[[], datetime]) -> None:
        self._courier = courier
        self._people = people
        self._store = store
        self._clock = clock
        self._gate = Gate()
        self._same = Gate(1, SAME_WINDOW)

    def tell(self, team: str, report: ErrorReport) -> None:
        """Tell the channel that ``report`` names, or admins if it cannot be reached. Raises Undeliverable if nobody can
        be, Unreachable if it is to be tried again."""
        try:
            if not report.destination["channel"]:
                raise Undeliverable("No environment has an error logger.")
            place = self._courier.place_of(team, {"kind": "slack_channel", "name": report.destination["channel"]})
            self._post(place, report, team)
        except Undeliverable as error:
            log.warning("the error logger's channel cannot be reached, so admins are told: %s", error)
            self._tell_admins(team, report, error)

    @contextmanager
    def _turn(self, key: Key, report: ErrorReport) -> Iterator[tuple[int, int] | None]:
        """Whether a report may pass: for how many others of the place it speaks, and for how many of its kind; None if
        another one speaks for it. It has not passed if the block raises. Raises Unreachable if it has to wait."""
        now, kind = self._clock(), (*key, _fingerprint(report))
        same, more = self._same.enter(kind, report.id, now), None
        try:
            more = None if same is None else self._gate.enter(key, report.id, now)
            yield None if same is None or more is None else (more, same)
        except BaseException:
            if more is not None:
                self._gate.give_back(key, report.id, more, now)
            if same is not None:
                self._same.give_back(kind, report.id, same, now)
            raise

    def _post(self, place: Place, report: ErrorReport, team: str) -> None:
        if report.attempt > 1 and self._courier.find(place, report.id, report.created_at) is not None:
            return
        with self._turn((team, place.channel), report) as turn:
            if turn is not None:
                self._courier.post(place, self._message(report, team, turn))

    def _tell_admins(self, team: str, report: ErrorReport, why: Undeliverable) -> None:
        with self._turn((team, "admins"), report) as turn:
            if turn is None:
                return
            message = self._message(report, team, turn, why=str(why))
            with self._store.reading() as conn:
                users = [user for user in list_users(conn) if user.role == "admin" and user.type == "normal"]
            admins = [user.id for user in users if user.deactivated_at is None][:MOST_ADMINS]
            told, failure = 0, why if admins else Undeliverable(f"{why} And there is no admin to tell.")
            for user_id in admins:
                try:
                    self._tell_admin(team, user_id, report, message)
                    told += 1
                except Undeliverable:
                    continue
                except Unreachable as error:
                    # Those who were told already are not told again.
                    raise Unreachable(error.message, hint=error.hint, retry_after=error.retry_after) from None
            if not told:
                raise failure

    def _tell_admin(self, team: str, user_id: str, report: ErrorReport, message: Message) -> None:
        place = self._courier.place_of(team, {"kind": "person", "user_id": user_id})
        if report.attempt == 1 or self._courier.find(place, report.id, report.created_at) is None:
            self._courier.post(place, message)

    def _message(self, report: ErrorReport, team: str, turn: tuple[int, int], why: str = "") -> Message:
        from sym.slack.blocks.report import report as render

        message = render(report.content, self._people.mention(team), message_id=report.id)
        notes, (more, same) = [], turn
        if same:
            notes.append(f"The same {same} more times since then, which are in the audit log: `symflow audit list`")
        if more:
            notes.append(f"And {more} more since then, which are in the audit log alone: `symflow audit list`")
        if why:
            notes.append(f"You read this because the error logger's channel cannot be reached. {_shown(why)}")
        blocks = [*message["blocks"], *(_note(text) for text in notes)]
        return {"text": message["text"], "blocks": blocks}


def _fingerprint(report: ErrorReport) -> str:
    """What two reports of the same error have in common: everything but the run."""
    content = report.content
    flow = ((content.get("run") or {}).get("flow") or {}).get("name")
    said = "\n".join(str(part) for part in (content.get("what"), content.get("event"), flow, content.get("text")))
    return hashlib.sha256(said.encode()).hexdigest()


def _shown(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:1500]


def _note(text: str) -> Mapping[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
