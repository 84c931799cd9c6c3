from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk.duration import duration_seconds, duration_text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("10m", 600),
        ("1h", 3600),
        ("10d", 864_000),
        ("1mo", 2_592_000),
        ("90", 90),
        (90, 90),
        (" 5 m ", 300),
        ("007s", 7),
    ],
)
def test_a_number_and_a_unit_are_seconds(text: str | int, seconds: int) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s",
        "1w",
        "1H",
        "1.5h",
        "-1s",
        "0",
        "0h",
        "1h30m",
        "soon",
        "1 000s",
        "9" * 10 + "s",
        "1s\n2s",
        "\u0663s",
        -1,
        0,
    ],
)
def test_anything_else_is_refused_with_the_grammar(text: str | int) -> None:
    with pytest.raises(
        ValueError, match="is not a duration: write a whole number above 0 and s, m, h, d or mo"
    ) as caught:
        duration_seconds(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1s"), (90, "90s"), (60, "1m"), (3600, "1h"), (86_400, "1d"), (2_592_000, "1mo")]
)
def test_the_shortest_way_to_write_it(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.integers(min_value=1, max_value=999_999_999))
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert duration_seconds(duration_text(seconds)) == seconds
