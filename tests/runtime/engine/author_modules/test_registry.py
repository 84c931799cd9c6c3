"""Which author modules are served, and by whom."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sym import plugins
from sym.store.traces import traces_of_run

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
VENDOR = '''
"""A planted vendor."""
from sym.sdk.exceptions.knowbe4 import KnowBe4Error
from sym.sdk.schema import schema

external_id = "Any text."

@schema
class Settings:
    """None."""
    takes_any_setting = True

def connect(host, integration):
    return integration

def _enrollments(asking):
    if asking.arguments.get("campaign_id") == 7:
        raise KnowBe4Error("ERROR_RESPONSE", "No such campaign.")
    key = asking.connection.settings["api_key"].retrieve_value()
    return [{"at": asking.connection.external_id, "key": key}]

functions = {"get_training_enrollments_for_user": _enrollments}
'''
ASKS = """
@hook
def on_request(event):
    from sym.sdk.exceptions import SymException
    from sym.sdk.integrations import knowbe4
    try:
        found = knowbe4.get_training_enrollments_for_user(event.user{more})
    except SymException as error:
        return ApprovalTemplate.deny(code=error.error_code, why=str(error))
    return ApprovalTemplate.deny(at=found[0]["at"], seen=len(found[0]["key"]))
"""


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[None]:
    """``knowbe4`` on the shelf of integrations, served by the planted vendor."""
    package: ModuleType = __import__("sym.integrations", fromlist=["x"])
    (tmp_path / "knowbe4.py").write_text(VENDOR)
    package.__path__.insert(0, str(tmp_path))
    before = sys.modules.pop("sym.integrations.knowbe4", None)
    yield
    package.__path__.remove(str(tmp_path))
    sys.modules.pop("sym.integrations.knowbe4", None)
    if before is not None:
        sys.modules["sym.integrations.knowbe4"] = before


def denied(engine: Any, code: str, *, linked: bool = False) -> tuple[str, dict[str, Any]]:
    engine.flow(code, access=False)
    if linked:
        source = engine.save("secrets", "source", {"type": "env", "name": "env"})
        secret = engine.save("secret", "key", {"source_id": source, "path": "SYM_SECRET_KEY"})
        engine.environment["SYM_SECRET_KEY"] = "hunter2-hunter2"
        document = {"type": "knowbe4", "name": "k", "external_id": "acme", "settings": {"api_key": secret}}
        vendor = engine.save("integration", "vendor", document)
        engine.save("environment", "environment", {"name": "local", "integrations": {"knowbe4_id": vendor}})
    run_id = engine.requested()
    return run_id, engine.named(run_id, "deny").fields


@pytest.mark.usefixtures("planted")
def test_a_function_that_is_not_served_is_named(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins.load("integrations", "knowbe4"), "functions", {})
    _, fields = denied(engine, ASKS.format(more=""))
    assert fields["code"] == "SymIntegration:NOT_SERVED"
    assert fields["why"].startswith("knowbe4.get_training_enrollments_for_user is not served by this release.")


@pytest.mark.usefixtures("planted")
def test_a_missing_integration_is_named(engine: Any) -> None:
    _, fields = denied(engine, ASKS.format(more=""))
    assert "needs an integration of type knowbe4, and the flow's environment has none" in fields["why"]


@pytest.mark.usefixtures("planted")
def test_a_vendor_is_asked_where_its_secrets_are_and_the_trace_does_not_show_them(engine: Any) -> None:
    run_id, fields = denied(engine, ASKS.format(more=""), linked=True)
    assert (fields["at"], fields["seen"]) == ("acme", 15)
    with engine.store.reading() as conn:
        trace = json.dumps(traces_of_run(conn, run_id)[0].steps)
    assert "knowbe4.get_training_enrollments_for_user" in trace
    assert "hunter2" not in trace


@pytest.mark.usefixtures("planted")
def test_a_vendors_error_is_its_own(engine: Any) -> None:
    _, fields = denied(engine, ASKS.format(more=", campaign_id=7"), linked=True)
    assert (fields["code"], fields["why"]) == ("KnowBe4:ERROR_RESPONSE", "No such campaign.")
