"""The documented policies are enough for everything that goes through a permission context, and minimal.

What moto does not enforce, and how it is worked around, is in :mod:`tests.fakes.services.aws_policies`: resources
(except of ``sts:AssumeRole``), conditions (the tag ``SymEnv``), trust policies and external ids. ``kms:Decrypt`` and
what assignments in the management account need is documented and not proved: moto asks for neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from sym import plugins
from sym.engine.connections.opening import Connections
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions.aws import AWSError
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.strategies import Operation
from tests.fakes.services.aws import ACCOUNT, REGION, AwsVendor, moto_url
from tests.fakes.services.aws_flow import REQUESTER
from tests.fakes.services.aws_policies import (
    CONNECTOR,
    RUNTIME,
    actions,
    context,
    documented,
    enforced,
    for_moto,
    without,
)  # fmt: skip
from tests.fakes.services.iam import IamGroups
from tests.fakes.services.identity_center import AccountAssignments, Memberships

POLICIES = documented()


class Plain(AwsVendor):
    """AWS with a function, a secret, a parameter and two streams."""

    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sym-grant"

    def __init__(self) -> None:
        super().__init__()
        requests.post(f"{moto_url()}/moto-api/config", json={"lambda": {"use_docker": False}}, timeout=10)
        role = self.client("iam").create_role(RoleName="run", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.client("lambda").create_function(FunctionName="sym-grant", Runtime="python3.12", Role=role,
                                              Handler="h.h", Code={"ZipFile": b"x"})  # fmt: skip
        self.client("secretsmanager").create_secret(Name="sym/okta", SecretString="hunter2")
        self.client("ssm").put_parameter(Name="/sym/prod/okta", Value="hunter2", Type="SecureString")
        self.client("s3").create_bucket(Bucket="logs")
        self.client("firehose").create_delivery_stream(
            DeliveryStreamName="logs", S3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::logs"}
        )
        self.client("kinesis").create_stream(StreamName="logs", ShardCount=1)

    def has_access(self, identity: str, target: str) -> bool:
        return False


def live(kind: str) -> Callable[[Any, Any], None]:
    """A use of a strategy: find somebody, grant, read back, list, end."""

    def use(connection: Any, vendor: Any) -> None:
        module = plugins.load("strategies", kind)
        strategy = module.Strategy(SimpleNamespace(type="permission_context", external_id=ACCOUNT))
        strategy.connection, strategy.settings = connection, vendor.strategy_settings
        identity = strategy.fetch_remote_identity(SimpleNamespace(email=REQUESTER, username=REQUESTER))
        assert identity
        grant, end = (event(name, identity, vendor) for name in ("escalate", "deescalate"))
        finished(strategy, strategy.escalate("t", grant), grant)
        assert strategy.is_escalated("t", grant)
        assert list(strategy.list_active(vendor.target_settings)) == [identity]
        finished(strategy, strategy.deescalate("t", end), end)
        assert not strategy.is_escalated("t", end)

    return use


def event(name: str, identity: str, vendor: Any) -> Any:
    requester = SimpleNamespace(identity=lambda *_: SimpleNamespace(user_id=identity), email=REQUESTER)
    target = SimpleNamespace(type=vendor.target_type or "aws_sso_permission_set", settings=vendor.target_settings)
    return SimpleNamespace(name=name, payload=SimpleNamespace(fields={"target": target}),
                           get_actor=lambda _step: requester)  # fmt: skip


def finished(strategy: Any, answer: Any, asked: Any) -> None:
    while isinstance(answer, Operation) and answer.status == "IN_PROGRESS":
        answer = strategy.poll(answer, "t", asked)
    assert not isinstance(answer, Operation) or answer.status == "SUCCEEDED", answer


def author(kind: str, **calls: dict[str, Any]) -> Callable[[Any, Any], None]:
    """A use of an author module's functions."""

    def use(connection: Any, vendor: Any) -> None:
        connection.instance_arn = None

        def identity(user: Any) -> str:
            instance = connection.aws("sso-admin", AWSError).call("list_instances")["Instances"][0]["InstanceArn"]
            return str(connection.find_store_user(instance, user["email"]))

        for name, arguments in calls.items():
            asking = SimpleNamespace(connection=connection, arguments=arguments, identity=identity, users=list)
            plugins.load("strategies", kind).functions[name](asking)

    return use


def invoke(connection: Any, vendor: Any) -> None:
    plugins.load("strategies", "aws_lambda").invoke(connection, vendor.function, {})


def fetch(kind: str, path: str) -> Callable[[Any, Any], None]:
    def use(connection: Any, vendor: Any) -> None:
        place = SecretPlace(aws=lambda _id: connection)
        source = plugins.load("secret_sources", kind).Source.open({"context_id": "c"}, place)
        assert source.fetch(path) == "hunter2"

    return use


def put_record_batch(connection: Any, vendor: Any) -> None:
    """As the log destination ``kinesis_firehose`` does."""
    firehose = connection.aws("firehose", AWSError)
    firehose.call("put_record_batch", DeliveryStreamName="logs", Records=[{"Data": b"{}\n"}])


def put_records(connection: Any, vendor: Any) -> None:
    """As the log destination ``kinesis_data_stream`` does."""
    kinesis = connection.aws("kinesis", AWSError)
    kinesis.call("put_records", StreamName="logs", Records=[{"Data": b"{}", "PartitionKey": "run"}])


