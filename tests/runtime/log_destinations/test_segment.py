from __future__ import annotations

from sym.log_destinations import segment
from tests.shelf_settings import optional, required


def test_it_sends_through_a_segment_integration_under_a_name_it_may_do_without() -> None:
    assert segment.integration == "segment"
    assert not hasattr(segment, "integration_optional")
    assert required(segment.Settings) == set()
    assert optional(segment.Settings) == {"stream_name"}
