"""``type = "aws_secrets_manager"``: AWS Secrets Manager; the path of a secret is its name or its ARN."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema


@schema
class Settings:
    """Settings of AWS Secrets Manager as a source."""

    context_id: str = attribute(
        "Id of the `sym_integration` of type `permission_context` that may read the secrets.", references="integration"
    )
