"""What a restricted Python does not allow."""

from __future__ import annotations

import pytest

from sym.implementation import read_implementation, read_restrictions


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import re", "importing re"),
        ("import os.path", "importing os.path"),
        ("from collections import deque", "importing collections"),
        ("import sym.cli", "importing sym.cli"),
        ("from sym import cli", "importing sym.cli"),
        ("from sym.sdk import *", "import *"),
        ("x = all([])", "the builtin all"),
        ("x = next(iter([]))", "the builtin next"),
        ("open('x')", "the builtin open"),
        ("x = event._secret", "the attribute _secret"),
        ("_x = 1", "the name _x"),
        ("def _helper(): ...", "the name _helper"),
        ("class _A: ...", "the name _A"),
        ("counts['a'] += 1", "in place"),
        ("event.count -= 1", "in place"),
        ("async def f(): ...", "async functions"),
        ("match 1:\n    case 1: pass", "match statements"),
    ],
)
def test_it_is_a_warning_with_its_line(line: str, what: str) -> None:
    (problem,) = read_restrictions(f"import json\n\n{line}\n")
    assert (problem.severity, problem.line) == ("warning", 3)
    assert what in problem.message
    assert "It works here" in problem.hint


@pytest.mark.parametrize(
    "source",
    [
        "import json, datetime, requests\nimport sym.sdk.user\nfrom sym.sdk import slack\nfrom sym import sdk\n",
        "from sym.sdk.annotations import hook\n@hook\ndef on_deny(event):\n    n = 1\n    n += 1\n    return None\n",
        "def next(x): return x\nnext(1)\n",
        "for _ in range(3): pass\n",
        "class A:\n    def __init__(self, x): self.x = x\n",
    ],
)
def test_what_is_allowed_is_not_warned_of(source: str) -> None:
    assert read_restrictions(source) == ()


def test_warnings_come_in_the_order_of_lines() -> None:
    found = read_restrictions("def f():\n    return all([])\nimport re\nx = next([])\n")
    assert [problem.line for problem in found] == [2, 3, 4]


def test_code_that_cannot_be_read_gives_its_error() -> None:
    (problem,) = read_restrictions("x = = 1")
    assert problem.severity == "error"


def test_a_plan_says_nothing_of_restrictions() -> None:
    source = "import re\nfrom sym.sdk.annotations import reducer\n@reducer\ndef get_permissions(event): ...\n"
    assert read_implementation(source).problems == ()
