"""``type = "kinesis_data_stream"``: an Amazon Kinesis data stream."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "permission_context"


@schema
class Settings:
    """Settings of a log destination of this type."""

    stream_name: str = attribute("The name of the data stream.")
