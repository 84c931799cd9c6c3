"""Encryption of what the store keeps but nobody who reads the store shall know: AES-256-GCM.

A key is one file ``secret-<UTC time>.key`` of 32 random bytes in the folder of keys, made when the first value is
sealed. The newest seals, all of them open: a key is rotated by adding one, and retired by deleting its file once
nothing is sealed with it any more. A key's id is a hash of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sym import key_files
from sym.errors import Unavailable

_FILE = re.compile(r"secret-\d{8}T\d{12}Z\.key")
_KEY_BYTES = 32
_NONCE_BYTES = 12
_MAKING = threading.Lock()
"""So that the first values of one apply, which are many at once, make one key. Of two processes each may make one."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An encrypted text: the nonce, the ciphertext and its tag in ``ciphertext``; ``key_id`` names the key."""

    key_id: str
    ciphertext: bytes = field(repr=False)


class SealingKeys:
    """The keys in the folder ``path``. Files are read whenever they are needed, so that a rotation needs no restart.

    Unless it ``makes_folder``, a folder that is not there is not made: a key that only this machine has would make
    values nobody else can read. Methods raise Unavailable if the folder or a file can be read by others than its owner,
    or does not hold what it should.
    """

    def __init__(self, path: Path, *, makes_folder: bool = True) -> None:
        self.path = path
        self._makes_folder = makes_folder

    def seal(self, owner: str, text: str, now: datetime) -> Sealed:
        """Encrypt ``text`` with the newest key; it can be opened for the same ``owner`` (an id) only, so that nobody
        can pass one's text off as another's. ``now`` dates the key if this is the first."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        with _MAKING:
            key = self._newest() or self._made(now)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        ciphertext = nonce + AESGCM(key).encrypt(nonce, text.encode(), _bound_to(owner))
        return Sealed(key_id=key_id(key), ciphertext=ciphertext)

    def unseal(self, owner: str, sealed: Sealed) -> str:
        """The text that was sealed for ``owner``. Raises Unavailable if its key is not here, or what is stored was
        sealed for somebody else or changed since."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = next((key for key in map(_read, self._files()) if key_id(key) == sealed.key_id), None)
        if key is None:
            raise Unavailable(
                f"The key it is encrypted with (id {sealed.key_id}) is not in {self.path}.",
                hint="Copy it there from where the value was stored, or set SYM_KEYS_DIR to the folder that has it.",
            )
        nonce, ciphertext = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, ciphertext, _bound_to(owner)).decode()
        except (InvalidTag, ValueError):
            raise Unavailable("What is stored has been changed, or belongs to something else.") from None

    def _newest(self) -> bytes | None:
        files = self._files()
        return _read(files[-1]) if files else None

    def _made(self, now: datetime) -> bytes:
        if self._makes_folder:
            try:
                key_files.make_folder(self.path)
            except OSError as error:
                raise Unavailable(f"The folder {self.path} for keys cannot be made: {error.strerror}.") from error
        elif not self.path.is_dir():
            raise Unavailable(
                f"There are no keys in {self.path} to encrypt with.",
                hint="Set SYM_KEYS_DIR to the worker's folder of keys, or use its server: set SYM_API_URL.",
            )
        key_files.files_in(self.path)  # refuses a folder that is open to others
        with contextlib.suppress(Unavailable):  # somebody else was here in the same microsecond: theirs will do
            name = f"secret-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z.key"
            key_files.write_once(self.path / name, secrets.token_bytes(_KEY_BYTES))
        newest = self._newest()
        assert newest is not None
        return newest

    def _files(self) -> list[Path]:
        return [entry for entry in key_files.files_in(self.path) if _FILE.fullmatch(entry.name)]


def key_id(key: bytes) -> str:
    """What names a key beside what it has sealed; it tells nothing of the key."""
    return hashlib.sha256(b"sym sealing key\0" + key).hexdigest()[:32]


def _bound_to(owner: str) -> bytes:
    return b"sym secret value\0" + owner.encode()


def _read(path: Path) -> bytes:
    key = key_files.read_private(path)
    if len(key) != _KEY_BYTES:
        raise Unavailable(f"{path} does not hold a key of {_KEY_BYTES} bytes.", hint="Restore it from a backup.")
    return key
