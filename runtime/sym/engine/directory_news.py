"""What admins hear of people who left: tokens of bots to look at, who is back in a directory, and answers of one that
are not believed. Told through the error loggers of all environments; where there is none, the surface tells admins."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sym.engine.error_loggers import error_loggers
from sym.engine.outbound import ErrorReport, Outbound
from sym.observability import watch
from sym.store.database import Connection, Store
from sym.store.directory import LEFT, REFUSED, Note, forget, list_notes, note, noted, user_of_left
from sym.store.leavers import flagged_tokens
from sym.store.tokens import Token
from sym.store.users import User, get_user, users_with_ids

log = logging.getLogger(__name__)
TELL_AGAIN = timedelta(days=1)
MOST_NAMED = 20
TOKENS = "told:tokens"
NOBODY_IN_PARTICULAR = {"kind": "error_logger", "integration_id": "", "channel": ""}
"""The destination where no environment has an error logger."""


class DirectoryNews:
    """Tells it once; what could not be told is told the next time."""

    def __init__(self, store: Store, outbound: Outbound) -> None:
        self._store = store
        self._outbound = outbound

    def tell(self, now: datetime) -> None:
        """Tell what there is to tell."""
        with self._store.reading() as conn:
            tokens = flagged_tokens(conn, since=_told_until(conn))
            people = {user.id: user for user in users_with_ids(conn, [token.user_id for token in tokens])}
            restored = [row for row in list_notes(conn, LEFT) if row.finished_at is not None]
            refused = [row for row in list_notes(conn, REFUSED) if _is_due(row, now)]
            back = {row.directory: get_user(conn, user_of_left(row.directory)[1]) for row in restored}
        if tokens and self._report(_about_tokens(tokens, people)):
            with self._store.transaction() as conn:
                note(conn, TOKENS, started_at=max(token.flagged_at for token in tokens if token.flagged_at))
        for row in restored:
            user = back[row.directory]
            if user is None or user.deactivated_at is None or self._report(_about_return(row, user)):
                with self._store.transaction() as conn:
                    forget(conn, row.directory)
        for row in refused:
            if self._report(_about_refusal(row)):
                with self._store.transaction() as conn:
                    note(conn, row.directory, finished_at=now)

    def _report(self, content: dict[str, Any]) -> bool:
        """Whether it was told, or there is nobody who could be."""
        log.warning("%s: %s", content["what"], content["text"])
        watch.reported(content["what"])
        if not self._outbound.is_bound:
            return True
        with self._store.reading() as conn:
            destinations = error_loggers(conn) or [NOBODY_IN_PARTICULAR]
        told = 0
        for destination in destinations:
            report = ErrorReport(id=str(uuid.uuid4()), attempt=1, run_id="", destination=destination, content=content)
            try:
                self._outbound.report(report)
                told += 1
            except Exception as error:  # noqa: BLE001 - the log has it, and it is tried again
                log.warning("a report about %s could not be delivered (%s)", content["what"], type(error).__name__)
        return told > 0


def _told_until(conn: Connection) -> datetime | None:
    row = noted(conn, TOKENS)
    return row.started_at if row else None


def _is_due(row: Note, now: datetime) -> bool:
    return row.finished_at is None or row.finished_at <= now - TELL_AGAIN


def _about_tokens(tokens: list[Token], people: dict[str, User]) -> dict[str, Any]:
    lines = (
        f"{people[token.user_id].username if token.user_id in people else token.user_id}: the token {token.jti}"
        f"{f' ({token.label})' if token.label else ''}, issued by {token.issued_by}"
        for token in tokens
    )
    return _content("token.flagged", _cut(lines),
                    "Whoever issued them has left, and may have kept a copy. Issue new ones, and revoke these: "
                    "symflow tokens revoke JTI")  # fmt: skip


def _about_return(row: Note, user: User) -> dict[str, Any]:
    directory, _ = user_of_left(row.directory)
    return _content("person.restored", f"{user.username} is active again in {directory}, and their account here is "
                    "still closed.", f"If they are to come back: symflow users reactivate {user.username}")  # fmt: skip


def _about_refusal(row: Note) -> dict[str, Any]:
    directory = row.directory.removeprefix(REFUSED)
    return _content("directory.refused", f"By what {directory} says, more than a quarter of the people known here have "
                    "left at once. That is rather a broken answer, so nobody's account was closed.",
                    "Look at the workspace. If it is true, close the accounts of those who left: symflow users delete "
                    "EMAIL. It is compared again every hour.")  # fmt: skip


def _content(what: str, text: str, hint: str) -> dict[str, Any]:
    return {"what": what, "event": "directory", "user": None, "run": None, "text": text, "hint": hint,
            "retry_at": None, "instructions": None}  # fmt: skip


def _cut(lines: Iterable[str]) -> str:
    def shown() -> Iterator[str]:
        for number, line in enumerate(lines):
            if number == MOST_NAMED:
                yield "… and more."
                return
            yield line

    return "\n".join(shown())
