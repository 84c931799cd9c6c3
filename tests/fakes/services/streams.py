"""Kinesis, Firehose and S3 on moto, some of whose records are refused when that is asked for.

"PutRecords" and "PutRecordBatch" of the API references: a request may succeed with records that failed, which have an
``ErrorCode`` and an ``ErrorMessage`` in their place in the answer.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from tests.fakes.services.aws import ACCOUNT, AwsVendor, operation_of
from tests.fakes.services.server import Answer, Request

STREAM = "audit"


class Streams(AwsVendor):
    """A stream of each kind and a bucket, all called ``audit``. ``refuse_next`` lists, request by request, which of the
    records of a run are refused, by their place."""

    changes = ("PutRecords", "PutRecordBatch", "PUT")

    def __init__(self) -> None:
        super().__init__()
        self.refuse_next: list[set[int]] = []
        self.is_forbidden = False
        self.taken: list[str] = []
        self.client("s3").create_bucket(Bucket=STREAM)
        self.client("kinesis").create_stream(StreamName=STREAM, ShardCount=2)
        role = f"arn:aws:iam::{ACCOUNT}:role/firehose"
        self.client("firehose").create_delivery_stream(
            DeliveryStreamName=STREAM,
            ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": f"arn:aws:s3:::{STREAM}"},
        )

    def has_access(self, identity: str, target: str) -> bool:
        """Nobody: it is no target."""
        return False

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        if self.is_forbidden and not operation_of(request).startswith("AssumeRole"):
            code = "AccessDeniedException" if request.headers.get("x-amz-target") else "AccessDenied"
            text = f"<Error><Code>{code}</Code><Message>not allowed</Message></Error>".encode()
            if request.headers.get("x-amz-target"):
                return (400, {"__type": code, "message": "not allowed"}), True
            return (403, text, {"Content-Type": "application/xml"}), True
        if request.method == "PUT" and self.faults and self.faults[0] == "crash":
            self.faults.pop(0)
            self._forward(request)
            return None, False
        if request.method == "PUT" and self.faults and self.faults[0] == "throttle":
            self.faults.pop(0)
            text = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
            return (503, text, {"Content-Type": "application/xml"}), True
        return super().answer(request)

    def _forward(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        operation = operation_of(request)
        if operation not in ("PutRecords", "PutRecordBatch"):
            return super()._forward(request)
        refused, asked = self.refuse_next.pop(0) if self.refuse_next else set(), request.json
        kept = [record for at, record in enumerate(asked["Records"]) if at not in refused]
        if asked.get("StreamName", asked.get("DeliveryStreamName")) == STREAM:
            self.taken += [json.loads(base64.b64decode(record["Data"]))["id"] for record in kept]
        if not refused:
            return super()._forward(request)
        done: list[Any] = []
        if kept:
            request.body = json.dumps({**asked, "Records": kept}).encode()
            status, body, _ = super()._forward(request)
            assert status == 200, body
            done = json.loads(body)["Records" if operation == "PutRecords" else "RequestResponses"]
        code = "ProvisionedThroughputExceededException" if operation == "PutRecords" else "ServiceUnavailableException"
        failed = {"ErrorCode": code, "ErrorMessage": "Slow down."}
        answers = [failed if at in refused else done.pop(0) for at in range(len(asked["Records"]))]
        name, count = ("Records", "FailedRecordCount") if operation == "PutRecords" else (
            "RequestResponses", "FailedPutCount")  # fmt: skip
        answered = {name: answers, count: len(refused)}
        return 200, json.dumps(answered).encode(), {"Content-Type": "application/x-amz-json-1.1"}

    def in_stream(self) -> list[dict[str, Any]]:
        """The entries of the data stream, shard by shard."""
        kinesis, found = self.client("kinesis"), []
        for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            found += [record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]]
        return _entries(found)

    def in_firehose(self) -> list[dict[str, Any]]:
        """The entries that Firehose has written to its bucket, in the order in which it took them."""
        s3 = self.client("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=STREAM).get("Contents", [])]
        found = _entries([s3.get_object(Bucket=STREAM, Key=key)["Body"].read() for key in keys])
        assert sorted(entry["id"] for entry in found) == sorted(self.taken)
        by_id = {entry["id"]: entry for entry in found}
        return [by_id[entry_id] for entry_id in self.taken]

    def objects(self) -> dict[str, list[dict[str, Any]]]:
        """The entries of each object, by its key."""
        s3 = self.client("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=STREAM).get("Contents", [])]
        bodies = {key: s3.get_object(Bucket=STREAM, Key=key)["Body"].read() for key in keys}
        return {key: _entries([gzip.decompress(body)]) for key, body in bodies.items()}


def _entries(blobs: list[bytes]) -> list[dict[str, Any]]:
    found = []
    for blob in blobs:
        text = blob.decode() if blob.startswith(b"{") else base64.b64decode(blob).decode()
        assert text.endswith("\n")
        found += [json.loads(line) for line in text.splitlines()]
    return found
