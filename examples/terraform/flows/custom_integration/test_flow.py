"""The rules of impl.py, and the whole way to the faked service."""

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("analytics", Path(__file__).with_name("analytics.py"))
analytics = importlib.util.module_from_spec(spec)
spec.loader.exec_module(analytics)

NEED = {"target": "sales", "duration": "1h", "reason": "Who buys what?"}


@pytest.fixture
def service():
    """The analytics service."""
    server = analytics.Analytics()
    yield server
    server.close()


@pytest.fixture
def flow(flow_test, service):
    """The flow with its strategy, at the service."""
    flow = flow_test(
        "impl.py",
        strategy="strategy.py",
        external_id=service.external_id,
        settings={"workspace": "main"},
        secrets=["analytics_client_id", "analytics_client_secret"],
        targets={
            "sales": {"settings": {"identifier": "sales", "role": "reader"}},
            "finance": {"settings": {"identifier": "finance", "role": "editor"}},
        },
        fields={"reason": "string", "duration": {"type": "duration", "allowed_values": ["1h", "1d"]}},
        flow_vars={"channel": "#analytics"},
    )
    flow.secrets["SYM_SECRET_ANALYTICS_CLIENT_ID"] = analytics.CLIENT_ID
    flow.secrets["SYM_SECRET_ANALYTICS_CLIENT_SECRET"] = analytics.CLIENT_SECRET
    return flow


def test_reading_for_an_hour_does_not_wait(flow, service, capsys):
    request = flow.request(by="ada@example.com", **NEED)
    assert request.is_granted
    assert service.projects["sales"] == {"p-ada": "reader"}
    assert "granted as reader" in capsys.readouterr().out
    flow.travel(hours=1)
    assert request.status == "deescalated"
    assert service.projects["sales"] == {}


def test_reading_for_longer_waits_for_somebody_else(flow, service):
    request = flow.request(by="ada@example.com", **{**NEED, "duration": "1d"})
    assert [card.destination for card in request.notifications] == ["#analytics"]
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")
    request.approve(by="bob@example.com")
    assert service.projects["sales"] == {"p-ada": "reader"}


def test_a_role_that_writes_waits_as_well(flow, service):
    request = flow.request(by="ada@example.com", **{**NEED, "target": "finance"})
    assert service.projects["finance"] == {}
    request.approve(by="bob@example.com")
    assert service.projects["finance"] == {"p-ada": "editor"}


def test_a_wrong_secret_is_told_without_the_secret(flow, service):
    flow.secrets["SYM_SECRET_ANALYTICS_CLIENT_SECRET"] = "mistaken"
    request = flow.request(by="ada@example.com", **NEED)
    assert request.status == "errored"
    assert "401" in request.reports[0].text
    assert "mistaken" not in repr((request.reports, request.errors, request.audit_entries))
