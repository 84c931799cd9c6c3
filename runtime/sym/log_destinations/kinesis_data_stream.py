"""``type = "kinesis_data_stream"``: an Amazon Kinesis data stream.

Each entry is a record of its own, one line of JSON; its partition key is the id of the run, so that a shard has the
entries of a run in their order. A record may come twice, after a failure: its ``id`` tells.

The role needs `kinesis:PutRecords` on the stream, and `kms:GenerateDataKey` on its key if it has one of its own.
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
MOST_BYTES = 5 * 1024 * 1024 - 64 * 1024
MOST_BYTES_OF_RECORD = 1024 * 1024 - 256  # the partition key counts


@schema
class Settings:
    """Settings of a log destination of this type."""

    stream_name: str = attribute("The name of the data stream.")
    personal_values: str | None = personal_values()


class Destination:
    """One stream."""

    def __init__(self, declared: Declared) -> None:
        self._stream = declared.required("stream_name")
        self._connection = declared.connection

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:  # noqa: ARG002
        """See ``sym.sdk.log_destination.Destination``."""
        kinesis = self._connection.aws("kinesis", LogDestinationError)
        texts = [fitting(entry, MOST_BYTES_OF_RECORD) + "\n" for entry in entries]

        def put(places: Sequence[int]) -> list[str]:
            records = [{"Data": texts[at].encode(), "PartitionKey": entries[at].run_id} for at in places]
            answer = kinesis.call("put_records", StreamName=self._stream, Records=records)
            return [why_refused(record) for record in answer["Records"]]

        put_in_rounds(entries, texts, put, most=MOST_RECORDS, most_bytes=MOST_BYTES)
