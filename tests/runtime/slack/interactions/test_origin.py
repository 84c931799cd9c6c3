"""What a view remembers comes back with it."""

from __future__ import annotations

import pytest

from sym.slack.interactions.origin import Origin, read_origin


@pytest.mark.parametrize("origin", [Origin(), Origin("C1"), Origin("C1", "form"), Origin(None, "form")])
def test_an_origin_is_read_as_it_was_written(origin: Origin) -> None:
    assert read_origin(origin.written()) == origin


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", '{"channel": 1, "form": ["x"]}', None])
def test_anything_else_is_no_origin(text: str | None) -> None:
    assert read_origin(text) == Origin()
