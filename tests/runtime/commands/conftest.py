"""``symflow`` as it is called: arguments and environment in, output and exit code out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sym.audit.events import Actor
from sym.commands import root
from sym.store.database import Store
from sym.store.resources import save

VARIABLES = ("SYM_STORE_URL", "SYM_KEYS_DIR", "SYM_JWT", "SYM_API_URL", "SYM_SECRETS_DIR", "SYM_HANDLER_MEMORY_MB",
             "SYM_LOG_LEVEL", "SYM_LOG_FORMAT", "SYM_METRICS")  # fmt: skip
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
