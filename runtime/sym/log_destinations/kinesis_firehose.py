"""``type = "kinesis_firehose"``: an Amazon Data Firehose stream, which delivers to S3, Datadog and others."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "permission_context"


@schema
class Settings:
    """Settings of a log destination of this type."""

    stream_name: str = attribute("The name of the Firehose stream.")
