"""``symflow resources``, on a store and through a server."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sym import plugins
from sym.audit.events import Actor
from sym.engine.srns import flow as flow_srn
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.commands.conftest import IMPLEMENTATION, Symflow
from tests.runtime.commands.remote import through_server


@pytest.fixture
def declared(symflow: Symflow, store: Store, flow: str) -> str:
    """One resource of many kinds, beside the flow deploy."""

    def put(name: str, document: dict[str, Any]) -> str:
        with store.transaction() as conn:
            return save(conn, name, document, actor=Actor.SYSTEM, now=datetime.now(UTC)).id

    slack = put("integration", {"type": "slack", "name": "Main", "external_id": "T1", "settings": {}})
    put("error_logger", {"integration_id": slack, "destination": "#sym-errors"})
    put("target", {"type": "custom", "name": "Prod-DB", "settings": {}})
    put("flows_filter", {"implementation": IMPLEMENTATION})
    return flow


def test_flows_are_named_as_requests_name_them(anywhere: Symflow, declared: str) -> None:
    assert anywhere.rows("resources", "list", "sym_flow") == [{"SRN": "acme:flow:deploy:latest", "SLUG": "deploy"}]
    assert flow_srn("acme", "deploy", 1) == "acme:flow:deploy:1.0.0"
    assert anywhere.rows("resources", "list", "sym_target") == [
        {"SRN": "acme:access_target:custom:prod-db:latest", "SLUG": "prod-db", "TYPE": "custom"}
    ]
    assert anywhere.rows("resources", "list", "sym_strategy") == []
    (listed,) = json.loads(anywhere("resources", "list", "integration", "--json").stdout)
    assert (listed["srn"], listed["type"]) == ("acme:integration:slack:main:latest", "slack")


def test_every_type_is_listed_the_same_both_ways(symflow: Symflow, store: Store, declared: str) -> None:
    found = {}
    with through_server(symflow, store) as far:
        for name in plugins.names("resources"):
            arguments = ("resources", "list", f"sym_{name}", "--json")
            assert far(*arguments).stdout == symflow(*arguments).stdout
            found[name] = len(json.loads(symflow(*arguments).stdout))
    assert {name for name, count in found.items() if count} == {
        "environment", "error_logger", "flow", "flows_filter", "integration", "target",
    }  # fmt: skip


def test_any_other_type_is_a_usage_error(symflow: Symflow) -> None:
    assert "sym_flow" in symflow("resources", "list", "sym_user", code=2).stderr
    symflow("resources", "list", code=2)


def test_they_are_for_admins(symflow: Symflow, store: Store) -> None:
    symflow("bots", "create", "ci")
    with through_server(symflow, store, "ci") as far:
        far("resources", "list", "sym_flow", code=4)
