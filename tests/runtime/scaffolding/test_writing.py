"""All files or none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sym.errors import Conflict, SymError
from sym.scaffolding.writing import Changes, write


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else "" for path in folder.rglob("*")
    }


def test_files_are_created_and_changed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\r\n", newline="")
    (tmp_path / "a").chmod(0o640)
    write(Changes({tmp_path / "b" / "c": "3"}, {tmp_path / "a": ("1\r\n", "2\r\n")}))
    assert (tmp_path / "a").read_bytes() == b"2\r\n"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "b" / "c").read_text() == "3"
    assert sorted(tree(tmp_path)) == ["a", "b", "b/c"]


def test_new_files_have_the_mode_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    write(Changes({tmp_path / "made": ""}))
    assert (tmp_path / "made").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("link", [False, True])
def test_what_is_there_is_not_overwritten(tmp_path: Path, link: bool) -> None:
    if link:
        (tmp_path / "b").symlink_to(tmp_path / "nowhere")
    else:
        (tmp_path / "b").write_text("mine")
    with pytest.raises(Conflict, match="already"):
        write(Changes({tmp_path / "a": "1", tmp_path / "b": "2"}))
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").is_symlink() is link


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    with pytest.raises(Conflict, match="meanwhile"):
        write(Changes({tmp_path / "b": "1"}, {tmp_path / "a": ("before", "after")}))
    assert tree(tmp_path) == {"a": "mine"}


def test_a_file_behind_a_link_is_changed_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("1")
    (tmp_path / "link").symlink_to("real")
    write(Changes({}, {tmp_path / "link": ("1", "2")}))
    assert (tmp_path / "real").read_text() == "2"
    assert (tmp_path / "link").is_symlink()


def test_a_folder_that_cannot_be_made_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("1")
    with pytest.raises(SymError, match="cannot be written"):
        write(Changes({tmp_path / "x" / "a": "1", tmp_path / "file" / "b": "2"}))
    assert tree(tmp_path) == {"file": "1"}


@pytest.mark.parametrize("call", ["link", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_half_way_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("before")
    real, calls = getattr(os, call), []

    def failing(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise error
        real(*arguments)

    monkeypatch.setattr(os, call, failing)
    changed = {tmp_path / name: ("before", "after") for name in ("a", "b")}
    with pytest.raises(SymError if isinstance(error, OSError) else KeyboardInterrupt):
        write(Changes({tmp_path / "new" / name: "1" for name in ("c", "d")}, changed))
    assert len(calls) == 2
    assert tree(tmp_path) == {"a": "before", "b": "before"}


def test_the_diff_has_all_files(tmp_path: Path) -> None:
    changes = Changes({tmp_path / "new": "1\n"}, {tmp_path / "old": ("a\nb", "a\nc")})
    assert changes.diff(tmp_path).splitlines() == [
        "--- /dev/null", "+++ b/new", "@@ -0,0 +1 @@", "+1",
        "--- a/old", "+++ b/old", "@@ -1,2 +1,2 @@", " a",
        "-b", "\\ No newline at end of file", "+c", "\\ No newline at end of file",
    ]  # fmt: skip
