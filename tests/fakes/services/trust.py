"""AWS whose roles trust whom their policies say: moto ignores external ids, and knows principals only in part.

Source of the rules: "AssumeRole" of the AWS STS API reference and "AWS JSON policy elements: Principal" of the IAM user
guide. As much of them is here as the documented policies use; anything else is refused.
"""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.services.aws import AwsVendor
from tests.fakes.services.server import Answer, Request

Policy = dict[str, Any]


class TrustingAws(AwsVendor):
    """``trusts`` are the trust policies of roles, by ARN; no other role can be taken on. ``callers`` says whose an
    access key is. ``taken`` are the roles that were taken on: by whom, with which external id and session name."""

    def __init__(self, worker: str, key: str = "AKIATEST") -> None:
        super().__init__()
        self.trusts: dict[str, Policy] = {}
        self.callers = {key: worker}
        self.taken: list[tuple[str, str, str | None, str]] = []

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        if b"Action=AssumeRole" not in request.body:
            return super().answer(request)
        role, external_id = request.form["RoleArn"], request.form.get("ExternalId")
        key = request.headers["authorization"].partition("Credential=")[2].partition("/")[0]
        caller = self.callers.get(key, f"unknown key {key}")
        if not is_trusted(self.trusts.get(role, {"Statement": []}), caller, external_id):
            text = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
            body = f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{text}</Message></Error></ErrorResponse>"
            return (403, body.encode(), {"Content-Type": "text/xml"}), True
        self.taken.append((caller, role, external_id, request.form["RoleSessionName"]))
        given, arrives = super().answer(request)
        assert given is not None
        made = re.search(rb"<AccessKeyId>(\w+)</AccessKeyId>", given[1])
        assert made, given
        self.callers[made[1].decode()] = role
        return given, arrives


def is_trusted(policy: Policy, caller: str, external_id: str | None) -> bool:
    """Whether a trust policy lets ``caller`` take on its role with this external id."""
    return any(_allows(statement, caller, external_id) for statement in policy["Statement"])


def _allows(statement: Policy, caller: str, external_id: str | None) -> bool:
    assert statement.keys() <= {"Effect", "Principal", "Action", "Condition"}, statement
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole"), statement
    condition = statement.get("Condition", {})
    assert condition.keys() <= {"StringEquals"}, condition
    wanted = condition.get("StringEquals", {})
    assert wanted.keys() <= {"sts:ExternalId"}, wanted
    # Without a condition any external id will do, as on AWS.
    return bool(caller == statement["Principal"]["AWS"] and wanted.get("sts:ExternalId", external_id) == external_id)
