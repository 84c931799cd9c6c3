from __future__ import annotations

from typing import Any

from sym.log_destinations import kinesis_data_stream
from tests.runtime.log_destinations.stream_contract import StreamContract
from tests.shelf_settings import optional, required


def test_it_sends_to_one_stream_through_a_permission_context() -> None:
    assert kinesis_data_stream.integration == "permission_context"
    assert not hasattr(kinesis_data_stream, "integration_optional")
    assert required(kinesis_data_stream.Settings) == {"stream_name"}
    assert optional(kinesis_data_stream.Settings) == {"personal_values"}


class TestDataStream(StreamContract):
    type = "kinesis_data_stream"

    def received(self, double: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = double.in_stream()
        return found
