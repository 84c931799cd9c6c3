"""An organization before the fake vendor: people with tokens, two flows whose targets overlap, and its servers."""

from __future__ import annotations

import os
import subprocess
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sym import config
from sym.api.auth import issue
from sym.audit.events import Actor
from sym.engine.keys import KeyDirectory
from sym.store import resources
from sym.store.database import Store
from sym.store.tokens import Token, insert_token
from sym.store.users import create_user, find_user
from tests.chaos.server_process import ServerProcess
from tests.chaos.system import BIN
from tests.fakes.vendor.process import Vendor

REQUESTERS = tuple(f"p{number}@example.com" for number in range(4))
APPROVERS = ("ann@example.com", "root@example.com")
TARGETS = {"custom": {"red": "red", "crimson": "red", "blue": "blue"}, "crew": {"green": "green", "lime": "green"}}
"""By strategy type: the targets and the groups they name. Two targets that name one group are one membership."""
FLOWS = {"custom": "door", "crew": "gate"}
THERE_BEFORE = (("red", REQUESTERS[0]), ("green", REQUESTERS[1]))
"""Memberships that somebody else gave before: they are none of the product's to take away."""
SOURCE = (Path(__file__).parent / "vendor_strategy.py").read_text()
IMPL = """
from sym.sdk import RequestPermission, SlackChannelName, hook, reducer

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")

@reducer
def get_approvers(event):
    return SlackChannelName(channel_name="#ops")

@hook
def on_approve(event):
    pass

@hook
def after_escalate(event):
    pass
"""
SITE = """
# libfaketime 0.9 breaks Python's sleep, which waits for a moment of the monotonic clock.
import os, threading, time
if "FAKETIME" in os.environ:
    time.sleep = lambda seconds: threading.Event().wait(seconds) and None
"""
PLUGIN = '''
integration = "custom"
multiple = frozenset()

@schema
class Settings:
    """None."""

@schema
class Target:
    """A group of the vendor."""
    takes_any_setting: ClassVar[bool] = True
    identifier: str | None = attribute("The group.", default=None)

targets = {"crew": Target}
'''


class Installation:
    """A store at ``url`` with everything in it, its vendor, and ``clocks`` servers: how far each one's clock is off."""

    def __init__(self, folder: Path, url: str, *, clocks: tuple[str, ...] = ("",), seed: int = 0) -> None:
        self.folder, self.world = folder, folder / "world"
        self.world.mkdir(parents=True)
        _install_plugin(folder / "site")
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "SYM_STORE_URL": url, "NO_COLOR": "1",
            "SYM_KEYS_DIR": str(folder / "keys"), "SYM_HANDLER_FOLDERS": str(self.world),
            "SYM_AUDIT_ANCHOR": str(folder / "anchors.jsonl"), "SYM_LEDGER_DIR": str(folder / "ledger"),
            "SYM_AUDIT_SPOOL": str(folder / "spool.jsonl"), "PYTHONPATH": str(folder / "site"),
        }  # fmt: skip
        self.tokens: dict[str, str] = {}
        self.vendor = Vendor(seed)
        self.symflow("init-org", "acme", "--admin", "root@example.com")
        self.store = Store(url)
        self._populate()
        self.servers = [ServerProcess(self.world, f"server{number}", self.environment, clock)
                        for number, clock in enumerate(clocks)]  # fmt: skip

    def symflow(self, *arguments: str) -> str:
        """Run a command; it must succeed."""
        command = [str(BIN / "symflow"), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"symflow {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def close(self) -> None:
        """End everything."""
        for server in self.servers:
            server.kill()
        self.store.close()
        self.vendor.close()

    def _populate(self) -> None:
        groups = [group for targets in TARGETS.values() for group in targets.values()]
        self.vendor.know(groups=groups, people=list(REQUESTERS), members=list(THERE_BEFORE))
        settings = config.load(self.environment)
        for email in (*REQUESTERS, *APPROVERS):
            self.tokens[email] = self._token(email, KeyDirectory(settings.keys_dir))
        environment_id = self._save("environment", {"name": "local"})
        account = {"url": self.vendor.url, "token": self.vendor.token, "folder": str(self.world)}
        integration_id = self._save("integration", {"type": "custom", "name": "vendor", "external_id": "vendor",
                                                    "settings": account})  # fmt: skip
        for kind, targets in TARGETS.items():
            self._declare(kind, targets, environment_id, integration_id)

    def _token(self, email: str, keys: KeyDirectory) -> str:
        now = datetime.now(UTC)
        with self.store.transaction() as conn:
            user = find_user(conn, username=email) or create_user(
                conn, username=email, email=email, type="normal", role="member", actor=Actor.SYSTEM, now=now
            )
            token = Token(jti=str(uuid.uuid4()), user_id=user.id, label="", issued_by="test", issued_at=now,
                          expires_at=now + timedelta(days=1), revoked_at=None)  # fmt: skip
            insert_token(conn, token, actor=Actor.SYSTEM)
            return issue(keys, token, user, "acme")

    def _declare(self, kind: str, targets: dict[str, str], environment_id: str, integration_id: str) -> None:
        ids = [self._save("target", {"type": kind, "name": name, "settings": {"identifier": group}})
               for name, group in targets.items()]  # fmt: skip
        strategy = {"type": kind, "name": kind, "targets": ids, "integration_id": integration_id}
        if kind == "custom":
            strategy["implementation"] = SOURCE
        duration = {"name": "duration", "type": "duration", "allowed_values": [f"{n}s" for n in range(1, 61)]}
        params = {"strategy_id": self._save("strategy", strategy), "prompt_field": [duration]}
        self._save("flow", {"name": FLOWS[kind], "environment_id": environment_id, "implementation": IMPL,
                            "params": [params]})  # fmt: skip

    def _save(self, name: str, document: dict[str, Any]) -> str:
        with self.store.transaction() as conn:
            return resources.save(conn, name, document, actor=Actor.SYSTEM, now=datetime.now(UTC)).id


def _install_plugin(site: Path) -> None:
    """Put the strategy type ``crew`` where the servers find installed distributions, and what Python runs first."""
    metadata = site / "crew-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: crew\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[sym.strategies]\ncrew = crew_strategy\n")
    (site / "sitecustomize.py").write_text(SITE)
    imports = "\nfrom typing import ClassVar\nfrom sym.sdk.schema import attribute, schema\n"
    # What schemas refer to is looked up in the module: the annotations' future import stays first.
    (site / "crew_strategy.py").write_text(SOURCE.replace("\nimport json\n", f"{imports}import json\n", 1) + PLUGIN)
