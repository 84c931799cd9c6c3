"""The policies that ``runtime/docs/aws.md`` documents, and moto made to enforce them.

moto holds the action of every request against the policies of whoever signed it, with signatures and keys checked, and
for ``sts:AssumeRole`` the resource as well. Of all other services it knows no resources and no conditions, and it calls
``lambda:InvokeFunction`` ``lambda:Invoke``; so policies are given to it without those, and with its name of that
action. Trust policies are :mod:`tests.fakes.services.trust`'s.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from sym.engine.connections.opening import Connections
from tests.architecture.sources import ROOT
from tests.fakes.services.aws import ACCOUNT, REGION, AwsVendor, moto_url

PAGE = ROOT / "runtime" / "docs" / "aws.md"
RUNTIME = f"arn:aws:iam::{ACCOUNT}:role/sym/SymRuntimeProd"
CONNECTOR = f"arn:aws:iam::{ACCOUNT}:role/sym/SymConnectorProd"
MOTO_NAMES = {"lambda:InvokeFunction": "lambda:Invoke"}
ANYBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
           "Action": "sts:AssumeRole"}]}  # fmt: skip
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
Policy = dict[str, Any]


def documented() -> dict[str, Policy]:
    """The policies of the page, by their headings, for the account of the tests."""
    text = PAGE.read_text().replace("111122223333", ACCOUNT)
    found = re.findall(r"^### (.+?)\n.*?```json\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    return {heading.replace("`", ""): json.loads(block) for heading, block in found}


def actions(policy: Policy) -> list[str]:
    """The actions a policy allows."""
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def without(policy: Policy, action: str) -> Policy:
    """A policy with one action less."""
    kept = [{**statement, "Action": [item for item in statement["Action"] if item != action]}
            for statement in policy["Statement"]]  # fmt: skip
    return {**policy, "Statement": [statement for statement in kept if statement["Action"]]}


def for_moto(*policies: Policy) -> Policy:
    """Policies as one that moto can hold actions against."""
    allowed = [MOTO_NAMES.get(action, action) for policy in policies for action in actions(policy)]
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed or ["none:None"],
            "Resource": "*"}]}  # fmt: skip


@contextmanager
def enforced(vendor: AwsVendor, *policies: Policy, worker: Policy, runtime: Policy) -> Iterator[Any]:
    """The connection of a permission context whose role has ``policies`` and nothing else, for a worker and a runtime
    with theirs, while moto enforces them all."""
    iam = vendor.client("iam")
    for name, policy in (("worker", worker), ("admin", EVERYTHING)):
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
    for name, policy in (("SymRuntimeProd", runtime), ("SymConnectorProd", for_moto(*policies))):
        iam.create_role(RoleName=name, Path="/sym/", AssumeRolePolicyDocument=json.dumps(ANYBODY))
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
    keys = {name: iam.create_access_key(UserName=name)["AccessKey"] for name in ("worker", "admin")}
    before = {name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    os.environ["AWS_ACCESS_KEY_ID"] = keys["worker"]["AccessKeyId"]
    os.environ["AWS_SECRET_ACCESS_KEY"] = keys["worker"]["SecretAccessKey"]
    vendor.keys = (keys["admin"]["AccessKeyId"], keys["admin"]["SecretAccessKey"])
    requests.post(f"{moto_url()}/moto-api/reset-auth", data="0", timeout=10)
    try:
        yield Connections().open(context(CONNECTOR), lambda _id: "", context(RUNTIME))
    finally:
        requests.post(f"{moto_url()}/moto-api/reset-auth", data="inf", timeout=10)
        os.environ.update(before)


def context(role: str, **settings: str) -> dict[str, Any]:
    """The view of a permission context with this role."""
    given = {"cloud": "aws", "region": REGION, "role_arn": role, **settings}
    return {"$type": "integration", "srn": "test:integration:permission_context:aws:latest:1",
            "type": "permission_context", "external_id": ACCOUNT, "settings": given}  # fmt: skip
