"""The rules of impl.py with the real strategy.py, on a target system in a file."""

import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def system():
    """What target_system.py can do."""
    return runpy.run_path(str(HERE / "target_system.py"), run_name="target_system")


@pytest.fixture
def quickstart(flow_test, system, tmp_path):
    """The flow as main.tf declares it, its target system, and who is in which group."""
    path = tmp_path / "members.db"
    system["create"](path, "sesame")
    flow = flow_test(
        HERE,
        targets=["readers", "administrators"],
        fields={
            "incident": {"type": "string", "required": False, "prefetch": True, "on_change": "on_change.py"},
            "reason": "string",
            "duration": {"type": "duration", "allowed_values": ["8s", "10m", "1h"]},
        },
        flow_vars={"incident_prefix": "INC-", "open_incidents": "INC-7 Reports are slow;INC-12 The export failed"},
        external_id=str(path),
        secrets=["key"],
        writable=[tmp_path],
    )
    flow.secrets["SYM_SECRET_KEY"] = "sesame"
    flow.members = lambda: system["members"](path)
    return flow


def test_somebody_else_approves_and_access_ends(quickstart):
    request = quickstart.request(by="ada@example.com", target="readers", duration="8s", reason="Have a look")
    with quickstart.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")
    request.approve(by="bob@example.com")
    assert request.is_granted
    assert quickstart.members() == [("ada@example.com", "readers")]
    quickstart.travel(seconds=8)
    assert request.status == "deescalated"
    assert quickstart.members() == []


def test_work_on_an_incident_reads_at_once(quickstart):
    need = {"duration": "10m", "reason": "Alarm", "incident": "INC-7"}
    assert quickstart.request(by="ada@example.com", target="readers", **need).is_granted
    assert quickstart.request(by="ada@example.com", target="administrators", **need).status == "requested"


def test_nobody_is_an_administrator_for_an_hour(quickstart):
    request = quickstart.request(by="ada@example.com", target="administrators", duration="1h", reason="Repair")
    request.approve(by="bob@example.com")
    assert request.status == "denied"
    assert quickstart.members() == []


def test_a_wrong_key_grants_nothing_and_is_told(quickstart):
    quickstart.secrets["SYM_SECRET_KEY"] = "guessed"
    request = quickstart.request(by="ada@example.com", target="readers", duration="10m", reason="Have a look")
    request.approve(by="bob@example.com")
    assert request.status == "errored"
    assert quickstart.members() == []
    assert "refused the key" in request.reports[0].text
    assert "guessed" not in str(request.audit_entries)


def test_requests_are_decided_in_a_channel(quickstart):
    request = quickstart.request(by="ada@example.com", target="readers", duration="10m", reason="Have a look")
    assert [card.destination for card in request.notifications] == ["#access-requests"]


def test_open_incidents_are_offered(quickstart):
    assert [option.value for option in quickstart.prefetch("incident")] == ["INC-7", "INC-12"]


def test_an_incident_says_why(quickstart):
    form = quickstart.on_change("incident", incident="INC-7")
    assert not form.fields["reason"].required
    assert "no approval" in form.additional_header_text
    assert quickstart.on_change("incident").fields["reason"].required
