"""The runtime of one process: store, sandbox, queue, sweeper, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sym.engine.anchors import trails_anchor
from sym.engine.clock import ClockKeeper, StoreClock
from sym.engine.connections.http import Transport
from sym.engine.connections.opening import Connections
from sym.engine.delivery import Delivery
from sym.engine.directory_watch import Directories, DirectoryWatch, no_directories
from sym.engine.drift_watch import DriftWatch
from sym.engine.executor import Executor
from sym.engine.form_reports import FormReports
from sym.engine.forms import PLACES, Forms
from sym.engine.host import FlowHost
from sym.engine.inbound import Inbound
from sym.engine.ledger import Ledger
from sym.engine.notices import Notices
from sym.engine.outbound import Outbound, Unbound
from sym.engine.presence import Presence
from sym.engine.queue import CONCURRENCY, Queue, Worker
from sym.engine.reach import Reach
from sym.engine.recovery import Recovery
from sym.engine.reporting import Reporter
from sym.engine.sandbox.limits import MIB, Limits
from sym.engine.sandbox.part import Part
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.sealer import AuditSettings, Sealer
from sym.engine.spool import Spool
from sym.engine.sweeper import Sweeper
from sym.errors import Conflict, SymError
from sym.observability.logs import name_process
from sym.sdk._secrets import SecretPlace
from sym.sealing import SealingKeys
from sym.store.database import Store
from sym.store.organizations import require_organization
from sym.store.secret_values import reveal
from sym.store.workers import living_workers

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
"""Where Kubernetes puts the token of a pod's service account."""


@dataclass(frozen=True, kw_only=True)
class RuntimeSettings:
    """What the composition root tells the runtime: where local secrets may be read, the folder of the keys that the
    store's own secrets are encrypted with, a handler's memory in bytes, the folders authors' code may read and write,
    the hosts and ports it may not connect to (an empty host is this machine), the ledger's folder (None: there is no
    ledger), where services are reached in place of where they are, by host name, how the audit log is sealed (None:
    another process does), how often it is looked for drift, and people are compared with their directories (None:
    never), the version of this program, as the other workers see it, and whether this process works off requests or
    only takes them."""

    keys_dir: Path | None = None
    secret_file_root: Path | None = None
    environment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    handler_memory_bytes: int = 512 * MIB
    handler_folders: tuple[Path, ...] = ()
    closed: tuple[tuple[str, int], ...] = ()
    ledger_folder: Path | None = None
    service_urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    audit: AuditSettings | None = None
    drift_every: timedelta | None = None
    directory_every: timedelta | None = None
    release: str = ""
    works: bool = True


