"""The runtime of one process: store, sandbox, queue, sweeper, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sym.engine.clock import ClockKeeper, StoreClock
from sym.engine.executor import Executor
from sym.engine.inbound import Inbound
from sym.engine.presence import Presence
from sym.engine.queue import CONCURRENCY, Queue, Worker
from sym.engine.sandbox.limits import MIB, Limits
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.sweeper import Sweeper
from sym.errors import Conflict, SymError
from sym.sdk._secrets import SecretPlace
from sym.store.database import Store
from sym.store.workers import living_workers


@dataclass(frozen=True, kw_only=True)
class RuntimeSettings:
    """What the composition root tells the runtime: where local secrets may be read, a handler's memory in bytes, the
    folders authors' code may read and write, the version of this program, as the other workers see it, and whether this
    process works off requests or only takes them."""

    secret_file_root: Path | None = None
    environment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    handler_memory_bytes: int = 512 * MIB
    handler_folders: tuple[Path, ...] = ()
    release: str = ""
    works: bool = True


class Runtime:
    """Everything that executes flows on ``store``. ``inbound`` is where surfaces hand events over; ``clock`` is the
    time they do it by: that of the store, where it has a clock, so that all processes have the same."""

    def __init__(self, store: Store, *, settings: RuntimeSettings, clock: Callable[[], datetime]) -> None:
        place = SecretPlace(environment=settings.environment_secrets, file_root=settings.secret_file_root)
        self._store = store
        self._sandbox = Sandbox(
            limits_of(settings),
            concurrency=CONCURRENCY,
            folders=settings.handler_folders,
        )
        self.clock = StoreClock(store, clock)
        queue = Queue(store, self.clock)
        self._executor = Executor(store, queue, self._sandbox, place, self.clock)
        self._worker = Worker(queue, self._executor.phases(), Presence(store, self.clock, settings.release))
        self._sweeper = Sweeper(store, queue, self.clock)
        self._keeper = ClockKeeper(store, self.clock)
        self._works = settings.works
        self._is_running = False
        self.inbound = Inbound(store, queue)

    def start(self) -> None:
        """Begin to work. Raises Conflict when another process works on this SQLite store, Unavailable when the store
        cannot be used."""
        self._store.check()
        if not self._works:
            self._only_take()
            return
        self._sandbox.start()
        try:
            self._worker.start(self._sweeper.sweep)
        except BaseException:
            self._sandbox.close()
            raise
        self._sweeper.start()
        self._is_running = True

    def _only_take(self) -> None:
        if self._store.dialect == "sqlite":
            raise Conflict("On SQLite one process does everything.",
                           hint="Leave --no-worker out, or move to PostgreSQL.")  # fmt: skip
        self._keeper.start()
        self._is_running = True

    def stop(self) -> None:
        """Finish what is in hand and stop."""
        self._is_running = False
        self._keeper.stop()
        self._sweeper.stop()
        self._worker.stop()
        self._executor.stop()
        self._sandbox.close()
        self._worker.release()

    def problems(self) -> list[str]:
        """Why requests cannot be served now; [] when they can."""
        if not self._is_running:
            return ["the worker is not running"]
        try:
            self._store.check()
            with self._store.reading() as conn:
                if not self._works and not living_workers(conn):
                    return ["no worker is alive; start one with: symflow worker"]
        except SymError as error:
            return [str(error)]
        return []


def limits_of(settings: RuntimeSettings) -> Limits:
    """What one call may use. Without folders to write there is no need for long files, and files that exist in memory
    alone are held by no other limit."""
    limits = Limits(memory_bytes=settings.handler_memory_bytes)
    return replace(limits, file_bytes=64 * MIB) if settings.handler_folders else limits
