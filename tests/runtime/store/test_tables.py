from __future__ import annotations

import sqlalchemy as sa

from sym.store.columns import UtcDateTime
from sym.store.tables import metadata


def test_every_table_carries_our_prefix() -> None:
    # The engine's queue keeps its tables, which have none, in the same database.
    assert all(name.startswith("sym_") for name in metadata.tables)


def test_every_time_is_a_moment_in_utc_and_named_like_one() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            is_time = isinstance(column.type, (sa.DateTime, UtcDateTime))
            assert isinstance(column.type, UtcDateTime) == is_time
            assert is_time == (column.name.endswith(("_at", "_since", "_until")) or column.name == "last_seen"), column


def test_every_key_and_index_has_a_name() -> None:
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
        assert all(index.name for index in table.indexes), table.name
