from __future__ import annotations

from sym.log_destinations import kinesis_firehose
from tests.shelf_settings import optional, required


def test_it_sends_to_one_stream_through_a_permission_context() -> None:
    assert kinesis_firehose.integration == "permission_context"
    assert not hasattr(kinesis_firehose, "integration_optional")
    assert required(kinesis_firehose.Settings) == {"stream_name"}
    assert optional(kinesis_firehose.Settings) == set()