class Organization(Memberships):
    """The instance with a member in its group, and an organization."""

    def __init__(self) -> None:
        super().__init__()
        self.add_member(REQUESTER)
        organizations = self.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        self.root = organizations.list_roots()["Roots"][0]["Id"]


def functions_of_the_identity_center(connection: Any, vendor: Any) -> None:
    author(
        "aws_sso", list_groups={}, users_in_group={"group_name": "readers"}, list_accounts={},
        is_user_in_group={"group_name": "readers", "user": {"email": REQUESTER}},
    )(connection, vendor)  # fmt: skip
    author("aws_sso", list_accounts={"organizational_unit_id": vendor.root})(connection, vendor)


class EndingSessions(IamGroups):
    """IAM, for a strategy that ends sessions."""

    strategy_settings = {"end_sessions": "true"}


@dataclass(frozen=True)
class Use:
    """What is used, of which AWS, and the headings of the policies it takes."""

    does: Callable[[Any, Any], None]
    vendor: type[AwsVendor]
    headings: tuple[str, ...]


USES = {
    "aws_iam": Use(live("aws_iam"), IamGroups, ("aws_iam: permissions",)),
    "aws_iam with end_sessions": Use(live("aws_iam"), EndingSessions, (
        "aws_iam: permissions", "aws_iam with end_sessions: additional permissions")),
    "aws_sso permission sets": Use(live("aws_sso"), AccountAssignments, (
        "aws_sso: permissions for permission sets",)),
    "aws_sso groups": Use(live("aws_sso"), Memberships, ("aws_sso: permissions for groups",)),
    "aws_sso author module": Use(functions_of_the_identity_center, Organization, (
        "aws_sso: permissions for the author module",)),
    "aws_lambda": Use(invoke, Plain, ("aws_lambda: permissions",)),
    "aws_secrets_manager": Use(fetch("aws_secrets_manager", "sym/okta"), Plain, ("aws_secrets_manager: permissions",)),
    "aws_ssm": Use(fetch("aws_ssm", "/sym/prod/okta"), Plain, ("aws_ssm: permissions",)),
    "kinesis_firehose": Use(put_record_batch, Plain, ("kinesis_firehose: permissions",)),
    "kinesis_data_stream": Use(put_records, Plain, ("kinesis_data_stream: permissions",)),
}  # fmt: skip
CHAIN = {"worker": POLICIES["worker: permissions"], "runtime": POLICIES["runtime: permissions"]}
ONE_LESS = [(name, heading, action) for name, use in USES.items() for heading in use.headings
            for action in actions(POLICIES[heading])
            if not (name == "aws_iam with end_sessions" and heading == "aws_iam: permissions")]  # fmt: skip


def test_every_policy_of_the_page_is_tried() -> None:
    tried = {heading for use in USES.values() for heading in use.headings}
    tried |= {"worker: permissions", "runtime: permissions"}
    assert set(POLICIES) - tried == {"runtime: trust", "connector: trust"}, "tried in test_permission_context_trust.py"


@pytest.mark.parametrize("name", USES)
def test_the_documented_policy_is_enough(name: str) -> None:
    use = USES[name]
    vendor = use.vendor()
    with enforced(vendor, *(POLICIES[heading] for heading in use.headings), **CHAIN) as connection:
        use.does(connection, vendor)
    vendor.close()


@pytest.mark.parametrize(("name", "heading", "action"), ONE_LESS)
def test_with_one_action_less_it_fails_and_says_which(name: str, heading: str, action: str) -> None:
    use = USES[name]
    vendor = use.vendor()
    policies = [without(POLICIES[item], action) if item == heading else POLICIES[item] for item in use.headings]
    with enforced(vendor, *policies, **CHAIN) as connection, pytest.raises((SymException, PermissionError)) as caught:
        use.does(connection, vendor)
    vendor.close()
    service, _, operation = action.partition(":")
    if isinstance(caught.value, PermissionError):
        assert f"{service}:{operation}" in str(caught.value)
        assert CONNECTOR in str(caught.value)
    else:
        assert "is not authorized to perform" in str(caught.value)
        assert operation.removesuffix("Function") in str(caught.value)


@pytest.mark.parametrize("role", ["worker", "runtime"])
def test_without_the_right_to_take_on_the_next_role_nothing_works(role: str) -> None:
    vendor = IamGroups()
    (action,) = actions(CHAIN[role])
    chain = {**CHAIN, role: for_moto(without(CHAIN[role], action))}
    allowed = POLICIES["aws_iam: permissions"]
    with enforced(vendor, allowed, **chain) as connection, pytest.raises(SymException, match="AssumeRole"):
        live("aws_iam")(connection, vendor)
    vendor.close()


def test_the_runtime_takes_on_no_role_outside_of_its_path() -> None:
    vendor = IamGroups()
    with enforced(vendor, **CHAIN):
        sts = Connections().open(context(RUNTIME), lambda _id: "").aws("sts", AWSError)
        sts.call("assume_role", RoleArn=CONNECTOR, RoleSessionName="symflow")
        with pytest.raises(SymException, match="is not authorized to perform: sts:AssumeRole"):
            sts.call("assume_role", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Admin", RoleSessionName="symflow")
    vendor.close()
