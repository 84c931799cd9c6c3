"""``symflow`` as it is called: arguments and environment in, output and exit code out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from sym.audit.events import Actor
from sym.commands import root
from sym.engine.ledger import Ledger
from sym.store.database import Store
from sym.store.grants import Lease, insert_lease
from sym.store.organizations import require_organization
from sym.store.resources import save
from sym.store.runs import Run, insert_run
from sym.store.users import find_user

VARIABLES = ("SYM_STORE_URL", "SYM_KEYS_DIR", "SYM_JWT", "SYM_API_URL", "SYM_SECRETS_DIR", "SYM_HANDLER_MEMORY_MB",
             "SYM_RATE_LIMIT", "SYM_LOG_LEVEL", "SYM_LOG_FORMAT", "SYM_METRICS", "SYM_LEDGER_DIR", "SYM_AUDIT_ANCHOR",
             "SYM_AUDIT_SPOOL",
             "SYM_AUDIT_RETENTION", "SYM_SLACK_BOT_TOKEN", "SYM_SLACK_SIGNING_SECRET", "SYM_SLACK_APP_TOKEN",
             "SYM_SLACK_CLIENT_ID", "SYM_SLACK_CLIENT_SECRET", "SYM_SLACK_API_URL",
             "SYM_OIDC_ISSUER", "SYM_OIDC_CLIENT_ID", "SYM_OIDC_PUBLIC_SECRET", "SYM_OIDC_SCOPES", "SYM_OIDC_ROLES",
             "SYM_OIDC_GROUPS_CLAIM", "SYM_OIDC_EMAILS")  # fmt: skip
IMPLEMENTATION = "from sym.sdk.annotations import reducer\n\n@reducer\ndef get_permissions(event):\n    return None\n"


class Symflow:
    """Calls commands in this process, on one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str | None] = {
            **dict.fromkeys(VARIABLES), "SYM_STORE_URL": f"sqlite:///{folder / 'store.db'}",
        }  # fmt: skip

    def __call__(self, *arguments: str, code: int = 0, **environment: str | None) -> Result:
        """Run ``symflow ARGUMENTS``, which must end with ``code``."""
        result = CliRunner().invoke(root, list(arguments), env={**self.environment, **environment}, prog_name="symflow")
        assert result.exit_code == code, f"{result.exit_code}\n{result.stdout}\n{result.stderr}\n{result.exception!r}"
        return result

    def rows(self, *arguments: str) -> list[dict[str, str]]:
        """A list's tab-separated rows by their headings."""
        head, *lines = [line.split("\t") for line in self(*arguments).stdout.splitlines()]
        return [dict(zip(head, line, strict=True)) for line in lines]


@pytest.fixture
def bare(tmp_path: Path) -> Symflow:
    """``symflow`` where nothing has been set up."""
    return Symflow(tmp_path / "sym")


@pytest.fixture
def symflow(bare: Symflow) -> Symflow:
    """``symflow`` with the organization acme and its admin."""
    bare("init-org", "acme", "--admin", "root@acme.example")
    return bare


@pytest.fixture
def store(symflow: Symflow) -> Iterator[Store]:
    """The store the commands work on."""
    opened = Store(str(symflow.environment["SYM_STORE_URL"]))
    yield opened
    opened.close()


@pytest.fixture(params=["store", "server"])
def anywhere(request: pytest.FixtureRequest, symflow: Symflow, store: Store) -> Iterator[Symflow]:
    """``symflow`` on the store of this machine, then as the admin of a server."""
    from tests.runtime.commands.remote import through_server

    if request.param == "store":
        yield symflow
        return
    with through_server(symflow, store) as far:
        yield far


@dataclass
class Grants:
    """Leases in the store and in its ledger, as a server leaves them."""

    store: Store
    folder: Path

    def ledger(self) -> Ledger:
        with self.store.reading() as conn:
            return Ledger(self.folder / "ledger", require_organization(conn).id, lambda: datetime.now(UTC))

    def add(self, username: str = "root@acme.example", *, lists: bool = True, **details: Any) -> Lease:
        """A lease of a run, by default active for another hour."""
        now = datetime.now(UTC)
        with self.store.transaction() as conn:
            user = find_user(conn, username=username)
            assert user is not None
            run = Run(
                id=str(uuid.uuid4()), flow_id=str(uuid.uuid4()), flow_slug="access", flow_version=1,
                requester_id=user.id, status="escalated", source="api", fields={}, actors={"request": user.id},
                created_at=now, updated_at=now,
            )  # fmt: skip
            integration = {"type": "okta", "external_id": "acme.okta.com"}
            plain: dict[str, Any] = {
                "id": str(uuid.uuid4()), "run_id": run.id, "key": "k", "status": "active", "requester_id": user.id,
                "key_document": {"integration": integration}, "identity": "00u7", "starts_at": now,
                "ends_at": now + timedelta(hours=1),
                "snapshot": {
                    "target": {"name": "readers", "label": "Readers", "settings": {"group_id": "00g1"}},
                    "flow": {"strategy": {"type": "okta", "id": "s", "integration": integration, "targets": []}},
                },
            }  # fmt: skip
            lease = Lease(**{**plain, **details})
            insert_run(conn, run)
            insert_lease(conn, lease)
        if lists:
            ledger = self.ledger()
            ledger.held(run, user, lease)
            ledger.close()
        return lease

    def forget(self, lease: Lease) -> None:
        """As a backup would have: the store knows nothing of it."""
        with self.store.transaction() as conn:
            conn.execute(sa.text("delete from sym_lease where id = :id"), {"id": lease.id})
            conn.execute(sa.text("delete from sym_run where id = :id"), {"id": lease.run_id})


@pytest.fixture
def grants(store: Store, symflow: Symflow) -> Grants:
    """Leases to be listed; none yet."""
    return Grants(store, symflow.folder)


@pytest.fixture
def flow(store: Store) -> str:
    """An approval-only flow named deploy with the field reason; gives its name."""
    now = datetime.now(UTC)

    def put(name: str, document: dict[str, Any]) -> str:
        with store.transaction() as conn:
            return save(conn, name, document, actor=Actor.SYSTEM, now=now).id

    environment = put("environment", {"name": "prod"})
    field = {"name": "reason", "type": "string", "required": True}
    put("flow", {"name": "deploy", "environment_id": environment, "implementation": IMPLEMENTATION,
                 "params": [{"prompt_field": [field]}]})  # fmt: skip
    return "deploy"
