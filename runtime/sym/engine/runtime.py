"""The runtime of one process: store, sandbox, queue, sweeper, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sym.engine.executor import Executor
from sym.engine.inbound import Inbound
from sym.engine.queue import CONCURRENCY, Queue, Worker
from sym.engine.sandbox.limits import MIB, Limits
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.sweeper import Sweeper
from sym.errors import SymError
from sym.sdk._secrets import SecretPlace
from sym.sealing import SealingKeys
from sym.store.database import Store
from sym.store.secret_values import reveal


@dataclass(frozen=True, kw_only=True)
class RuntimeSettings:
    """What the composition root tells the runtime: where local secrets may be read, the folder of the keys that the
    store's own secrets are encrypted with, a handler's memory in bytes, and the folders authors' code may read and
    write."""

    keys_dir: Path | None = None
    secret_file_root: Path | None = None
    environment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    handler_memory_bytes: int = 512 * MIB
    handler_folders: tuple[Path, ...] = ()


class Runtime:
    """Everything that executes flows on ``store``. ``inbound`` is where surfaces hand events over."""

    def __init__(self, store: Store, *, settings: RuntimeSettings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sandbox = Sandbox(
            limits_of(settings),
            concurrency=CONCURRENCY,
            folders=settings.handler_folders,
        )
        queue = Queue(store)
        self._executor = Executor(store, queue, self._sandbox, place_of(settings, store), clock)
        self._worker = Worker(queue, self._executor.phases())
        self._sweeper = Sweeper(store, queue, clock)
        self._is_running = False
        self.inbound = Inbound(store, queue)

    def start(self) -> None:
        """Begin to work. Raises Conflict when another process has this store, Unavailable when it cannot be used."""
        self._store.check()
        self._sandbox.start()
        try:
            self._worker.start(self._sweeper.revive)
        except BaseException:
            self._sandbox.close()
            raise
        self._sweeper.start()
        self._is_running = True

    def stop(self) -> None:
        """Finish what is in hand and stop."""
        self._is_running = False
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
        except SymError as error:
            return [str(error)]
        return []


def place_of(settings: RuntimeSettings, store: Store) -> SecretPlace:
    """What secret sources may read: what the settings say, and the values that ``store`` keeps if there are keys."""
    keys = SealingKeys(settings.keys_dir) if settings.keys_dir else None
    return SecretPlace(
        environment=settings.environment_secrets,
        file_root=settings.secret_file_root,
        stored=partial(reveal, store, keys) if keys else None,
    )


def limits_of(settings: RuntimeSettings) -> Limits:
    """What one call may use. Without folders to write there is no need for long files, and files that exist in memory
    alone are held by no other limit."""
    limits = Limits(memory_bytes=settings.handler_memory_bytes)
    return replace(limits, file_bytes=64 * MIB) if settings.handler_folders else limits
