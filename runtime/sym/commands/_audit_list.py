"""Entries of the audit log, from a server or from the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.store.database import Store

Documents = list[dict[str, Any]]
_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which entries are meant: those of ``run`` (None: any), ``limit`` at most, after the one with the number
    ``after``."""

    run: str | None
    after: int
    limit: int


def from_store(store: Store, page: Page) -> Documents:
    """The entries in a store, oldest first."""
    from sym.store.audit import entries

    with store.reading() as conn:
        return entries(conn, run_id=page.run, after_sequence=page.after, limit=page.limit)


def from_server(api: Api, page: Page) -> Documents:
    """The entries that a server gives an admin, oldest first. Raises Refused for anybody else."""
    found: Documents = []
    after: int | None = page.after
    while after is not None and len(found) < page.limit:
        query = {"run": page.run, "after": after, "limit": min(_PAGE, page.limit - len(found))}
        answer = api.send("GET", "/audit", query=query)
        found += answer["entries"]
        after = answer["next_after"]
    return found
