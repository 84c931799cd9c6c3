from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.api.paging import cursor_of, key_of, page_of
from sym.errors import Invalid

# What no database takes as text is in no key.
LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
TEXTS = st.text(LETTERS)


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_a_cursor_is_its_key(key: list[str]) -> None:
    assert key_of(cursor_of(*key), len(key)) == tuple(key)


@pytest.mark.parametrize("text", ["", "x", "é", "bnVsbA", cursor_of("a"), cursor_of("a", "b", "c"), "WzEsMl0", "W1tb"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no cursor"):
        key_of(text, 2)


@given(st.sets(st.text(LETTERS, max_size=3)), st.integers(1, 4))
def test_pages_together_are_the_list(names: set[str], limit: int) -> None:
    items, seen, cursor = sorted(names), [], None
    while True:
        page, cursor = page_of(items, lambda name: (name,), after=key_of(cursor, 1), limit=limit)
        seen += page
        if cursor is None:
            break
        assert len(page) == limit
    assert seen == items
