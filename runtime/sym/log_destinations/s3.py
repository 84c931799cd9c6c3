"""``type = "s3"``: objects in an Amazon S3 bucket, without Firehose between.

An object has the entries of one seal of the audit log, each a line of JSON, compressed with gzip. Its key is
``prefix/YYYY/MM/DD/destination/seal.jsonl.gz``, by the day (UTC) of its first entry, the id of the destination and the
seal's number with ten digits: what is written again after a failure takes the place of what was written before, so that
no entry is there twice. While little happens an object holds few entries; Firehose collects them for longer.

The role needs `s3:PutObject` on the keys below the prefix, and `kms:GenerateDataKey` if the bucket has a key of its
own. Versioning, retention (Object Lock) and encryption are the bucket's.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import datetime

from sym.sdk.log_destination import Declared, LogDestinationError, LogEntry, personal_values
from sym.sdk.schema import attribute, schema

integration = "permission_context"
whole_seals = True


@schema
class Settings:
    """Settings of an S3 log destination."""

    bucket: str = attribute("The name of the bucket.")
    prefix: str | None = attribute("What keys begin with, such as `sym/prod`.", default=None)
    region: str | None = attribute("The region of the bucket, if not that of the integration.", default=None)
    personal_values: str | None = personal_values()


class Destination:
    """One bucket."""

    def __init__(self, declared: Declared) -> None:
        self._id = declared.id
        self._bucket = declared.required("bucket")
        self._prefix = (declared.settings.get("prefix") or "").strip("/")
        self._region = declared.settings.get("region") or None
        self._connection = declared.connection

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:  # noqa: ARG002
        """See ``sym.sdk.log_destination.Destination``."""
        lines = "".join(f"{entry.json()}\n" for entry in entries)
        body = gzip.compress(lines.encode(), mtime=0)
        s3 = self._connection.aws("s3", LogDestinationError, region=self._region)
        s3.call("put_object", Bucket=self._bucket, Key=self._key(entries[0]), Body=body, ContentType="application/gzip")

    def _key(self, first: LogEntry) -> str:
        key = f"{first.recorded_at:%Y/%m/%d}/{self._id}/{first.seal:010d}.jsonl.gz"
        return f"{self._prefix}/{key}" if self._prefix else key
