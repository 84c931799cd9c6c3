from __future__ import annotations

from pathlib import Path

import pytest

from sym.implementation import Problem
from sym_provider.framework.diagnostics import Diagnostic, Severity
from sym_provider.framework.values import UNKNOWN
from sym_provider.rules.author_code import check_code, known_text


def found(value: object, *problems: Problem) -> list[Diagnostic]:
    return list(check_code(value, ("implementation",), "impl.py", lambda text: problems))


def test_an_error_names_the_line_and_what_to_do() -> None:
    (diagnostic,) = found("x", Problem(severity="error", message="Wrong.", line=3, hint="Correct it."))
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.path == ("implementation",)
    assert diagnostic.detail == "Line 3 of impl.py: Wrong.\n\nCorrect it."


def test_every_warning_has_a_summary_of_its_own() -> None:
    one = Problem(severity="warning", message="One.", line=0, hint="Do this.")
    two = Problem(severity="warning", message="Two.", line=1)
    assert [(item.summary, item.detail) for item in found("x", one, two)] == [
        ("One", "In impl.py: Do this."),
        ("Two", "Line 1 of impl.py: Two."),
    ]


@pytest.mark.parametrize("value", [UNKNOWN, None, "nowhere.py"])
def test_code_that_is_not_known_or_cannot_be_read_is_passed_over(value: object) -> None:
    assert known_text(value) is None
    assert found(value, Problem(severity="error", message="Wrong.", line=1)) == []


def test_the_file_a_path_names_is_read(tmp_path: Path) -> None:
    file = tmp_path / "impl.py"
    file.write_text("x = 1\n")
    assert known_text(str(file)) == "x = 1\n"
    assert known_text("y = 1") == "y = 1"
    assert known_text("") == ""
    (diagnostic,) = found(str(file), Problem(severity="error", message="Wrong.", line=1))
    assert diagnostic.detail == f"Line 1 of {file}: Wrong."
