from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sym import key_files
from sym.errors import Unavailable


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("sqlite:////srv/sym/store.db", "/srv/sym/keys"),
        ("sqlite:////srv/sym/store.db?timeout=9", "/srv/sym/keys"),
        ("postgresql://sym@db/sym", "/home/ada/data/keys"),
    ],
)
def test_keys_lie_beside_a_file_and_with_the_user_for_a_server(url: str, folder: str) -> None:
    assert key_files.keys_folder(url, Path("/home/ada/data")) == Path(folder)


def test_what_is_written_only_its_owner_may_read_and_is_never_overwritten(tmp_path: Path) -> None:
    key_files.make_folder(tmp_path / "deep" / "keys")
    path = tmp_path / "deep" / "keys" / "a.key"
    key_files.write_once(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with pytest.raises(Unavailable, match="same moment"):
        key_files.write_once(path, b"two")
    assert key_files.read_private(path) == b"one"
    assert key_files.files_in(path.parent) == [path], "no draft is left"


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert key_files.files_in(tmp_path / "none") == []


def test_what_is_open_to_others_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    key_files.write_once(path, b"one")
    path.chmod(0o640)
    with pytest.raises(Unavailable, match=r"can be read or changed by other users\. Run `chmod 600"):
        key_files.read_private(path)
    tmp_path.chmod(0o750)
    with pytest.raises(Unavailable, match="chmod 700"):
        key_files.files_in(tmp_path)


def test_links_and_missing_files_are_refused_by_name(tmp_path: Path) -> None:
    key_files.write_once(tmp_path / "a.key", b"one")
    (tmp_path / "b.key").symlink_to(tmp_path / "a.key")
    for name in ("b.key", "c.key"):
        with pytest.raises(Unavailable, match=name):
            key_files.read_private(tmp_path / name)
