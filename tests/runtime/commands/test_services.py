"""``symflow services``, on a store and through a server."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from sym.audit.events import Actor
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.commands.conftest import Symflow

URL = ("--service-type", "boundary", "--external-id", "https://b.example/x")
OKTA = ("--service-type", "okta", "--external-id", "acme.okta.com")


@pytest.fixture(autouse=True)
def _services(symflow: Symflow, store: Store) -> None:
    """One that an integration declares, and one that a bot is known in."""
    document = {"type": "okta", "name": "main", "external_id": "acme.okta.com", "label": "Acme", "settings": {}}
    with store.transaction() as conn:
        save(conn, "integration", document, actor=Actor.SYSTEM, now=datetime.now(UTC))
    symflow("bots", "create", "ci")
    symflow("bots", "update-identity", "ci", *URL, "--new-value", "u_1")


def test_services_are_listed(anywhere: Symflow) -> None:
    assert anywhere.rows("services", "list") == [
        {"TYPE": "boundary", "ACCOUNT": "https://b.example/x", "LABEL": "", "DECLARED BY": "", "IDENTITIES": "1"},
        {"TYPE": "okta", "ACCOUNT": "acme.okta.com", "LABEL": "Acme", "DECLARED BY": "sym_integration main",
         "IDENTITIES": "0"},
    ]  # fmt: skip
    assert json.loads(anywhere("services", "list", "--json").stdout)[1] == {
        "service_type": "okta", "external_id": "acme.okta.com", "label": "Acme", "integrations": ["main"],
        "identities": 0,
    }  # fmt: skip


def test_a_service_gets_a_label(anywhere: Symflow) -> None:
    anywhere("services", "update", *URL, "--label", "Bastion")
    anywhere("services", "update", "--service-type", "okta", "--label", "Ours")  # the only one of its type
    assert [row["LABEL"] for row in anywhere.rows("services", "list")] == ["Bastion", "Ours"]
    anywhere("services", "update", "--service-type", "slack", "--external-id", "T1", "--label", "x", code=4)
    anywhere("services", "update", "--service-type", "slack", "--label", "x", code=4)
    assert "--label" in anywhere("services", "update", *URL, code=2).stderr
    assert "--external-id" in anywhere("services", "update", "--label", "x", code=2).stderr


def test_a_service_is_forgotten_unless_it_is_declared(anywhere: Symflow) -> None:
    assert "--yes" in anywhere("services", "delete", *URL, code=2).stderr
    said = anywhere("services", "delete", *URL, "--force").stderr
    assert said == "Forgot boundary https://b.example/x; identities that went with it: 1.\n"
    refused = anywhere("services", "delete", *OKTA, "--force", code=1).stderr
    assert "sym_integration okta:main" in refused
    assert "Terraform" in refused
    assert [row["TYPE"] for row in anywhere.rows("services", "list")] == ["okta"]
    assert anywhere.rows("bots", "list-identities", "ci") == []
    anywhere("services", "delete", *URL, "--force", code=4)


def test_what_changes_is_in_the_audit_log(symflow: Symflow) -> None:
    symflow("services", "update", *URL, "--label", "Bastion")
    symflow("services", "delete", *URL, "--force")
    assert [row["WHAT"] for row in symflow.rows("audit", "list")][-2:] == ["service.updated", "service.deleted"]
