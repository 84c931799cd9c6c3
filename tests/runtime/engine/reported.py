"""An engine whose environment lists log destinations, and who sends to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sym.engine.connections.http import Transport
from sym.engine.connections.opening import Connections
from sym.engine.keys import KeyDirectory
from sym.engine.notices import Notices
from sym.engine.reporting import Reporter
from sym.engine.sealer import AuditSettings, Sealer
from sym.sdk._secrets import SecretPlace
from sym.store.log_cursors import Lag, LogCursor, get_cursor, lags
from tests.runtime.engine.conftest import Engine


class Reported:
    """``engine`` with the log destinations that tests declare; requests are made in ``engine``."""

    def __init__(self, engine: Engine, folder: Path, *, is_bound: bool = False) -> None:
        self.engine = engine
        KeyDirectory(folder / "keys").create(engine.clock.now)
        settings = AuditSettings(keys_dir=folder / "keys", spool=folder / "spool.jsonl")
        self.sealer = Sealer(engine.store, settings, engine.clock)
        self.notices = Notices(engine.queue, is_bound=is_bound)
        self.reporter = self.another()
        self.ids: list[str] = []

    def another(self) -> Reporter:
        """The reporter of another worker."""
        connections = Connections(Transport(timeout=(2.0, 2.0)))
        place = SecretPlace(environment=self.engine.environment)
        return Reporter(self.engine.store, connections, place, self.notices, self.engine.clock)

    def secret(self, name: str, value: str) -> str:
        """Declare a secret with that value; gives its id."""
        engine = self.engine
        engine.environment[f"SYM_SECRET_{name.upper()}"] = value
        source = engine.save("secrets", "env", {"type": "env", "name": "env"})
        return engine.save("secret", name, {"source_id": source, "path": f"SYM_SECRET_{name.upper()}", "label": name})

    def destination(self, kind: str, settings: dict[str, str], integration: str | None = None) -> str:
        """Declare a destination and let the environment list it; gives its id."""
        document = {"type": kind, "integration_id": integration, "settings": settings}
        self.ids.append(self.engine.save("log_destination", f"{kind}-{len(self.ids)}", document))
        self.listed(self.ids)
        return self.ids[-1]

    def listed(self, ids: list[str], **more: Any) -> None:
        """Let the environment list these destinations."""
        integrations = {"door_id": self.engine.ids["integration"]} if "integration" in self.engine.ids else {}
        self.engine.save("environment", "environment", {
            "name": "local", "integrations": integrations, "log_destination_ids": ids, **more,
        })  # fmt: skip

    def flow(self, **params: Any) -> None:
        """Declare the flow, without access."""
        self.engine.flow(access=False, **params)
        self.listed(self.ids)

    def send(self) -> int:
        """Seal, and send to every destination that is due; how many entries were taken."""
        self.sealer.seal()
        return sum(self.reporter.send(destination_id) for destination_id in self.reporter.due())

    def cursor(self, destination_id: str) -> LogCursor:
        with self.engine.store.reading() as conn:
            found = get_cursor(conn, destination_id)
        assert found is not None
        return found

    def lag(self, destination_id: str) -> Lag:
        with self.engine.store.reading() as conn:
            return next(lag for lag in lags(conn) if lag.id == destination_id)

    def logged(self, *run_ids: str) -> list[str]:
        """Ids of the entries of runs, in the order of the log."""
        found = [entry for run_id in run_ids for entry in self.engine.entries(run_id)]
        return [entry["id"] for entry in sorted(found, key=lambda entry: entry["sequence"])]