class Runtime:
    """Everything that executes flows on ``store``. ``inbound`` is where surfaces hand events over, ``forms`` where they
    get request forms, ``outbound`` how people are reached; without one nobody is. ``directories`` say who has left.
    ``clock`` is the time they do it by: that of the store, where it has a clock, so that all have the same."""

    def __init__(self, store: Store, *, settings: RuntimeSettings, clock: Callable[[], datetime],
                 outbound: Outbound | None = None, directories: Directories = no_directories) -> None:  # fmt: skip
        outbound = outbound or Unbound()
        place = place_of(settings, store)
        self._store = store
        self._sandbox = Sandbox(
            limits_of(settings),
            concurrency=CONCURRENCY + PLACES,
            folders=settings.handler_folders,
            closed=settings.closed,
        )
        self.clock = clock = StoreClock(store, clock)
        queue = Queue(store, clock)
        notices = Notices(queue, is_bound=outbound.is_bound)
        spool = Spool(settings.audit.spool) if settings.audit else None
        connections = Connections(Transport(settings.service_urls))
        reach = Reach(outbound=outbound, connections=connections)
        self._executor = Executor(
            store, queue, self._sandbox, place, clock, notices=notices, spool=spool, reach=reach
        )  # fmt: skip
        self._delivery = Delivery(store, queue, outbound, clock)
        self._presence = Presence(store, clock, settings.release)
        self._worker = Worker(queue, {**self._executor.phases(), **self._delivery.phases()}, self._presence)
        self._sweeper = Sweeper(store, queue, clock)
        self._sealer = Sealer(store, settings.audit, clock) if settings.audit else None
        self._reporter = Reporter(store, connections, place, notices, clock)
        every = settings.drift_every
        self._drift = DriftWatch(store, connections, place, outbound, clock, every=every) if every else None
        self._directory = DirectoryWatch(store, queue, directories, outbound, every=settings.directory_every)
        self._keeper = ClockKeeper(store, clock)
        self._settings = settings
        self._recovery: Recovery | None = None
        self._is_running = False
        self.inbound = Inbound(store, queue)
        self.forms = Forms(
            store, self.inbound, Part(self._sandbox, PLACES), reports=FormReports(outbound),
            hosts=lambda world: FlowHost(store, place, world, clock, reach),
        )  # fmt: skip

    def start(self) -> None:
        """Begin to work. Raises Conflict when another process works on this SQLite store, Unavailable when the store
        cannot be used."""
        self._store.check()
        if not self._settings.works:
            self._only_take()
            return
        self._watch_grants()
        self._sandbox.start()
        try:
            self._worker.start(self._begin)
        except BaseException:
            self._sandbox.close()
            raise
        self._sweeper.start()
        if self._sealer is not None:
            self._sealer.start()
        self._reporter.start()
        if self._drift is not None:
            self._drift.start()
        self._directory.start()
        self._is_running = True

    def _watch_grants(self) -> None:
        """Before anything is taken up: compare the store with what is kept beside it."""
        if self._settings.ledger_folder is None:
            return
        with self._store.reading() as conn:
            org = require_organization(conn).id
        ledger = Ledger(self._settings.ledger_folder, org, self.clock)
        place = self._settings.audit.anchor if self._settings.audit else None
        self._recovery = Recovery(self._store, ledger, self.clock, partial(trails_anchor, place=place))
        self._executor.before_each_grant(self._recovery.before_grant)
        self._recovery.start()

    def _begin(self) -> None:
        name_process(executor=self._worker.executor_id)
        self._sweeper.sweep()

    def _only_take(self) -> None:
        if self._store.dialect == "sqlite":
            raise Conflict("On SQLite one process does everything.",
                           hint="Leave --no-worker out, or move to PostgreSQL.")  # fmt: skip
        self._sandbox.start()  # for forms
        self._keeper.start()
        self._is_running = True

    def stop(self) -> None:
        """Finish what is in hand and stop."""
        self._is_running = False
        self.forms.close()
        self._keeper.stop()
        self._sweeper.stop()
        self._worker.stop()
        self._executor.stop()
        self._delivery.stop()
        self._sandbox.close()
        self._reporter.stop()
        if self._drift is not None:
            self._drift.stop()
        self._directory.stop()
        if self._sealer is not None:
            self._sealer.stop()
        self._worker.release()
        if self._recovery is not None:
            self._recovery.stop()

    def problems(self) -> list[str]:
        """Why requests cannot be served now; [] when they can."""
        if not self._is_running:
            return ["the worker is not running"]
        try:
            self._store.check()
            with self._store.reading() as conn:
                if not self._settings.works and not living_workers(conn):
                    return ["no worker is alive; start one with: symflow worker"]
            return self._recovery.problems() if self._recovery is not None else []
        except SymError as error:
            return [str(error)]


def place_of(settings: RuntimeSettings, store: Store) -> SecretPlace:
    """What secret sources may read: what the settings say, and the values that ``store`` keeps if there are keys."""
    keys = SealingKeys(settings.keys_dir) if settings.keys_dir else None
    return SecretPlace(
        environment=settings.environment_secrets,
        file_root=settings.secret_file_root,
        stored=partial(reveal, store, keys) if keys else None,
        service_account=SERVICE_ACCOUNT,
    )


def limits_of(settings: RuntimeSettings) -> Limits:
    """What one call may use. Without folders to write there is no need for long files, and files that exist in memory
    alone are held by no other limit."""
    limits = Limits(memory_bytes=settings.handler_memory_bytes)
    return replace(limits, file_bytes=64 * MIB) if settings.handler_folders else limits
