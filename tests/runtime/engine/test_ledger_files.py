"""What the files of a ledger say, whoever wrote them and however they ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sym.engine.ledger_files import hash_of, line, read
from sym.errors import NotFound, Unavailable

FLOW = {"strategy": {"id": "s", "type": "custom"}}
ORG = "org"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "ledger"
    path.mkdir(mode=0o700)
    return path


def lease(status: str = "granting", version: int = 1, name: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "kind": "lease",
        "lease": name,
        "version": version,
        "status": status,
        "at": "2026-03-14T00:00:00+00:00",
        **more,
    }


def whole(status: str = "granting", version: int = 1, name: str = "a", **more: Any) -> dict[str, Any]:
    details = {"run": {"id": "r"}, "requester": {"email": "ada@acme.example"}, "snapshot": {"flow": hash_of(FLOW)}}
    return lease(status, version, name, **details, **more)


DOCUMENT = {"kind": "document", "id": hash_of(FLOW), "value": FLOW}


def put(folder: Path, name: str, *lines: dict[str, Any] | bytes, org: str = ORG) -> Path:
    path = folder / f"{org}.{name}.jsonl"
    path.write_bytes(b"".join(item if isinstance(item, bytes) else line(item) for item in lines))
    path.chmod(0o600)
    return path


def test_the_newest_version_counts_whoever_wrote_it_and_in_whatever_file(folder: Path) -> None:
    put(folder, "a", lease("ended", 4), lease("active", 2, ends_at="2026-03-14T01:00:00+00:00"))
    put(folder, "b", DOCUMENT, whole(), lease("active", 3, ends_at="2026-03-14T02:00:00+00:00"))
    entry = read(folder, ORG).entries["a"]
    assert (entry.status, entry.version, entry.is_live) == ("ended", 4, False)
    assert entry.document["ends_at"] == "2026-03-14T02:00:00+00:00"
    assert entry.document["snapshot"] == {"flow": FLOW}
    assert entry.person == "ada@acme.example"


def test_what_was_granted_again_after_its_end_is_live(folder: Path) -> None:
    put(folder, "a", DOCUMENT, whole(), lease("ended", 3), lease("active", 4))
    assert read(folder, ORG).entries["a"].is_live


@pytest.mark.parametrize("cut", [1, 10, -1])
def test_a_last_line_that_was_cut_short_is_passed_over(folder: Path, cut: int) -> None:
    put(folder, "a", DOCUMENT, whole(), line(lease("active", 2))[:cut])
    content = read(folder, ORG)
    assert content.entries["a"].status == "granting"
    assert content.problems == ()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"garbage\n", "cannot be read"),
        (b"[1]\n", "cannot be read"),
        (b'{"kind":"lease"}\n', "cannot be read"),
        (line({"kind": "song"}), "unknown kind 'song'"),
        (line({**DOCUMENT, "value": {}}), "not what its hash says"),
        (line(lease("gone", 2)), "no known status"),
        (line({**lease(), "version": "2"}), "no version"),
        (line({**whole(), "snapshot": {"flow": None}}), "names no flow"),
        (b"\xff\xfe\n", "cannot be read"),
    ],
)
def test_any_other_line_that_cannot_be_read_is_reported_with_its_place(folder: Path, broken: bytes, said: str) -> None:
    path = put(folder, "a", DOCUMENT, broken, whole())
    content = read(folder, ORG)
    (problem,) = content.problems
    assert problem.startswith(f"{path}, line 2: ")
    assert said in problem
    assert content.damaged == {path}
    assert content.entries["a"].is_complete


def test_a_live_lease_that_could_not_be_ended_with_what_is_there_is_reported(folder: Path) -> None:
    put(folder, "a", whole(), lease("active", 2, "b"), lease("ended", 3, "c"))
    content = read(folder, ORG)
    assert len(content.problems) == 2
    assert all("what would end the lease" in problem for problem in content.problems)


def test_another_organizations_leases_are_left_out(folder: Path) -> None:
    put(folder, "a", DOCUMENT, whole())
    put(folder, "a", DOCUMENT, whole(name="b"), org="other")
    assert set(read(folder, ORG).entries) == {"a"}
    assert set(read(folder).entries) == {"a", "b"}


def test_what_others_can_write_is_not_believed(folder: Path) -> None:
    path = put(folder, "a", DOCUMENT, whole())
    path.chmod(0o620)
    with pytest.raises(Unavailable, match="chmod 600"):
        read(folder, ORG)
    assert "a" in read(folder, ORG, is_trusted=False).entries
    path.chmod(0o600)
    folder.chmod(0o750)
    with pytest.raises(Unavailable, match="chmod 700"):
        read(folder, ORG)


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    put(folder, "a", DOCUMENT, whole()).rename(tmp_path / "elsewhere")
    (folder / f"{ORG}.a.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="cannot be read"):
        read(folder, ORG)


def test_a_folder_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no ledger"):
        read(tmp_path / "none")
