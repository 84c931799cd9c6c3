"""The product, ready to be measured: an organization, a flow whose strategy calls the loopback vendor, a runtime."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.planted import KIND
from sym.audit.events import Actor
from sym.engine.inbound import Action, Submission
from sym.engine.keys import KeyDirectory
from sym.engine.runtime import Runtime, RuntimeSettings
from sym.engine.sealer import AuditSettings
from sym.store import resources
from sym.store.database import Store
from sym.store.identities import Identity, save_identity
from sym.store.organizations import create_organization
from sym.store.tables import lease as lease_table
from sym.store.tables import run as run_table
from sym.store.users import User, create_user, find_user, list_users

HEAD = "from sym.sdk import *\n"
CODE = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")
"""
DURATIONS = ["1s", "2s", "5s", "10s", "1m", "10m", "1h", "1d", "30d"]


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def declare(store: Store) -> None:
    """Two people and two flows: ``plain``, which is all ours, and ``authored``, whose author wrote a reducer."""
    moment = now()
    with store.transaction() as conn:
        create_organization(conn, "bench", actor=Actor.SYSTEM, now=moment)
        for name, role in (("ada", "member"), ("root", "admin")):
            create_user(conn, username=name, email=f"{name}@bench.example", type="normal", role=role,
                        actor=Actor.SYSTEM, now=moment)  # fmt: skip

        for user in list_users(conn):
            known = Identity(user_id=user.id, service="custom", service_id="loopback", external_user_id=user.username)
            save_identity(conn, known, moment)

        def save(name: str, document: dict[str, Any]) -> str:
            return resources.save(conn, name, document, actor=Actor.SYSTEM, now=moment).id

        integration = save("integration", {"type": "custom", "name": "vendor", "external_id": "loopback"})
        # Every request is for a door of its own: one membership is granted and ended by one call at a time.
        target = save("target", {"type": KIND, "name": "door", "field_bindings": ["identifier"]})
        strategy = save("strategy", {"type": KIND, "name": "vendor", "targets": [target],
                                     "integration_id": integration})  # fmt: skip
        environment = save("environment", {"name": "bench", "integrations": {}})
        fields = [{"name": "duration", "type": "duration", "allowed_values": DURATIONS},
                  {"name": "identifier", "type": "string"}]  # fmt: skip
        for name, code in (("plain", ""), ("authored", CODE)):
            save("flow", {"name": name, "environment_id": environment, "implementation": HEAD + code, "vars": {},
                          "params": [{"strategy_id": strategy, "prompt_field": fields}]})  # fmt: skip


def settings(folder: Path) -> RuntimeSettings:
    """What `symflow serve` does by default: a ledger beside the store, and an audit log that is sealed. The files go to
    ``folder``."""
    keys = KeyDirectory(folder / "keys")
    keys.create(now())
    audit = AuditSettings(keys_dir=keys.path, spool=folder / "spool", anchor=str(folder / "anchors"))
    return RuntimeSettings(ledger_folder=folder / "ledger", audit=audit)


class Product:
    """A runtime on ``store``."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = tempfile.TemporaryDirectory()
        self.runtime = Runtime(store, settings=settings(Path(self.folder.name)), clock=now)
        with store.reading() as conn:
            self.people: dict[str, User] = {name: _found(find_user(conn, username=name)) for name in ("ada", "root")}

    def request(self, seconds: int = 1, flow: str = "plain") -> str:
        """Ask for access; the run's id."""
        inputs = {"duration": seconds, "target_srn": f"bench:access_target:{KIND}:door:latest",
                  "identifier": str(uuid.uuid4())}  # fmt: skip
        submission = Submission(flow_srn=flow, inputs=inputs, requester=self.people["ada"], source="api")
        return self.runtime.inbound.request(submission, now=now()).run_id

    def approve(self, run_id: str) -> None:
        """Approve a request."""
        self.runtime.inbound.act(
            Action(name="approve", run_id=run_id, actor=self.people["root"], source="api"), now=now()
        )

    def runs(self, status: str) -> list[str]:
        """The runs with this status."""
        with self.store.reading() as conn:
            return list(conn.execute(sa.select(run_table.c.id).where(run_table.c.status == status)).scalars())

    def count(self, *statuses: str) -> int:
        """How many leases have one of these statuses."""
        query = sa.select(sa.func.count()).select_from(lease_table).where(lease_table.c.status.in_(statuses))
        with self.store.reading() as conn:
            return int(conn.execute(query).scalar_one())


def _found(user: User | None) -> User:
    assert user is not None
    return user


def wait(until: Callable[[], bool], seconds: float = 300) -> None:
    """Wait for something to come true. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come true in time")
        time.sleep(0.02)
