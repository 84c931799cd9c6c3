"""The class of an author's own strategy."""

from __future__ import annotations

import pytest

from sym.implementation import StrategyCode, read_strategy_code

BODY = """
    def fetch_remote_identity(self, user): ...
    def escalate(self, target_id, event): ...
    def deescalate(self, target_id, event): ...
"""


def read(source: str) -> StrategyCode:
    """What is found in code that imports the class, though below it, so that lines are those of ``source``."""
    return read_strategy_code(f"{source}\nfrom sym.sdk.strategies import AccessStrategy\n")


@pytest.mark.parametrize(
    ("imported", "base"),
    [
        ("from sym.sdk.strategies import AccessStrategy", "AccessStrategy"),
        ("from sym.sdk.strategies.access_strategy import AccessStrategy as Base", "Base"),
        ("from sym.sdk import strategies", "strategies.AccessStrategy"),
        ("import sym.sdk.strategies as s", "s.AccessStrategy"),
    ],
)
def test_the_class_is_found_by_its_base_however_imported(imported: str, base: str) -> None:
    found = read_strategy_code(f"{imported}\nclass Mine({base}):{BODY}")
    assert found.class_name == "Mine"
    assert found.line == 2
    assert found.methods == ("fetch_remote_identity", "escalate", "deescalate")
    assert found.problems == ()


def test_the_optional_method_is_listed_when_it_is_there() -> None:
    found = read(f"class Mine(AccessStrategy):{BODY}\n    def is_escalated(self, target_id, event): ...\n")
    assert "is_escalated" in found.methods


def test_a_class_in_between_is_not_counted_and_lends_its_methods() -> None:
    source = f"class Shared(AccessStrategy):{BODY}\nclass Mine(Shared):\n    pass\n"
    found = read(source)
    assert found.class_name == "Mine"
    assert found.problems == ()


def test_no_strategy_is_an_error() -> None:
    found = read_strategy_code("class Mine: ...\n")
    assert found.class_name is None
    assert "sym.sdk.strategies" in found.problems[0].hint


def test_two_strategies_are_an_error_at_the_second() -> None:
    found = read(f"class A(AccessStrategy):{BODY}\nclass B(AccessStrategy):{BODY}")
    assert found.class_name is None
    assert found.problems[0].line == 6
    assert "A, B" in found.problems[0].message


def test_each_missing_method_is_an_error() -> None:
    found = read("class Mine(AccessStrategy):\n    def escalate(self, target_id, event): ...\n")
    assert [problem.handler for problem in found.problems] == ["fetch_remote_identity", "deescalate"]
    assert {problem.severity for problem in found.problems} == {"error"}


def test_methods_may_come_from_a_class_of_another_file() -> None:
    source = (
        "from mine import Mixin\nclass Mine(Mixin, AccessStrategy):\n    def escalate(self, target_id, event): ...\n"
    )
    assert read(source).problems == ()


def test_a_method_with_other_arguments_is_an_error_at_its_line() -> None:
    found = read("class Mine(AccessStrategy):" + BODY.replace("(self, user)", "(self)"))
    assert found.problems[0].line == 2
    assert "def fetch_remote_identity(self, user):" in found.problems[0].hint


def test_a_static_method_takes_no_self() -> None:
    source = BODY.replace("def fetch_remote_identity(self, user)", "@staticmethod\n    def fetch_remote_identity(user)")
    assert read("class Mine(AccessStrategy):" + source).problems == ()


def test_a_syntax_error_names_its_line() -> None:
    assert read_strategy_code("class Mine:\n\n!").problems[0].line == 3


def test_classes_that_derive_from_one_another_in_a_circle_have_an_end() -> None:
    source = "class B(AccessStrategy): ...\nclass A(B): ...\nclass B(A): ...\n"
    assert read(source).problems


def test_methods_that_other_classes_may_bring_are_said_to_be_possible() -> None:
    assert not read(f"class Mine(AccessStrategy):{BODY}\n").inherits_unseen
    assert read(f"from x import Mixin\nclass Mine(Mixin, AccessStrategy):{BODY}\n").inherits_unseen
