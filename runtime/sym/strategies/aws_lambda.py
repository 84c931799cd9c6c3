"""``type = "aws_lambda"``: access granted by an AWS Lambda function, called once to grant and once to take away."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "permission_context"


@schema
class Settings:
    """An AWS Lambda strategy needs no settings."""


@schema
class Function:
    """A Lambda function."""

    arn: str = attribute("The ARN of the function.")


targets = {"aws_lambda_function": Function}
multiple: frozenset[str] = frozenset()
