"""Who approves membership of a group, and what comes of it."""

import pytest

from sym.sdk.exceptions import OktaError
from sym.sdk.exceptions.identity import IdentityNotFound

pytestmark = pytest.mark.flow(
    "impl.py",
    targets={"production": {"label": "Production", "settings": {"group_id": "00g1"}}},
    fields={"reason": "string", "duration": {"type": "duration", "allowed_values": ["30m", "1h", "8h"]}},
    flow_vars={"approvers_group": "00g3", "channel": "#access"},
)
NEED = {"target": "production", "duration": "1h", "reason": "INC-1"}


@pytest.fixture(autouse=True)
def groups(flow):
    """Bob approves, and nobody is in the group that is asked for."""
    flow.host.okta.users_in_group.when(group_id="00g3").returns([flow.user("bob@example.com")])
    flow.host.okta.is_user_in_group.returns(False)


def test_a_member_of_the_approvers_group_approves(flow):
    request = flow.request(by="ada@example.com", **NEED)
    assert [card.destination for card in request.notifications] == ["#access"]
    request.approve(by="bob@example.com")
    assert flow.access.members("production") == ["ada@example.com"]
    flow.travel(hours=1)
    assert request.status == "deescalated"
    assert flow.access.members("production") == []


def test_nobody_else_does(flow):
    request = flow.request(by="ada@example.com", **NEED)
    with flow.refused("NOT_ALLOWED"):
        request.approve(by="eve@example.com")
    assert request.status == "requested"


def test_an_approver_does_not_approve_their_own(flow):
    request = flow.request(by="bob@example.com", **NEED)
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="bob@example.com")


def test_administrators_decide_while_okta_does_not_tell_who_approves(flow):
    flow.host.okta.users_in_group.when(group_id="00g3").raises(OktaError("UNAVAILABLE", "Try again later."))
    request = flow.request(by="ada@example.com", **NEED)
    with flow.refused("NOT_ALLOWED"):
        request.approve(by="bob@example.com")
    request.approve(by=flow.user("root@example.com", role="admin"))
    assert request.is_granted


def test_whoever_is_in_the_group_already_need_not_ask(flow):
    flow.host.okta.is_user_in_group.when(user=flow.user("ada@example.com"), group_id="00g1").returns(True)
    request = flow.request(by="ada@example.com", **NEED)
    assert request.status == "denied"
    assert flow.access.members("production") == []


def test_a_request_nobody_decides_is_over_after_an_hour(flow):
    request = flow.request(by="ada@example.com", **NEED)
    flow.travel(hours=1)
    assert request.status == "expired"


def test_contractors_are_known_by_an_address_of_ours(flow):
    eve = flow.user("eve@contractors.example.com")
    flow.host.okta.is_user_in_group.raises(IdentityNotFound("eve@contractors.example.com", "acme.okta.com"))
    assert flow.request(by=eve, **NEED).status == "requested"
    event = flow.event(by=eve, **NEED)
    assert flow.call("get_identity_lookup", event, "okta", "acme.okta.com", eve) == "eve@example.com"
    assert flow.call("get_identity_lookup", event, "slack", "T1", eve) is None
