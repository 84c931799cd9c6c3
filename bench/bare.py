"""The yardstick: a hand-written loop over a job table with SKIP LOCKED. A state, its jobs, an audit row per step, and
nothing else: no flows, no people, no leases, no evidence. Five commits per life cycle, which is the least there is."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

NEXT = {"open": "requested", "grant": "escalated", "revoke": "deescalated"}
TABLES = """
create table bare_run (id text primary key, state text not null, version integer not null);
create table bare_job (id {key}, run_id text not null, phase text not null, due_at {real} not null);
create index bare_due on bare_job (due_at);
create table bare_audit (id {key}, run_id text not null, name text not null, at {real} not null, data text not null);
"""


class Bare:
    """The loop on a SQLite file or a PostgreSQL database; ``act(phase, run)`` is called for grants and ends."""

    def __init__(self, url: str, act: Callable[[str, str], None], *, seconds: float) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.url, self.act, self.seconds = url.removeprefix("sqlite:///"), act, seconds
        self.woken, self.stopped, self.local = threading.Event(), False, threading.local()

    def connect(self) -> Any:
        if not hasattr(self.local, "connection"):
            if self.is_sqlite:
                self.local.connection = sqlite3.connect(self.url, isolation_level=None, timeout=30)
                self.local.connection.executescript("pragma journal_mode=wal; pragma synchronous=full")
            else:
                import psycopg

                self.local.connection = psycopg.connect(self.url, autocommit=True)
        return self.local.connection

    def create(self) -> None:
        kinds = ("integer primary key", "real") if self.is_sqlite else ("bigserial primary key", "double precision")
        for statement in TABLES.format(key=kinds[0], real=kinds[1]).split(";")[:-1]:
            self.connect().execute(statement)

    def run(self, statement: str, *values: Any) -> Any:
        return self.connect().execute(statement if self.is_sqlite else statement.replace("?", "%s"), values)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("begin immediate" if self.is_sqlite else "begin")
        try:
            yield
            self.run("commit")
        except BaseException:
            self.run("rollback")
            raise

    def move(self, run_id: str, state: str, following: str | None = None, delay: float = 0) -> None:
        data = json.dumps({"run": run_id, "state": state})
        if not self.run("update bare_run set state=?, version=version+1 where id=?", state, run_id).rowcount:
            self.run("insert into bare_run values (?, ?, 1)", run_id, state)
        self.run(
            "insert into bare_audit (run_id, name, at, data) values (?, ?, ?, ?)", run_id, state, time.time(), data
        )
        if following:
            due = time.time() + delay
            self.run("insert into bare_job (run_id, phase, due_at) values (?, ?, ?)", run_id, following, due)

    def submit(self, run_id: str, state: str, following: str) -> None:
        """One commit of a surface: a request (``prompted``, ``open``) or a decision (``approved``, ``grant``)."""
        with self.transaction():
            self.move(run_id, state, following)
        self.woken.set()

    def take(self) -> bool:
        lock = "" if self.is_sqlite else "for update skip locked"
        find = f"select id, run_id, phase from bare_job where due_at <= ? order by due_at limit 1 {lock}"
        with contextlib.nullcontext() if self.is_sqlite else self.transaction():
            job = self.run(find, time.time()).fetchone()
            if job is None:
                return False
            if job[2] != "open":
                self.act("escalate" if job[2] == "grant" else "deescalate", job[1])
            with self.transaction() if self.is_sqlite else contextlib.nullcontext():
                self.move(job[1], NEXT[job[2]], *(("revoke", self.seconds) if job[2] == "grant" else ()))
                self.run("delete from bare_job where id=?", job[0])
        return True

    def work(self) -> None:
        while not self.stopped:
            self.woken.clear()
            if not self.take():
                self.woken.wait(0.02)
