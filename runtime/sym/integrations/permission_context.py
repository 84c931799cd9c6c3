"""``type = "permission_context"``: a role of an AWS account that the worker takes on.

AWS strategies, AWS Lambda functions, AWS Secrets Manager and Kinesis are reached through it. The AWS connector modules
output its settings ready to use.
"""

from __future__ import annotations

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
