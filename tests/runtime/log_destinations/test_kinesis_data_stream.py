from __future__ import annotations

from sym.log_destinations import kinesis_data_stream
from tests.shelf_settings import optional, required


def test_it_sends_to_one_stream_through_a_permission_context() -> None:
    assert kinesis_data_stream.integration == "permission_context"
    assert not hasattr(kinesis_data_stream, "integration_optional")
    assert required(kinesis_data_stream.Settings) == {"stream_name"}
    assert optional(kinesis_data_stream.Settings) == set()
