"""Anchors: the last seal, written down off the database, so that a log that was cut off or restored shows.

An anchor is a line of JSON in a file that is only ever appended to, or an object of its own in a bucket.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from sym.audit.entry import timestamp
from sym.audit.seals import Seal
from sym.errors import Invalid, Unavailable
from sym.store.database import Store
from sym.store.seals import get_seal, last_seal

_TAIL = 4096


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A seal as it was, and when it was written down.

    ``restored`` says that the log went on from here, by somebody's word, after an older copy was put in place: seals
    with higher numbers that were anchored before are gone.
    """

    seal: int
    hash: str
    sealed_at: str
    anchored_at: str
    signature: str
    key_id: str
    restored: bool = False


class Anchors(Protocol):
    """A place for anchors."""

    def append(self, anchor: Anchor) -> None:
        """Write it down, for good. Raises Unavailable."""
        ...

    def last(self) -> Anchor | None:
        """The newest, or None. Raises Unavailable."""
        ...

    def all(self) -> Iterator[Anchor]:
        """Every one, oldest first. Raises Unavailable."""
        ...


def anchors_at(place: str) -> Anchors:
    """Anchors in a file, by its path, or in a bucket: ``s3://bucket/prefix``. Raises Invalid for another address."""
    if place.startswith("s3://"):
        parts = urlsplit(place)
        return BucketAnchors(parts.netloc, parts.path.strip("/"))
    if "://" in place:
        raise Invalid("Anchors go to a file or to s3://bucket/prefix.", path="SYM_AUDIT_ANCHOR", code="Config:INVALID")
    return FileAnchors(Path(place))


def anchor_of(seal: Seal | None, *, now: datetime, restored: bool = False) -> Anchor:
    """What is to be written down of a seal, or of a log without any."""
    if seal is None:
        return Anchor(seal=0, hash="", sealed_at="", anchored_at=timestamp(now), signature="", key_id="",
                      restored=restored)  # fmt: skip
    return Anchor(seal=seal.number, hash=seal.seal_hash, sealed_at=timestamp(seal.sealed_at),
                  anchored_at=timestamp(now), signature=seal.signature, key_id=seal.key_id,
                  restored=restored)  # fmt: skip


def known_hashes(anchors: Anchors) -> dict[int, str]:
    """The hashes that seals must have, by number; what a restoration has put aside is left out."""
    found: dict[int, str] = {}
    for anchor in anchors.all():
        if anchor.restored:
            found = {number: known for number, known in found.items() if number < anchor.seal}
        if anchor.seal:
            found[anchor.seal] = anchor.hash
    return found


def trails_anchor(store: Store, place: str | None) -> str | None:
    """Why the store is older than its last anchor, or another one, in words; None if it is not, or nothing was ever
    anchored. Raises Unavailable if the anchors cannot be read."""
    anchor = anchors_at(place).last() if place else None
    if anchor is None or anchor.seal == 0:
        return None
    with store.reading() as conn:
        newest, same = last_seal(conn), get_seal(conn, anchor.seal)
    if same is None:
        number = newest.number if newest else 0
        return (f"The audit log ends with seal {number}, but seal {anchor.seal} of {anchor.sealed_at} was anchored: "
                "this store is an older copy.")  # fmt: skip
    if same.seal_hash != anchor.hash:
        return f"Seal {anchor.seal} of the audit log is not the one that was anchored: this is another store."
    return None


def accept_restored(store: Store, place: str, *, now: datetime) -> None:
    """Write down that the log goes on from the last seal it has in common with its anchors, whatever was anchored after
    that: nothing is written where all of them agree. Raises Unavailable."""
    anchors = anchors_at(place)
    with store.reading() as conn:
        newest = last_seal(conn)
        parted = next((number for number, known in sorted(known_hashes(anchors).items())
                       if (seal := get_seal(conn, number)) is None or seal.seal_hash != known), None)  # fmt: skip
        if parted is None:
            return
        shared = get_seal(conn, min(parted - 1, newest.number)) if newest else None
    anchors.append(anchor_of(shared, now=now, restored=True))
    if newest is not None and newest != shared:
        anchors.append(anchor_of(newest, now=now + timedelta(microseconds=1)))


def _line(anchor: Anchor) -> bytes:
    return json.dumps(asdict(anchor), separators=(",", ":")).encode() + b"\n"


def _read(line: bytes) -> Anchor | None:
    """The anchor of a line, None for one that a crash cut short."""
    try:
        return Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None


class FileAnchors:
    """Lines of a file that its owner alone may read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, anchor: Anchor) -> None:
        """Append a line, and see to it that it is on the disk."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                is_torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
                file.write((b"\n" if is_torn else b"") + _line(anchor))
                os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(f"The anchor {self.path} cannot be written: {error.strerror}.") from error

    def last(self) -> Anchor | None:
        """The anchor of the last whole line."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error) from error
        return next((anchor for line in reversed(lines) if (anchor := _read(line))), None)

    def all(self) -> Iterator[Anchor]:
        """The anchors of every whole line."""
        try:
            with self.path.open("rb") as file:
                yield from (anchor for line in file if (anchor := _read(line)))
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> Unavailable:
        return Unavailable(f"The anchor {self.path} cannot be read: {error.strerror}.")


class BucketAnchors:
    """Objects of a bucket, one for each anchor, named so that they sort by age."""

    def __init__(self, bucket: str, prefix: str, client: Any = None) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = client

    def append(self, anchor: Anchor) -> None:
        """Put an object that must not be there yet."""
        key = f"{self._prefix}{anchor.anchored_at}-{anchor.seal:012d}.json"
        self._call("put_object", Key=key, Body=_line(anchor), ContentType="application/json")

    def last(self) -> Anchor | None:
        """The anchor of the object that is named last."""
        newest = max(self._names(), default=None)
        return self._get(newest) if newest else None

    def all(self) -> Iterator[Anchor]:
        """Every object, by name."""
        for name in self._names():
            if anchor := self._get(name):
                yield anchor

    def _names(self) -> Iterator[str]:
        token: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=self._prefix, **token)
            yield from sorted(item["Key"] for item in page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _get(self, name: str) -> Anchor | None:
        return _read(self._call("get_object", Key=name)["Body"].read())

    def _call(self, method: str, **arguments: Any) -> Any:
        client = self._connected()
        try:
            return getattr(client, method)(Bucket=self._bucket, **arguments)
        except Exception as error:
            # Its library raises classes of its own making; none of them is worth more than its name here.
            raise Unavailable(f"The bucket {self._bucket} does not take or give anchors: "
                              f"{type(error).__name__}.") from error  # fmt: skip

    def _connected(self) -> Any:
        if self._client is None:
            try:
                import boto3
            except ModuleNotFoundError:
                raise Unavailable("Anchors in a bucket need boto3.", hint="pip install boto3") from None
            self._client = boto3.client("s3")
        return self._client
