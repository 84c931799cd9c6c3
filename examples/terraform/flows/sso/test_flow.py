"""Who waits for whom."""

import pytest

from sym.sdk.exceptions import AWSSSOError
from sym.sdk.exceptions.identity import IdentityNotFound

pytestmark = pytest.mark.flow(
    "impl.py",
    targets={"production-read": {"label": "Production: read"}, "production-admin": {"label": "Production: administer"}},
    fields={"reason": "string", "duration": {"type": "duration", "allowed_values": ["30m", "1h", "8h"]}},
    flow_vars={"on_call_group": "OnCall", "team_channel": "#platform", "admin_channel": "#security"},
)
READ = {"target": "production-read", "duration": "1h", "reason": "INC-1"}
ADMINISTER = {"target": "production-admin", "duration": "1h", "reason": "INC-1"}


@pytest.fixture(autouse=True)
def on_call(flow):
    """Ada is on call: what Identity Center is asked about her."""
    flow.host.aws_sso.is_user_in_group.returns(False)
    asked = flow.host.aws_sso.is_user_in_group.when(user=flow.user("ada@example.com"), group_name="OnCall")
    return asked.returns(True)


def test_the_on_call_group_is_in_at_once_and_out_after_the_hour(flow):
    request = flow.request(by="ada@example.com", **READ)
    assert request.is_granted
    flow.travel(hours=1)
    assert request.status == "deescalated"
    assert flow.access.members("production-read") == []


def test_others_wait_for_a_colleague(flow):
    request = flow.request(by="bob@example.com", **READ)
    assert [card.destination for card in request.notifications] == ["#platform"]
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="bob@example.com")
    request.approve(by="ada@example.com")
    assert flow.access.members("production-read") == ["bob@example.com"]


def test_administering_waits_for_an_administrator_on_call_or_not(flow):
    request = flow.request(by="ada@example.com", **ADMINISTER)
    assert [card.destination for card in request.notifications] == ["#security"]
    with flow.refused("NOT_ALLOWED"):
        request.approve(by="bob@example.com")
    request.approve(by=flow.user("root@example.com", role="admin"))
    assert request.is_granted


def test_administering_is_for_an_hour_at_most(flow):
    request = flow.request(by="bob@example.com", **{**ADMINISTER, "duration": "8h"})
    step = request.approve(by=flow.user("root@example.com", role="admin"))
    assert "An hour at most" in step.error
    assert request.status == "requested"


def test_people_decide_while_aws_does_not_answer(flow, on_call):
    on_call.raises(AWSSSOError("THROTTLED", "Rate exceeded"))
    assert flow.request(by="ada@example.com", **READ).status == "requested"


def test_whom_identity_center_does_not_know_asks_nobody(flow, on_call):
    on_call.raises(IdentityNotFound("ada@example.com", "arn:aws:sso:::instance/ssoins-1"))
    assert flow.request(by="ada@example.com", **READ).status == "denied"
