"""The same code under the rules of each environment."""

import pytest


@pytest.fixture
def environment(flow_test):
    """Makes the flow of an environment."""

    def make(name, needs_approval, *durations):
        return flow_test(
            "impl.py",
            targets=[f"{name}-engineers"],
            fields={
                "reason": {"type": "string", "required": needs_approval},
                "duration": {"type": "duration", "allowed_values": list(durations)},
            },
            flow_vars={"channel": f"#{name}", "approval": "required" if needs_approval else "none"},
        )

    return make


@pytest.fixture
def staging(environment):
    """Where members need no approval."""
    return environment("staging", False, "1h", "8h", "3d")


@pytest.fixture
def production(environment):
    """Where everybody does."""
    return environment("production", True, "30m", "1h")


def test_members_are_in_staging_at_once(staging):
    request = staging.request(by="ada@example.com", target="staging-engineers", duration="3d")
    assert request.is_granted
    assert staging.access.members("staging-engineers") == ["ada@example.com"]
    staging.travel(days=3)
    assert request.status == "deescalated"


def test_bots_wait_in_staging(staging):
    request = staging.request(by=staging.bot("nightly"), target="staging-engineers", duration="1h", source="api")
    assert [card.destination for card in request.notifications] == ["#staging"]


def test_everybody_waits_in_production(production):
    request = production.request(by="ada@example.com", target="production-engineers", duration="1h", reason="INC-1")
    assert [card.destination for card in request.notifications] == ["#production"]
    with production.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")
    request.approve(by="bob@example.com")
    assert production.access.members("production-engineers") == ["ada@example.com"]


def test_production_wants_a_reason_and_is_for_an_hour_at_most(production):
    with production.refused("INVALID_INPUTS"):
        production.request(by="ada@example.com", target="production-engineers", duration="1h")
    with production.refused("INVALID_INPUTS"):
        production.request(by="ada@example.com", target="production-engineers", duration="8h", reason="INC-1")


def test_a_rule_that_is_not_known_needs_approval(flow_test):
    flow = flow_test("impl.py", targets=["x"], flow_vars={"channel": "#x", "approval": "None"})
    assert flow.request(by="ada@example.com", target="x", duration="1h").status == "requested"
