"""The chain of roles, end to end: whoever is not trusted, or does not know the external id, takes on nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.connections.opening import Connections
from sym.sdk.exceptions.aws import AWSError, AWSIAMError
from sym.store import resources
from sym.testing import FlowTest
from sym.testing.strategy_contract import ANYBODY
from tests.fakes.services.aws import ACCOUNT
from tests.fakes.services.aws_flow import REQUESTER, granted
from tests.fakes.services.aws_policies import CONNECTOR, RUNTIME, context, documented
from tests.fakes.services.iam import GROUP
from tests.fakes.services.trust import TrustingAws

POLICIES = documented()
WORKER = POLICIES["runtime: trust"]["Statement"][0]["Principal"]["AWS"]
EXTERNAL_ID = "acme-prod-7b1f"


@pytest.fixture
def aws() -> Iterator[TrustingAws]:
    """AWS with the documented trust policies, and a group."""
    vendor = TrustingAws(WORKER)
    renamed = RUNTIME.rpartition("/")[2]
    assert POLICIES["connector: trust"]["Statement"][0]["Principal"]["AWS"].endswith(f"role/sym/{renamed}")
    vendor.trusts = {RUNTIME: POLICIES["runtime: trust"], CONNECTOR: POLICIES["connector: trust"]}
    vendor.client("iam").create_group(GroupName=GROUP)
    vendor.client("iam").create_user(UserName=REQUESTER)
    yield vendor
    vendor.close()


def opened(runtime: dict[str, Any] | None, own: dict[str, Any]) -> Any:
    return Connections().open(own, lambda _id: "", runtime)


def test_the_worker_takes_on_the_runtimes_role_and_from_there_the_connectors(aws: TrustingAws) -> None:
    connection = opened(context(RUNTIME, external_id=EXTERNAL_ID), context(CONNECTOR))
    assert connection.aws("iam", AWSIAMError).call("get_user", UserName=REQUESTER)["User"]["UserName"] == REQUESTER
    assert aws.taken == [(WORKER, RUNTIME, EXTERNAL_ID, "symflow"), (RUNTIME, CONNECTOR, None, "symflow")]


@pytest.mark.parametrize("settings", [{}, {"external_id": "somebody-elses"}])
def test_without_the_external_id_the_runtimes_role_is_not_taken_on(aws: TrustingAws, settings: dict[str, str]) -> None:
    connection = opened(context(RUNTIME, **settings), context(CONNECTOR))
    with pytest.raises(AWSIAMError, match=f"iam:AssumeRole: User: {WORKER} is not authorized") as caught:
        connection.aws("iam", AWSIAMError).call("get_user", UserName=REQUESTER)
    assert caught.value.error_code.endswith(":FORBIDDEN")
    assert not caught.value.retryable
    assert "somebody-elses" not in str(caught.value)
    assert aws.taken == []


def test_a_connector_does_not_trust_the_worker_itself(aws: TrustingAws) -> None:
    connection = opened(None, context(CONNECTOR))
    with pytest.raises(AWSIAMError, match="is not authorized to perform: sts:AssumeRole"):
        connection.aws("iam", AWSIAMError).call("get_user", UserName=REQUESTER)


def test_a_connector_may_ask_for_an_external_id_of_its_own(aws: TrustingAws) -> None:
    (statement,) = POLICIES["connector: trust"]["Statement"]
    asks = {**statement, "Condition": {"StringEquals": {"sts:ExternalId": "connector-id"}}}
    aws.trusts[CONNECTOR] = {"Statement": [asks]}
    runtime = context(RUNTIME, external_id=EXTERNAL_ID)
    opened(runtime, context(CONNECTOR, external_id="connector-id")).aws("iam", AWSError).call("list_groups")
    with pytest.raises(AWSError):
        opened(runtime, context(CONNECTOR)).aws("iam", AWSError).call("list_groups")


def test_a_context_of_the_runtimes_own_role_takes_it_on_once(aws: TrustingAws) -> None:
    runtime = context(RUNTIME, external_id=EXTERNAL_ID)
    opened(runtime, runtime).aws("iam", AWSIAMError).call("list_groups")
    assert [role for _, role, _, _ in aws.taken] == [RUNTIME]


def test_a_flow_goes_through_the_runtime_of_its_environment(aws: TrustingAws) -> None:
    settings = {"cloud": "aws", "region": "us-east-1", "role_arn": CONNECTOR}
    given: dict[str, Any] = {"external_id": ACCOUNT, "settings": settings}
    target = {"target": {"settings": {"iam_group": GROUP}}}
    with FlowTest(ANYBODY, strategy_type="aws_iam", targets=target, **given) as flow:
        link_runtime(flow)
        request = granted(flow)
        assert request.is_granted, request
        (step,) = (step for step in request.steps if step.name == "escalate")
        assert step.output == {"user": f"arn:aws:iam::{ACCOUNT}:user/{REQUESTER}", "iam_groups": [GROUP]}
    assert aws.taken[:2] == [(WORKER, RUNTIME, EXTERNAL_ID, "symflow"), (RUNTIME, CONNECTOR, None, "symflow")]
    assert {role for _, role, _, _ in aws.taken} == {RUNTIME, CONNECTOR}


def link_runtime(flow: FlowTest) -> None:
    """Give the flow's environment a runtime."""
    now = flow.stage.clock()
    settings = {"cloud": "aws", "region": "us-east-1", "role_arn": RUNTIME, "external_id": EXTERNAL_ID}
    document = {"type": "permission_context", "name": "runtime", "external_id": ACCOUNT, "settings": settings}
    with flow.stage.store.transaction() as conn:
        save: Callable[..., Any] = partial(resources.save, conn, actor=Actor.SYSTEM, now=now)
        own = save("integration", document)
        runtime = save("runtime", {"name": "runtime", "context_id": own.id})
        (environment,) = resources.list_resources(conn, "environment")
        save("environment", {**environment.document, "runtime_id": runtime.id}, resource_id=environment.id)
