from __future__ import annotations

from typing import Any

from sym.log_destinations import kinesis_firehose
from tests.runtime.log_destinations.stream_contract import StreamContract
from tests.shelf_settings import optional, required


def test_it_sends_to_one_stream_through_a_permission_context() -> None:
    assert kinesis_firehose.integration == "permission_context"
    assert not hasattr(kinesis_firehose, "integration_optional")
    assert required(kinesis_firehose.Settings) == {"stream_name"}
    assert optional(kinesis_firehose.Settings) == {"personal_values"}


class TestFirehose(StreamContract):
    type = "kinesis_firehose"

    def received(self, double: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = double.in_firehose()
        return found
