"""The signing keys of an organization: Ed25519, in files that only their owner may read.

A key is one PEM file ``<purpose>-<UTC time>.pem``. The newest of a purpose signs, all of them verify: a key is rotated
by adding one, and retired by deleting its file (`symflow keys`). A key's id is its RFC 7638 thumbprint.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sym import key_files
from sym.errors import Conflict, NotFound, Unavailable

PURPOSES = ("token", "audit", "receipt")
"""What keys are for: signing tokens, sealing the audit log, signing receipts of approvals."""

_FILE = re.compile(r"(?P<purpose>[a-z]+)-(?P<created>\d{8}T\d{6}\d{6})Z\.pem")


@dataclass(frozen=True)
class SigningKey:
    """A key that signs; ``key_id`` names it to whoever verifies."""

    key_id: str
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature of ``message``."""
        return self.private.sign(message)


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """A key of the folder. ``stopped_at`` is since when a newer one signs; None: it signs."""

    purpose: str
    key_id: str
    created_at: datetime
    stopped_at: datetime | None = None


class KeyDirectory:
    """The folder ``path`` with an organization's keys.

    Files are read whenever a key is asked for, so that a rotation needs no restart. Every method raises Unavailable if
    the folder or a file can be read by others than its owner, or does not hold what it should.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, now: datetime) -> list[str]:
        """Make the folder and one key for each purpose that has none; gives the ids of the keys made."""
        key_files.make_folder(self.path)
        return [self.add(purpose, now) for purpose in PURPOSES if not self._files(purpose)]

    def add(self, purpose: str, now: datetime) -> str:
        """Add a key, which from now on signs; gives its id. ``now`` orders the keys."""
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        name = f"{_known(purpose)}-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z.pem"
        key_files.write_once(self.path / name, pem)
        return key_id(private.public_key())

    def signing_key(self, purpose: str) -> SigningKey:
        """The newest key of ``purpose``. Raises Unavailable if there is none."""
        files = self._files(purpose)
        if not files:
            raise Unavailable(f"There is no {purpose} key in {self.path}.", hint="Run `symflow init-org` first.")
        private = _read(files[-1])
        return SigningKey(key_id(private.public_key()), private)

    def public_keys(self, purpose: str) -> dict[str, Ed25519PublicKey]:
        """Every key of ``purpose`` that verifies, by id."""
        found = (_read_if_there(file) for file in self._files(purpose))
        return {key_id(key.public_key()): key.public_key() for key in found if key is not None}

    def known(self, purpose: str) -> list[KnownKey]:
        """Every key of ``purpose``, oldest first."""
        return [key for key, _ in self._known(purpose)]

    def retirable(self, wanted: str) -> KnownKey:
        """The key with the id ``wanted``. Raises NotFound, or Conflict if it must stay: because it signs, or because it
        is an audit key, without which the log that it sealed could not be verified."""
        for purpose in PURPOSES:
            for key in self.known(purpose):
                if key.key_id == wanted:
                    _check_retirable(key)
                    return key
        raise NotFound(f"There is no key {wanted} in {self.path}.", hint="`symflow keys list` shows their ids.")

    def delete(self, key: KnownKey) -> None:
        """Delete a key's file: what it signed is not believed any more."""
        for known, path in self._known(key.purpose):
            if known.key_id == key.key_id:
                path.unlink(missing_ok=True)

    def _known(self, purpose: str) -> list[tuple[KnownKey, Path]]:
        files = self._files(purpose)
        created = [_created(path) for path in files]
        stopped = [*created[1:], None]
        return [
            (KnownKey(purpose=purpose, key_id=_id_of(path), created_at=since, stopped_at=until), path)
            for path, since, until in zip(files, created, stopped, strict=True)
        ]

    def _files(self, purpose: str) -> list[Path]:
        _known(purpose)
        matches = [(_FILE.fullmatch(entry.name), entry) for entry in key_files.files_in(self.path)]
        return [entry for match, entry in matches if match and match["purpose"] == purpose]


def key_id(key: Ed25519PublicKey) -> str:
    """The RFC 7638 thumbprint of a public key: what a token's header and a seal name it by."""
    raw = base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{raw}"}}'
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def _known(purpose: str) -> str:
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is no purpose of keys; there are {', '.join(PURPOSES)}")
    return purpose


def _created(path: Path) -> datetime:
    match = _FILE.fullmatch(path.name)
    assert match is not None
    return datetime.strptime(match["created"], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


def _id_of(path: Path) -> str:
    return key_id(_read(path).public_key())


def _check_retirable(key: KnownKey) -> None:
    if key.stopped_at is None:
        raise Conflict(f"The key {key.key_id} signs.", hint=f"First run: symflow keys rotate --purpose {key.purpose}")
    if key.purpose == "audit":
        raise Conflict(f"The key {key.key_id} sealed entries of the audit log, which are verified with it.",
                       hint="Audit keys stay: what is new is sealed with the newest.")  # fmt: skip


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(key_files.read_private(path), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unavailable(f"{path} does not hold an Ed25519 private key.", hint="Restore it from a backup.")
    return key


def _read_if_there(path: Path) -> Ed25519PrivateKey | None:
    """The key, or None if it was retired since the folder was read."""
    try:
        return _read(path)
    except Unavailable:
        if path.is_symlink() or path.exists():
            raise
        return None
