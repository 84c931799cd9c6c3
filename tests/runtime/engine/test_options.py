"""Lists to choose from."""

from __future__ import annotations

from typing import Any

import pytest

from sym.engine.form import Option
from sym.engine.options import BadOptions, declared_options, duration_words, matching, read_options


def option(value: Any, label: Any = "a label") -> dict[str, Any]:
    return {"$type": "field_option", "value": value, "label": label}


@pytest.mark.parametrize(("kind", "texts", "options"), [
    ("string", ["a", "b", "a"], [("a", "a"), ("b", "b")]),
    ("int", ["1", " -2", "three"], [(1, "1"), (-2, " -2")]),
    ("int_list", ["1"], [(1, "1")]),
    ("duration", ["90s", "1h", "2mo", "soon"], [(90, "90 seconds"), (3600, "1 hour"), (5_184_000, "60 days")]),
])  # fmt: skip
def test_what_terraform_declares_as_text_has_the_fields_type(kind: str, texts: list[str], options: list[Any]) -> None:
    assert declared_options(kind, texts) == tuple(Option(value, label) for value, label in options)


def test_what_code_gives_has_the_fields_type() -> None:
    assert read_options("string", [option(7), option("7"), option("x")]) == (
        Option("7", "a label"),
        Option("x", "a label"),
    )
    assert read_options("int", [option("7"), option(8)]) == (Option(7, "a label"), Option(8, "a label"))
    assert read_options("str_list", []) == ()


@pytest.mark.parametrize(("answer", "said"), [
    (None, "a list of FieldOption, not a value of type NoneType"),
    ({"a": 1}, "a list of FieldOption"),
    (["a"], "option 1 is no FieldOption"),
    ([option("x"), {"$type": "user", "label": "x"}], "option 2 is no FieldOption"),
    ([option(None)], "the value of option 1 must be text"),
    ([option(True)], "the value of option 1 must be text"),
    ([option({"$type": "slack_user", "user_id": "U1"})], "the value of option 1 must be text"),
    ([option("x", "")], "option 1 has no label"),
    ([option("x" * 56)], "the value of option 1 has 56 characters; at most 55"),
    ([option("x", "y" * 56)], "the label of option 1 has 56 characters; at most 55"),
    ([option(str(number)) for number in range(1001)], "there are 1001 options; at most 1000"),
])  # fmt: skip
def test_what_cannot_be_shown_is_refused_with_its_place(answer: Any, said: str) -> None:
    with pytest.raises(BadOptions, match=said):
        read_options("string", answer)


def test_a_thousand_of_the_longest_are_fine() -> None:
    answer = [option(f"{number:055}", "y" * 55) for number in range(1000)]
    assert len(read_options("string", answer)) == 1000


def test_typing_finds_labels_in_any_case() -> None:
    options = [Option(number, f"Straße {number}") for number in range(300)]
    assert [found.value for found in matching(options, " STRASSE 29")] == [
        29,
        290,
        291,
        292,
        293,
        294,
        295,
        296,
        297,
        298,
        299,
    ]
    assert len(matching(options, "")) == 100
    assert matching(options, "zzz") == []


@pytest.mark.parametrize(("seconds", "words"), [
    (1, "1 second"), (90, "90 seconds"), (60, "1 minute"), (3600, "1 hour"), (7200, "2 hours"), (86_400, "1 day"),
    (90_000, "25 hours"),
])  # fmt: skip
def test_durations_are_words(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words
