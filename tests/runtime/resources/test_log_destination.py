from __future__ import annotations

from typing import Any

import pytest

from sym.resources import slug_of, type_of
from sym.resources.log_destination import LogDestination
from sym.sdk.schema import fields


def test_only_its_type_is_required() -> None:
    assert {field.name: field.required for field in fields(LogDestination)} == {
        "type": True,
        "integration_id": False,
        "settings": False,
    }


@pytest.mark.parametrize(
    ("document", "slug"),
    [
        ({"type": "kinesis_firehose", "settings": {"stream_name": "my_stream_name"}}, "my_stream_name"),
        ({"type": "http", "settings": {"url": "https://logs.example/sym"}}, "https-logs-example-sym"),
        ({"type": "datadog", "settings": None}, "datadog"),
    ],
)
def test_it_is_found_by_its_type_and_stream(document: dict[str, Any], slug: str) -> None:
    assert (type_of("log_destination", document), slug_of("log_destination", document)) == (document["type"], slug)
