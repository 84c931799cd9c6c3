"""Who a requester is at the vendor, through the real engine before a strict vendor of memberships."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sym.engine.executor import Executor
from sym.engine.reach import Reach
from sym.sdk._secrets import SecretPlace
from sym.store.audit import entries
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.traces import traces_of_run
from tests.fakes.people import RecordingOutbound
from tests.runtime.engine.conftest import HEAD
from tests.runtime.engine.membership import VENDOR, declare, planted

ADMINS = """
@reducer
def get_identity(event, service_type, external_id, user):
    {body}
"""


@pytest.fixture(autouse=True)
def vendor(tmp_path: Path) -> Iterator[None]:
    with planted(tmp_path):
        yield


@pytest.fixture
def finder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose modules are on the shelf of integrations."""
    package: ModuleType = __import__("sym.integrations", fromlist=["x"])
    folder = tmp_path / "integrations"
    folder.mkdir()
    package.__path__.append(str(folder))
    yield folder
    package.__path__.remove(str(folder))
    sys.modules.pop("sym.integrations.acme_id", None)


def flow(engine: Any, body: str | None, code: str = "") -> None:
    declare(engine, "planted_plain")
    said = ADMINS.format(body=textwrap.indent(body, "    ").strip()) if body is not None else ""
    document = {"name": "flow", "environment_id": engine.ids["environment"], "implementation": HEAD + said + code,
                "params": [{"strategy_id": engine.ids["strategy"], "prompt_field": []}]}  # fmt: skip
    engine.save("flow", "flow", document)


def approved(engine: Any, target: str = "readers") -> str:
    run_id: str = engine.request(target_srn=f"acme:access_target:planted_plain:{target}:latest").run_id
    engine.work()
    engine.act("root", "approve", run_id)
    engine.work()
    return run_id


def stored(engine: Any) -> list[str]:
    with engine.store.reading() as conn:
        return [item.external_user_id for item in identities_of(conn, engine.users["ada"].id)]


def saved_entries(engine: Any) -> list[dict[str, Any]]:
    with engine.store.reading() as conn:
        return [entry for entry in entries(conn) if entry["name"] == "identity.saved"]


def test_the_flow_says_who_the_requester_is_and_that_is_stored_and_recorded(engine: Any) -> None:
    flow(engine, "return f'{event.name}-{service_type}-{external_id}-{user.email}'")
    run_id = approved(engine)
    who = "escalate-custom-acme-ada@acme.example"
    assert VENDOR.members == {(who, "r")}
    assert engine.lease(run_id).identity == who
    assert stored(engine) == [who]
    (entry,) = saved_entries(engine)
    assert entry["actor"]["username"] == "system"
    engine.later(seconds=601)
    assert VENDOR.members == set()


def test_the_stored_identity_comes_first(engine: Any) -> None:
    flow(engine, "raise RuntimeError('asked')")
    known = Identity(user_id=engine.users["ada"].id, service="custom", service_id="acme", external_user_id="stored")
    with engine.store.transaction() as conn:
        save_identity(conn, known, engine.clock.now)
    run_id = approved(engine)
    assert engine.run(run_id).status == "escalated"
    assert VENDOR.members == {("stored", "r")}


def test_a_second_grant_does_not_ask_again(engine: Any) -> None:
    flow(engine, "return 'ada-there'")
    approved(engine)
    flow(engine, "raise RuntimeError('asked')")
    assert engine.run(approved(engine, "admins")).status == "escalated"
    assert VENDOR.members == {("ada-there", "r"), ("ada-there", "a")}


@pytest.mark.parametrize("body", ["return None", "return ''", None])
def test_without_an_answer_the_strategy_looks_for_itself(engine: Any, body: str | None) -> None:
    flow(engine, body)
    run_id = approved(engine)
    assert VENDOR.members == {("ada", "r")}
    assert (engine.lease(run_id).identity, stored(engine)) == ("ada", ["ada"])


