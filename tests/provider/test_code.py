from __future__ import annotations

from pathlib import Path

import pytest

from sym_provider import code
from sym_provider.framework.diagnostics import Severity

SOURCE = "def f():\n    pass\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with source in the working directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "impl.py"
    path.write_text(SOURCE)
    return path


@pytest.mark.parametrize("value", ["impl.py", "./a/impl.py", "/a b/impl.py", ".py"])
def test_one_line_that_ends_like_a_python_file_is_a_path(value: str) -> None:
    assert code.is_path(value)


@pytest.mark.parametrize(
    "value", ["", "impl.python", SOURCE, "# see impl.py\n", "import a\n# impl.py", "x" * 5000 + ".py"]
)
def test_everything_else_is_source(value: str) -> None:
    assert not code.is_path(value)
    assert code.source_of(value) == value


def test_the_source_of_a_path_is_what_the_file_says(file: Path) -> None:
    assert code.source_of("impl.py") == SOURCE
    assert code.source_of(str(file)) == SOURCE


def test_a_path_that_cannot_be_read_stands_for_itself(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    (file.parent / "folder.py").mkdir()
    for path in ("nowhere.py", "folder.py", "impl.py", "a\0b.py", "x" * 3000 + ".py"):
        assert code.source_of(path) == path


def test_a_path_and_its_text_mean_the_same(file: Path) -> None:
    assert code.means_the_same("impl.py", SOURCE)
    assert code.means_the_same(SOURCE, "./impl.py")
    assert not code.means_the_same("impl.py", SOURCE + "#")


def test_a_path_is_shown_as_long_as_its_file_says_what_is_stored(file: Path) -> None:
    assert code.as_written("impl.py", SOURCE) == "impl.py"
    assert code.as_written("impl.py", "something older") == "something older"
    assert code.as_written("gone.py", SOURCE) == SOURCE
    assert code.as_written(None, SOURCE) == SOURCE
    assert code.as_written("impl.py", None) is None


@pytest.mark.parametrize("is_expected", [True, False])
def test_a_file_that_is_not_there_is_an_error(file: Path, is_expected: bool) -> None:
    (found,) = code.check_path("nowhere.py", is_expected=is_expected)
    assert found.severity is Severity.ERROR
    assert '"nowhere.py" looks like the name of a file' in found.detail
    assert 'file("${path.module}/impl.py")' in found.detail


def test_a_path_is_a_warning_only_where_text_is_expected(file: Path) -> None:
    assert code.check_path("impl.py", is_expected=True) == []
    (found,) = code.check_path("impl.py", is_expected=False)
    assert found.severity is Severity.WARNING


def test_an_empty_file_is_no_error(file: Path) -> None:
    file.write_text("")
    assert code.check_path("impl.py", is_expected=True) == []


def test_source_is_not_checked_here(file: Path) -> None:
    assert code.check_path(SOURCE, is_expected=False) == []
