"""A backup of a whole store, put back row by row: as if the database had been restored."""

from __future__ import annotations

from typing import Any

from sym.store.database import Store
from sym.store.tables import metadata


class Backup:
    """What the store holds now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.reading() as conn:
            self._rows: dict[str, list[Any]] = {
                table.name: [dict(row._mapping) for row in conn.execute(table.select())]
                for table in metadata.sorted_tables
            }

    def restore(self) -> None:
        """Make it hold that again, and nothing else."""
        with self._store.transaction() as conn:
            for table in reversed(metadata.sorted_tables):
                conn.execute(table.delete())
            for table in metadata.sorted_tables:
                if self._rows[table.name]:
                    conn.execute(table.insert(), self._rows[table.name])
