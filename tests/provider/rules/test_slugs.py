from __future__ import annotations

import pytest

from sym_provider.framework.diagnostics import Severity, render_path
from sym_provider.framework.values import UNKNOWN
from sym_provider.rules.slugs import LONGEST_OPTION, check_name, check_option_label


@pytest.mark.parametrize("name", ["a", "prod-db_1", "0", "_x", UNKNOWN, None])
def test_a_name_in_the_grammar_or_not_known_yet_is_fine(name: object) -> None:
    assert list(check_name(name)) == []


@pytest.mark.parametrize("name", ["", "---", "é", "🙂", " "])
def test_a_name_nothing_is_left_of_is_refused(name: str) -> None:
    (found,) = check_name(name)
    assert (found.severity, found.path) == (Severity.ERROR, ("name",))
    assert found.summary == "A name needs at least one letter or digit"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Prod", 'The name "Prod" counts as "prod"'),
        ("prod db", 'becomes "prod-db"'),
        ("Prod DB", 'becomes "prod-db"'),
        ("a.b", 'becomes "a-b"'),
        ("a:b", 'becomes "a-b"'),
    ],
)
def test_a_name_the_original_took_gets_a_warning_with_what_becomes_of_it(name: str, words: str) -> None:
    (found,) = check_name(name)
    assert (found.severity, render_path(found.path)) == (Severity.WARNING, "name")
    assert words in found.summary + found.detail


@pytest.mark.parametrize(("length", "count"), [(LONGEST_OPTION, 0), (LONGEST_OPTION + 1, 1)])
def test_a_label_of_a_choice_has_at_most_55_characters(length: int, count: int) -> None:
    found = list(check_option_label("x" * length))
    assert LONGEST_OPTION == 55
    assert [(item.severity, item.path) for item in found] == [(Severity.WARNING, ("label",))] * count
    assert list(check_option_label(UNKNOWN)) == list(check_option_label(None)) == []
