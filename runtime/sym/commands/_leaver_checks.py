"""What ``symflow doctor`` looks at of people who left: whether directories are compared and believed, and which tokens
of bots somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sym.store.directory import REFUSED, list_notes
from sym.store.leavers import flagged_tokens
from sym.store.trust import trust_of_leavers

if TYPE_CHECKING:
    from sym.store.database import Store

Row = tuple[str, str, str]
"""Result (ok or warning), detail, and what to do."""
TURNS = 3
"""A directory may be this many turns behind."""


def leaver_rows(store: Store, every: timedelta | None, now: datetime) -> Iterator[Row]:
    """What is found: a row that is ok if that is nothing. ``every`` is how often directories are compared."""
    with store.reading() as conn:
        refused = [row.directory.removeprefix(REFUSED) for row in list_notes(conn, REFUSED)]
        known = list_notes(conn, "slack:")
        tokens = [token for token in flagged_tokens(conn, since=None) if token.expires_at > now]
        trusted = [trust.id for trust in trust_of_leavers(conn)]
    found = False
    for name in refused:
        found = True
        yield ("warning", f"{name} says that more than a quarter of the people known here have left at once: nobody's "
               "account was closed.", "Look at the workspace; if it is true: symflow users delete EMAIL")  # fmt: skip
    for row in known:
        is_behind = row.finished_at is None or (every is not None and row.finished_at < now - TURNS * every)
        if is_behind and row.directory not in refused:
            found = True
            since = f"since {row.finished_at:%Y-%m-%d %H:%M} UTC" if row.finished_at else "yet"
            yield ("warning", f"The people of {row.directory} could not be compared {since}.",
                   "A worker's log says why: look for its name there.")  # fmt: skip
    if tokens:
        found = True
        named = ", ".join(token.jti for token in tokens[:3])
        yield ("warning", f"{len(tokens)} tokens of bots were issued by people who have left: {named}.",
               "Issue new ones, and revoke these: symflow tokens revoke JTI")  # fmt: skip
    if trusted:
        found = True
        yield ("warning", f"Trust in CI jobs was added by people who have left: {', '.join(trusted[:3])}.",
               "Remove it, and add what is still needed: symflow trust remove ID")  # fmt: skip
    if not found:
        compared = ", ".join(row.directory for row in known)
        yield ("ok", f"Nothing to look at; compared: {compared or 'no directory'}.", "")
