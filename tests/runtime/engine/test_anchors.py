"""Anchors: written down for good, read back, and compared with the store."""

from __future__ import annotations

import io
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sym.audit.events import ActionRefused, Actor
from sym.engine.anchors import (
    Anchor,
    BucketAnchors,
    FileAnchors,
    accept_restored,
    anchor_of,
    anchors_at,
    known_hashes,
    trails_anchor,
)
from sym.errors import Invalid, Unavailable
from sym.store import audit
from sym.store.database import Store
from sym.store.seals import get_seal, last_seal, seal_next
from tests.runtime.engine.conftest import Clock


def anchor(number: int, *, restored: bool = False, hash: str | None = None) -> Anchor:  # noqa: A002
    return Anchor(seal=number, hash=hash or f"h{number}", sealed_at="t", anchored_at=f"2026-03-14T15:09:{number:02d}",
                  signature="s", key_id="k", restored=restored)  # fmt: skip


class Bucket:
    """S3 as far as anchors need it; it refuses anything else."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:
        assert (Bucket, ContentType) == ("audit", "application/json")
        assert Key not in self.objects
        self.objects[Key] = Body

    def list_objects_v2(self, *, Bucket: str, Prefix: str, ContinuationToken: str = "") -> dict[str, Any]:
        assert Bucket == "audit"
        keys = sorted(key for key in self.objects if key.startswith(Prefix) and key > ContinuationToken)
        page: dict[str, Any] = {"Contents": [{"Key": key} for key in keys[:2]], "IsTruncated": len(keys) > 2}
        return page | ({"NextContinuationToken": keys[1]} if len(keys) > 2 else {})

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        assert Bucket == "audit"
        return {"Body": io.BytesIO(self.objects[Key])}


@pytest.fixture(params=["file", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "file":
        return FileAnchors(tmp_path / "new" / "anchors.jsonl")
    bucket = Bucket()
    bucket.objects["other/x.json"] = b"not ours"
    return BucketAnchors("audit", "sym", bucket)


def test_anchors_come_back_in_order(place: Any) -> None:
    assert (place.last(), list(place.all())) == (None, [])
    written = [anchor(number) for number in range(1, 6)]
    for item in written:
        place.append(item)
    assert list(place.all()) == written
    assert place.last() == written[-1]
    assert known_hashes(place) == {number: f"h{number}" for number in range(1, 6)}


def test_a_restoration_puts_aside_what_came_after(place: Any) -> None:
    for number in range(1, 5):
        place.append(anchor(number))
    place.append(Anchor(**{**vars(anchor(5)), "seal": 2, "hash": "h2", "restored": True}))
    place.append(Anchor(**{**vars(anchor(6)), "seal": 3, "hash": "new"}))
    assert known_hashes(place) == {1: "h1", 2: "h2", 3: "new"}


def test_a_file_is_private_and_only_appended_to(tmp_path: Path) -> None:
    file = FileAnchors(tmp_path / "anchors.jsonl")
    file.append(anchor(1))
    before = file.path.read_bytes()
    file.path.write_bytes(before + b'{"seal": 2, "ha')
    assert file.last() == anchor(1)
    file.append(anchor(3))
    assert file.path.read_bytes().startswith(before)
    assert [item.seal for item in file.all()] == [1, 3]
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    for use in (lambda file: file.append(anchor(1)), lambda file: file.last(), lambda file: list(file.all())):
        with pytest.raises(Unavailable, match="anchor"):
            use(FileAnchors(tmp_path))
    with pytest.raises(Unavailable, match="AttributeError"):
        BucketAnchors("audit", "", object()).append(anchor(1))


def test_an_address_names_a_file_or_a_bucket(tmp_path: Path) -> None:
    assert isinstance(anchors_at(str(tmp_path / "a")), FileAnchors)
    assert isinstance(anchors_at("s3://audit/sym/prod"), BucketAnchors)
    with pytest.raises(Invalid):
        anchors_at("https://example.com")


def seal(store: Store, clock: Clock, place: str | None) -> None:
    with store.transaction() as conn:
        audit.append(conn, ActionRefused(actor=Actor.SYSTEM, action="approve", code="X", message="no"), now=clock.now)
        seal_next(conn, sign=lambda message: (message.hex(), "k"), now=clock.now)
        newest = last_seal(conn)
    clock.forward(seconds=1)
    if place is not None:
        anchors_at(place).append(anchor_of(newest, now=clock.now))


def test_a_store_with_its_own_anchor_does_not_trail_it(store: Store, clock: Clock, tmp_path: Path) -> None:
    place = str(tmp_path / "anchors.jsonl")
    assert trails_anchor(store, None) is None
    assert trails_anchor(store, place) is None
    seal(store, clock, place)
    seal(store, clock, None)  # one that was not anchored yet
    assert trails_anchor(store, place) is None


def test_a_restored_store_trails_its_anchor_until_somebody_accepts_it(tmp_path: Path, clock: Clock) -> None:
    path, backup, place = tmp_path / "store.db", tmp_path / "backup.db", str(tmp_path / "anchors.jsonl")
    store = Store(f"sqlite:///{path}")
    store.migrate()
    seal(store, clock, place)
    store.close()
    shutil.copy(path, backup)
    seal(store, clock, place)
    store.close()
    shutil.copy(backup, path)
    assert "ends with seal 1, but seal 2" in str(trails_anchor(store, place))
    clock.forward(seconds=5)
    seal(store, clock, None)
    assert "is another store" in str(trails_anchor(store, place))
    accept_restored(store, place, now=clock.now + timedelta(seconds=1))
    assert trails_anchor(store, place) is None
    assert sorted(known_hashes(anchors_at(place))) == [1, 2]
    store.close()


def test_what_was_anchored_before_a_restoration_is_put_aside_also_when_the_log_has_grown_past_it(
    tmp_path: Path, clock: Clock
) -> None:
    path, backup, place = tmp_path / "store.db", tmp_path / "backup.db", str(tmp_path / "anchors.jsonl")
    store = Store(f"sqlite:///{path}")
    store.migrate()
    seal(store, clock, place)
    store.close()
    shutil.copy(path, backup)
    seal(store, clock, place)
    store.close()
    shutil.copy(backup, path)
    clock.forward(seconds=5)
    seal(store, clock, None)
    seal(store, clock, place)
    assert trails_anchor(store, place) is None  # its newest anchor is its own, and yet another seal 2 was anchored
    clock.forward(seconds=5)
    accept_restored(store, place, now=clock.now)
    with store.reading() as conn:
        agreed = {number: found.seal_hash for number in (1, 3) if (found := get_seal(conn, number))}
    assert known_hashes(anchors_at(place)) == agreed
    lines = Path(place).read_text()
    accept_restored(store, place, now=clock.now)
    assert Path(place).read_text() == lines
    store.close()


def test_an_empty_store_trails_its_anchor_too(store: Store, clock: Clock, tmp_path: Path) -> None:
    place = str(tmp_path / "anchors.jsonl")
    FileAnchors(Path(place)).append(anchor(7))
    assert "ends with seal 0, but seal 7" in str(trails_anchor(store, place))
    accept_restored(store, place, now=clock.now)
    assert trails_anchor(store, place) is None
    assert known_hashes(anchors_at(place)) == {}
    assert json.loads(Path(place).read_text().splitlines()[-1])["restored"] is True
