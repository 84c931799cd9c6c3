"""Acme and its product: people in the simulated Slack, and a real server on a store of its own, which they ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sym.audit.events import Actor
from sym.simulator import cast
from sym.simulator.server import Simulator
from sym.slack.manifest import manifest
from sym.store import resources
from sym.store.database import Store
from sym.store.domains import add_domain
from sym.store.organizations import create_organization
from sym.store.users import create_user
from tests.browser.product import flows
from tests.runtime.slack.interactions.town import Server, listening


def real_time() -> datetime:
    return datetime.now(UTC)


class Acme:
    """Ada is an admin, Ben and Cleo are members; all of them are in #access-requests."""

    def __init__(self, url: str, simulator: Simulator) -> None:
        self.simulator, self.store = simulator, Store(url)
        cast.bring(simulator, cast.DEFAULT)
        self.ada, self.ben, self.cleo = (simulator.person(name) for name in ("ada", "ben", "cleo"))
        self.channel = simulator.channel("access-requests")
        with self.store.transaction() as conn:
            create_organization(conn, "acme", actor=Actor.SYSTEM, now=real_time())
            add_domain(conn, "acme.test", actor=Actor.SYSTEM, now=real_time())
            create_user(conn, username="ada@acme.test", email="ada@acme.test", type="normal", role="admin",
                        first_name="Ada", last_name="Park", actor=Actor.SYSTEM, now=real_time())  # fmt: skip
        self._apply()

    def _save(self, resource: str, /, **document: Any) -> str:
        with self.store.transaction() as conn:
            return resources.save(conn, resource, document, actor=Actor.SYSTEM, now=real_time()).id

    def _apply(self) -> None:
        """What ``terraform apply`` writes."""
        integration = self._save("integration", type="custom", name="database", external_id="database")
        targets = [
            self._save("target", type="custom", name=name, label=label, settings={"identifier": name})
            for name, label in (("orders", "Orders database"), ("billing", "Billing database"))
        ]
        strategy = self._save(
            "strategy", type="custom", name="database", targets=targets, integration_id=integration,
            implementation=flows.STRATEGY,
        )  # fmt: skip
        environment = self._save("environment", name="production", label="Production", integrations={})
        params = {"strategy_id": strategy, "include_decision_message": True, "prompt_field": flows.FIELDS}
        self._save("flow", name="database", label="Production databases", environment_id=environment,
                   implementation=flows.IMPLEMENTATION, params=[params])  # fmt: skip
        self._save("flow", name="release", label="Release on a Friday", environment_id=environment,
                   implementation=flows.RELEASE, params=[{"prompt_field": flows.RELEASE_FIELDS}])  # fmt: skip


@contextmanager
def acme(url: str, folder: Path) -> Iterator[Acme]:
    """Acme on the empty store ``url``, with one server, which Slack reaches over HTTP."""
    with Simulator(manifest=manifest(request_url="https://sym.acme.test")) as simulator:
        made = Acme(url, simulator)
        server = Server(url, folder, simulator)
        try:
            with listening([server]) as address:
                simulator.connect(f"{address}/slack/events")
                yield made
        finally:
            simulator.connect(None)
            server.stop()
            made.store.close()
