"""What must never be read."""

from __future__ import annotations

import pytest

from sym.observability.redaction import MASK, Redactor, forgetting, mask, remember


def test_a_known_value_is_masked_however_it_is_written() -> None:
    secret = "pass\nword'\"ü"
    redactor = Redactor([secret])
    for text in (f"it is {secret}!", f"it is {secret!r}!", 'it is "pass\\nword\'\\"\\u00fc"!'):
        assert "word" not in redactor.text(text)
        assert MASK in redactor.text(text)


def test_the_longer_of_two_values_goes_first_and_short_ones_stay() -> None:
    assert mask("hunter2000 hunter2 abc", {"hunter2", "hunter2000", "abc"}) == f"{MASK} {MASK} abc"
    assert mask("nothing", ()) == "nothing"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abcdef0123456789", f"Authorization: Bearer {MASK}"),
        ("authorization: basic dXNlcjpwYXNz", f"authorization: basic {MASK}"),
        ("token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", f"token {MASK} end"),
        ("postgresql://sym:hunter2@db/sym failed", f"postgresql://sym:{MASK}@db/sym failed"),
        ("https://db/sym?x=a@b", "https://db/sym?x=a@b"),
        ("the bearer of news", "the bearer of news"),
    ],
)
def test_what_looks_like_a_token_or_a_password_is_masked(text: str, shown: str) -> None:
    assert Redactor().text(text) == shown


def test_a_whole_value_is_cleared_but_for_its_keys() -> None:
    redactor = Redactor(["hunter2"])
    value = {"hunter2": ["hunter2", 1, None, True, ("hunter2",), {"a": ValueError("hunter2")}]}
    assert redactor.value(value) == {"hunter2": [MASK, 1, None, True, [MASK], {"a": MASK}]}


def test_a_secret_in_hand_is_masked_until_the_work_is_done() -> None:
    redactor = Redactor()
    remember("hunter2")
    assert redactor.text("hunter2") == "hunter2"
    with forgetting():
        remember("hunter2")
        with forgetting():
            assert redactor.text("hunter2") == "hunter2"
        assert redactor.text("hunter2") == MASK
    assert redactor.text("hunter2") == "hunter2"
