"""Secrets in files: below the root and nowhere else."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from sym.sdk._secrets import SecretPlace
from sym.secret_sources.file import Source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").write_text("hunter2")
    made = tmp_path / "secrets"
    (made / "okta").mkdir(parents=True)
    (made / "okta" / "token").write_text("hunter2\n")
    return made


@pytest.fixture
def source(root: Path) -> Source:
    return Source.open({}, SecretPlace(file_root=root))


def test_a_file_is_read_without_the_newline_at_its_end(source: Source, root: Path) -> None:
    assert source.fetch("okta/token") == "hunter2"
    for content, value in ((b"a", "a"), (b"a\r\n", "a"), (b"a\n\n", "a\n"), (b" a \n", " a "), ("ü\n".encode(), "ü")):
        (root / "other").write_bytes(content)
        assert source.fetch("other") == value


@pytest.mark.parametrize(
    "path",
    ["../outside", "okta/../../outside", "okta/../okta/token", "..", "", ".", "/", "/etc/passwd", "okta/..", "a\0b",
     "//etc/passwd", "./../outside"],
)  # fmt: skip
def test_no_path_leads_out(source: Source, path: str) -> None:
    with pytest.raises(PermissionError):
        source.fetch(path)


def test_an_absolute_path_is_refused_even_below_the_root(source: Source, root: Path) -> None:
    with pytest.raises(PermissionError):
        source.fetch(str(root / "okta" / "token"))


def test_no_link_leads_out(source: Source, root: Path) -> None:
    (root / "file").symlink_to("../outside")
    (root / "absolute").symlink_to(root.parent / "outside")
    (root / "folder").symlink_to("..")
    (root / "twice").symlink_to("folder/outside")
    for path in ("file", "absolute", "folder/outside", "twice", "folder/secrets/../outside"):
        with pytest.raises(PermissionError):
            source.fetch(path)


def test_links_that_stay_below_work_as_kubernetes_makes_them(source: Source, root: Path) -> None:
    (root / "..2026_03_14").mkdir()
    (root / "..2026_03_14" / "key").write_text("hunter2")
    (root / "..data").symlink_to("..2026_03_14")
    (root / "key").symlink_to("..data/key")
    assert source.fetch("key") == source.fetch("..data/key") == "hunter2"


def test_a_root_that_is_a_link_itself_is_fine(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert Source.open({}, SecretPlace(file_root=tmp_path / "link")).fetch("okta/token") == "hunter2"


@pytest.mark.parametrize("path", ["nothing", "okta/nothing", "okta/token/deeper", "nothing/deeper"])
def test_what_is_not_there_is_said_not_to_be_there(source: Source, path: str) -> None:
    with pytest.raises(LookupError, match=path):
        source.fetch(path)


def test_a_missing_root_is_said_not_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        Source.open({}, SecretPlace(file_root=tmp_path / "gone")).fetch("x")


def test_a_link_in_a_circle_is_refused(source: Source, root: Path) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    with pytest.raises(PermissionError):
        source.fetch("a")


def test_a_name_too_long_for_a_file_is_refused(source: Source) -> None:
    with pytest.raises(PermissionError):
        source.fetch("x" * 5000)


def test_what_is_no_regular_file_is_refused_without_waiting_for_it(source: Source, root: Path) -> None:
    os.mkfifo(root / "fifo")
    (root / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(root / "s"))
        for path in ("fifo", "okta", "s", "null"):
            with pytest.raises(PermissionError):
                source.fetch(path)


def test_a_file_may_have_64_kib_and_no_more(source: Source, root: Path) -> None:
    (root / "big").write_bytes(b"x" * 65536)
    assert len(source.fetch("big")) == 65536
    (root / "big").write_bytes(b"x" * 65537)
    with pytest.raises(ValueError, match="64 KiB"):
        source.fetch("big")


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n"])
def test_an_empty_file_is_no_secret(source: Source, root: Path, content: bytes) -> None:
    (root / "empty").write_bytes(content)
    with pytest.raises(ValueError, match="empty"):
        source.fetch("empty")


def test_bytes_that_are_no_text_are_refused_without_showing_them(source: Source, root: Path) -> None:
    (root / "binary").write_bytes(b"hunter2\xff")
    with pytest.raises(ValueError, match="UTF-8") as caught:
        source.fetch("binary")
    assert type(caught.value) is ValueError
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_without_a_root_there_is_no_source() -> None:
    with pytest.raises(ValueError, match="SYM_SECRETS_DIR"):
        Source.open({}, SecretPlace())


def test_a_link_put_in_while_reading_leads_nowhere(source: Source, root: Path) -> None:
    (root / "swap").mkdir()
    (root / "swap" / "outside").write_text("inside")
    stop = threading.Event()
    (root / "link").symlink_to("..")

    def swap() -> None:
        while not stop.is_set():
            for first, second in (("swap", "spare"), ("link", "swap"), ("swap", "link"), ("spare", "swap")):
                (root / first).rename(root / second)

    thread = threading.Thread(target=swap)
    thread.start()
    seen = set()
    try:
        for _ in range(3000):
            try:
                seen.add(source.fetch("swap/outside"))
            except (LookupError, PermissionError):
                seen.add("refused")
    finally:
        stop.set()
        thread.join()
    assert "inside" in seen
    assert seen <= {"inside", "refused"}
