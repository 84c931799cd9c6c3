"""What a server shows of itself while a request goes from its beginning to its end."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from sym.audit.events import Actor
from sym.observability.redaction import MASK
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.test_serve import serving

SECRET = "correct-horse-battery-staple"
IMPLEMENTATION = """
from sym.sdk import *

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
STRATEGY = """
from sym.sdk.strategies import AccessStrategy

class Door(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.username

    def escalate(self, target_id, event):
        raise RuntimeError("the door said no to " + self.integration.settings["key"].retrieve_value())

    def deescalate(self, target_id, event):
        return {}
"""


def declare(store: Store) -> None:
    """An access flow named door, whose strategy has a secret and fails with it in the message."""

    def put(name: str, document: dict[str, Any]) -> str:
        with store.transaction() as conn:
            return save(conn, name, document, actor=Actor.SYSTEM, now=datetime.now(UTC)).id

    source = put("secrets", {"type": "env", "name": "here"})
    key = put("secret", {"path": "SYM_SECRET_DOOR", "source_id": source})
    integration = put("integration", {"type": "custom", "name": "door", "external_id": "x", "settings": {"key": key}})
    target = put("target", {"type": "custom", "name": "door", "settings": {"identifier": "door"}})
    strategy = put("strategy", {"type": "custom", "name": "door", "targets": [target], "integration_id": integration,
                                "implementation": STRATEGY})  # fmt: skip
    field = {"name": "duration", "type": "duration", "allowed_values": ["1h"]}
    put("flow", {"name": "door", "environment_id": put("environment", {"name": "prod"}),
                 "implementation": IMPLEMENTATION,
                 "params": [{"strategy_id": strategy, "prompt_field": [field]}]})  # fmt: skip


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def go_through(url: str, tokens: dict[str, str]) -> str:
    """Ask, be refused one's own approval, be approved, and see the grant fail; gives the run's id."""

    def post(who: str, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {tokens[who]}", "X-Sym-Request-ID": f"{who}-{path[8:]}"}
        answer = requests.post(f"{url}/api/v1{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    run_id = post("ci", "/events/request", {"flow_srn": "door", "flow_inputs": {"duration": 3600}})["run_id"]

    def shown() -> str:
        headers = {"Authorization": f"Bearer {tokens['ci']}"}
        return requests.get(f"{url}/api/v1/runs/{run_id}", headers=headers, timeout=30).text

    deadline = time.monotonic() + 60
    for status in ("requested", "errored"):
        while f'"{status}"' not in shown():
            assert time.monotonic() < deadline, shown()
            time.sleep(0.05)
        if status == "requested":
            post("ci", "/events/approve", {"run_id": run_id}, 403)
            post("ann", "/events/approve", {"run_id": run_id})
    return str(run_id)


def test_logs_and_metrics_tell_what_happened_and_no_secret(symflow: Symflow, store: Store) -> None:
    declare(store)
    symflow("bots", "create", "ci")
    symflow("users", "create", "ann@acme.example")
    tokens = {name.partition("@")[0]: symflow("tokens", "issue", "-u", name, "-e", "1h", "-n").stdout.strip()
              for name in ("ci", "ann@acme.example")}  # fmt: skip
    symflow.environment |= {"SYM_SECRET_DOOR": SECRET, "SYM_LOG_LEVEL": "DEBUG"}
    with serving(symflow) as (process, url, lines):
        run_id = go_through(url, tokens)
        # An id of the caller's own is logged: whatever it is.
        requests.get(f"{url}/api/v1/runs", headers={"X-Sym-Request-ID": SECRET}, timeout=30)
        found = samples(requests.get(f"{url}/metrics", timeout=30).text)
        process.terminate()
        assert process.wait(60) == 0
    assert found[("sym_requests_total", "door", "api")] == 1
    assert found[("sym_decisions_total", "approve", "approved")] == 1
    assert found[("sym_strategy_call_seconds_count", "escalate", "failed", "custom")] == 1
    assert found[("sym_api_request_seconds_count", "POST", "/api/v1/events/approve", "403")] == 1
    assert found[("sym_store_up",)] == 1
    assert found[("sym_last_sweep_timestamp_seconds",)] > 0
    assert ("sym_leases", "active") in found
    assert ("sym_queue_depth",) not in found
    logged = [json.loads(line) for line in lines if not line.startswith("listening on ")]
    jobs = [line for line in logged if line.get("run_id") == run_id and line.get("outcome")]
    assert {(line["phase"], line["event_name"]) for line in jobs} >= {
        ("decide", "request"), ("decide", "approve"), ("perform", "escalate"),
    }  # fmt: skip
    assert {line["flow"] for line in jobs} == {"door"}
    assert {line["decision"] for line in jobs if "decision" in line} >= {"requested", "approved", "started", "failed"}
    assert all(line["executor"] for line in jobs)
    asked = [line for line in logged if line.get("request_id") == "ann-approve"]
    assert {(line["route"], line["status"]) for line in asked if "route" in line} == {("/api/v1/events/approve", 200)}
    everything = "\n".join(lines)
    assert any(line.get("request_id") == MASK for line in logged)
    assert SECRET not in everything
    assert not [name for name, token in tokens.items() if token in everything or token.split(".")[2] in everything]
