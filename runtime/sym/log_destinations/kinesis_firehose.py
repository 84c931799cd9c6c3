"""``type = "kinesis_firehose"``: an Amazon Data Firehose stream, which delivers to S3, Datadog and others.

Each entry is a record of its own, one line of JSON with the line's end. Firehose itself promises no order: whoever
needs one sorts by ``event.timestamp``. A record may come twice, after a failure: its ``id`` tells.

The role needs `firehose:PutRecordBatch` on the stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sym.log_destinations._records import why_refused
from sym.sdk.log_destination import (
    Declared,
    LogDestinationError,
    LogEntry,
    fitting,
    personal_values,
    put_in_rounds,
)  # fmt: skip
from sym.sdk.schema import attribute, schema

integration = "permission_context"
MOST_RECORDS = 500
MOST_BYTES = 4 * 1024 * 1024 - 64 * 1024
MOST_BYTES_OF_RECORD = 1000 * 1024 - 1


@schema
class Settings:
    """Settings of a log destination of this type."""

    stream_name: str = attribute("The name of the Firehose stream.")
    personal_values: str | None = personal_values()


class Destination:
    """One stream."""

    def __init__(self, declared: Declared) -> None:
        self._stream = declared.required("stream_name")
        self._connection = declared.connection

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:  # noqa: ARG002
        """See ``sym.sdk.log_destination.Destination``."""
        firehose = self._connection.aws("firehose", LogDestinationError)
        texts = [fitting(entry, MOST_BYTES_OF_RECORD) + "\n" for entry in entries]

        def put(places: Sequence[int]) -> list[str]:
            records = [{"Data": texts[at].encode()} for at in places]
            answer = firehose.call("put_record_batch", DeliveryStreamName=self._stream, Records=records)
            return [why_refused(record) for record in answer["RequestResponses"]]

        put_in_rounds(entries, texts, put, most=MOST_RECORDS, most_bytes=MOST_BYTES)
