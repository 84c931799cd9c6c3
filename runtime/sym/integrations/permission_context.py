"""``type = "permission_context"``: a role of an AWS account that the worker takes on.

AWS strategies, AWS Lambda functions, AWS Secrets Manager and Kinesis are reached through it. The AWS connector modules
output its settings ready to use.

The worker takes on the role of the environment's runtime first, with its own credentials (an instance profile, a
service account, the environment), and from there this one; where an environment has no runtime, this one at once.
"""

from __future__ import annotations

from collections.abc import Callable

from sym.sdk._integration import Integration
from sym.sdk.connection import Aws, AwsRole, AwsService, ConnectionHost
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.schema import attribute, schema

external_id = "The id of the AWS account; for AWS IAM Identity Center (SSO), the ARN of its instance."


@schema
class Settings:
    """Settings of a permission context."""

    cloud: str = attribute("The cloud the role is in.", choices=("aws",))
    region: str = attribute("The region requests go to, such as `us-east-1`.")
    role_arn: str = attribute("The ARN of the role to take on.")
    external_id: str | None = attribute("The external id that the role's trust policy asks for.", default=None)
    account_id: str | None = attribute("The id of the AWS account the role belongs to.", default=None)
    instance_arn: str | None = attribute("The ARN of the IAM Identity Center instance.", default=None)


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """AWS, in the role that ``integration`` names."""
    settings = integration.settings
    own = AwsRole(arn=settings["role_arn"], external_id=settings.get("external_id"))
    first = host.runtime_role
    roles = (own,) if first is None or first.arn == own.arn else (first, own)
    return Connection(host, settings["region"], roles)


class Connection:
    """AWS in one role."""

    def __init__(self, host: ConnectionHost, region: str, roles: tuple[AwsRole, ...]) -> None:
        self._host = host
        self._roles = roles
        self.region = region

    def aws(self, name: str, error: Callable[[str, str], SymException], *, region: str | None = None) -> Aws:
        """Requests to the service that boto3 calls ``name``; refusals raise ``error``."""
        return self._host.aws(AwsService(name=name, region=region or self.region, roles=self._roles, error=error))
