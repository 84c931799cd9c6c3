"""Everything a test has kept, to be looked through for what must not be in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from sym.testing import FlowTest


def kept(flow: FlowTest, log: pytest.LogCaptureFixture) -> str:
    """All rows of all tables (audit entries, traces, leases, effects, messages), what people saw, and the log."""
    path = flow.stage.store.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        rows = [str(connection.execute(f'select * from "{name}"').fetchall()) for name in names]
    return "\n".join([*rows, log.text, str(vars(flow.outbox))])
