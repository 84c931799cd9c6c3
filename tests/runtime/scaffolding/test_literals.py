"""Taking expressions apart."""

from __future__ import annotations

import pytest

from sym.scaffolding.literals import Comment, Item, called, list_items, object_items, plain_text, quoted
from sym.scaffolding.reader import Span


def whole(text: str) -> Span:
    return Span(0, len(text))


def test_an_object_gives_its_items_and_comments() -> None:
    text = '{\n  # one\n  a = 1, "b-c" : [2,\n 3] # two\n  d = { e = f }\n}'
    found = object_items(text, whole(text))
    assert found is not None
    shown = [one.span.of(text) if isinstance(one, Comment) else (one.key, one.value.of(text)) for one in found]
    assert shown == ["# one", ("a", "1"), ("b-c", "[2,\n 3]"), "# two", ("d", "{ e = f }")]


@pytest.mark.parametrize(
    "text", ["{ for k in x : k => 1 }", '{ "${a}" = 1 }', "{ (a) = 1 }", "a", "merge({}, {})", "[1]"]
)
def test_what_is_no_written_out_object_is_none(text: str) -> None:
    assert object_items(text, whole(text)) is None


def test_a_list_gives_its_items_over_several_lines() -> None:
    text = "[\n  a\n  , # first\n  f(1, 2),\n]"
    found = list_items(text, whole(text))
    assert found is not None
    assert [one.value.of(text) for one in found if isinstance(one, Item)] == ["a", "f(1, 2)"]
    assert list_items("[for x in y : x]", whole("[for x in y : x]")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jsonencode([1])", ("jsonencode", "[1]")),
        ("jsonencode(\n  [1],\n)", ("jsonencode", "[1]")),
        ("file(a.b)", ("file", "a.b")),
        ("merge(a, b)", None),
        ("f(a) + 1", None),
        ("f()", None),
        ("local.a", None),
    ],
)
def test_a_call_with_one_argument(text: str, expected: tuple[str, str] | None) -> None:
    found = called(text, whole(text))
    assert (found and (found[0], found[1].of(text))) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r'"a\"b\\c\u00e9\n"', 'a"b\\cé\n'),
        ('"$${a} %%{b"', "${a} %{b"),
        ('"${a}"', None),
        ('"a" + "b"', None),
        ("a", None),
        ("<<EOT\n  [1]\nEOT", "  [1]"),
        ("<<-EOT\n  ${x}\n  EOT", None),
    ],
)
def test_plain_texts_are_read(expression: str, expected: str | None) -> None:
    assert plain_text(expression) == expected


@pytest.mark.parametrize("text", ["", 'a"b', "a\\b", "${x} %{y}", "a\nb\tc", "é"])
def test_quoting_is_undone_by_reading(text: str) -> None:
    assert plain_text(quoted(text)) == text