@pytest.mark.parametrize(("body", "said"), [
    ("raise RuntimeError('no directory')", "in get_identity: RuntimeError: no directory"),
    ("return 7", "in get_identity: it must return text, or None."),
    ("return user", "in get_identity: it must return text, or None."),
])  # fmt: skip
def test_nothing_is_granted_when_the_flow_cannot_say(engine: Any, body: str, said: str) -> None:
    flow(engine, body)
    run_id = approved(engine)
    assert VENDOR.members == set()
    assert "add" not in VENDOR.calls
    assert engine.run(run_id).status == "errored"
    assert said in engine.named(run_id, "escalate").error
    assert "event.failed" in engine.trail(run_id)
    assert "run.escalated" not in engine.trail(run_id)
    assert stored(engine) == [] or stored(engine) == ["ada"]  # taking back what was never given may look them up


def test_custom_strategies_look_people_up_themselves(engine: Any) -> None:
    engine.flow("""
@reducer
def get_identity(event, service_type, external_id, user):
    return "never"

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")
""")
    run_id = engine.escalated()
    assert engine.door.members == [("ada", "readers")]
    assert engine.lease(run_id).identity == "ada"


FINDER = '''
"""A planted integration."""
from sym.sdk.schema import schema

external_id = "Any text."

@schema
class Settings:
    """None."""

class Connection:
    def __init__(self, integration):
        self.integration = integration

    def find_identity(self, email):
        integration = self.integration
        {body}

def connect(host, integration):
    return Connection(integration)
'''


@pytest.mark.parametrize(("lookup", "who"), [
    ("", "acme/ada@acme.example"),
    ("\n@reducer\ndef get_identity_lookup(event, service_type, external_id, user):\n    return 'ada@old.example'\n",
     "acme/ada@old.example"),
])  # fmt: skip
def test_the_service_knows_people_by_their_address(engine: Any, finder: Path, lookup: str, who: str) -> None:
    (finder / "acme_id.py").write_text(FINDER.format(body="return f'{integration.external_id}/{email}'"))
    of_type(engine, finder, lookup)
    approved(engine)
    assert VENDOR.members == {(who, "r")}
    assert stored(engine) == [who]


def test_a_service_that_cannot_be_asked_leaves_it_to_the_strategy(engine: Any, finder: Path) -> None:
    (finder / "acme_id.py").write_text(FINDER.format(body="raise OSError('down')"))
    of_type(engine, finder, "")
    approved(engine)
    assert VENDOR.members == {("ada", "r")}


class Surface(RecordingOutbound):
    """A Slack workspace that knows one person."""

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:
        return {("slack", "acme", "ada@acme.example"): "U7"}.get((service, external_id, email))


def test_slack_knows_people_through_the_surface_that_is_connected(engine: Any, tmp_path: Path) -> None:
    engine.executor = Executor(engine.store, engine.queue, engine.sandbox, SecretPlace(), engine.clock,
                               reach=Reach(outbound=Surface()))  # fmt: skip
    of_type(engine, tmp_path / "x", "", kind="slack")
    approved(engine)
    assert VENDOR.members == {("U7", "r")}


def of_type(engine: Any, folder: Path, code: str, *, kind: str = "acme_id") -> None:
    """The flow, with an integration of the planted type."""
    item = folder.parent / "planted_plain.py"
    item.write_text(item.read_text().replace('integration = "custom"', f'integration = "{kind}"'))
    integration = engine.save("integration", "planted", {"type": kind, "name": "planted", "external_id": "acme"})
    target = engine.save("target", "readers", {"type": "planted_plain", "name": "readers", "label": "readers",
                                               "settings": {"identifier": "r"}})  # fmt: skip
    strategy = {"type": "planted_plain", "name": "door", "targets": [target], "integration_id": integration}
    engine.ids["strategy"] = engine.save("strategy", "strategy", strategy)
    engine.executor._performer._pause = lambda seconds: None
    engine.ids["integration"] = integration
    engine.flow(code)


def test_the_trace_shows_that_the_flow_was_asked(engine: Any) -> None:
    flow(engine, "return 'ada-there'")
    run_id = approved(engine)
    with engine.store.reading() as conn:
        (trace,) = (
            one for one in traces_of_run(conn, run_id) if (one.event_name, one.phase) == ("escalate", "perform")
        )
    assert [(step["handler"], step["kind"], step["returned"]) for step in trace.steps] == [
        ("get_identity", "reducer", "ada-there"), ("escalate", "strategy", None),
    ]  # fmt: skip
