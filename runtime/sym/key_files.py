"""Files with keys: where they lie, and how they are written and read so that nobody but their owner ever could."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from sym.errors import Unavailable

_LONGEST = 16384


def keys_folder(store_url: str, data_folder: Path) -> Path:
    """The folder of the keys that belong to a store, unless somebody chose another: ``keys`` beside SQLite's file;
    for a database on a server, in this user's ``data_folder``."""
    if store_url.startswith("sqlite:///"):
        return Path(store_url.removeprefix("sqlite:///").split("?")[0]).parent / "keys"
    return data_folder / "keys"


def make_folder(path: Path) -> None:
    """Make the folder, and what is above it, unless it is there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def files_in(path: Path) -> list[Path]:
    """What is in the folder, [] if there is none. Raises Unavailable if others than its owner can use it."""
    if not path.is_dir():
        return []
    refuse_open_to_others(path, path.stat().st_mode, "700")
    return sorted(path.iterdir())


def read_private(path: Path) -> bytes:
    """The content of a key file. Raises Unavailable if it cannot be read, is a link, or is open to others."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise Unavailable(f"The key file {path} cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        refuse_open_to_others(path, os.fstat(file.fileno()).st_mode, "600")
        return file.read(_LONGEST)


def refuse_open_to_others(path: Path, mode: int, wanted: str) -> None:
    """Raises Unavailable, naming the mode that is ``wanted``, if others than the owner can use the file or folder."""
    if stat.S_IMODE(mode) & 0o077:
        raise Unavailable(f"{path} can be read or changed by other users.", hint=f"Run `chmod {wanted} {path}`.")


def write_once(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises Unavailable if it is: no key is ever overwritten."""
    # Written aside, then linked into place: nobody sees half a key.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            _give_to_owner(descriptor, path.parent)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        raise Unavailable(f"{path} was written by another process at the same moment.", hint="Try again.") from None
    finally:
        draft.unlink()


def _give_to_owner(descriptor: int, folder: Path) -> None:
    """Root's new file belongs to whom the folder belongs to: a server that is another user has to read it."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
