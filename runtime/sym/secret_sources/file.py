"""Secrets in files below one folder, as Kubernetes and Docker mount them; the path is relative to that folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from sym.sdk import schema as declared
from sym.sdk._secrets import LONGEST_VALUE, SecretPlace
from sym.sdk.schema import schema

is_local = True


@schema
class Settings:
    """Files need no settings: the worker's `SYM_SECRETS_DIR` names the folder they lie in."""


class Source:
    """Reads regular files below ``root``; links are followed as long as they stay below it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source over the files of ``place``. Raises ValueError if the worker was given no folder."""
        declared.read(Settings, settings)
        if place.file_root is None:
            raise ValueError("The file secret source needs a folder: set SYM_SECRETS_DIR where the worker runs.")
        return cls(place.file_root)

    def fetch(self, path: str) -> str:
        """The text of the file at ``path`` without the newline at its end.

        Raises PermissionError for a path that leads out of the folder or to anything but a regular file the worker may
        read, LookupError if there is nothing, ValueError if the file is empty, longer than 64 KiB or not UTF-8.
        """
        parts = Path(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\0" in path:
            raise PermissionError(f"{path!r} is not a path below the secrets folder.")
        try:
            content = self._read(self._resolve(path), path)
        except (FileNotFoundError, NotADirectoryError):
            raise LookupError(f"There is no file {path!r} in the secrets folder.") from None
        except PermissionError:
            raise
        except (OSError, RuntimeError) as error:  # links in a circle (RuntimeError before Python 3.13), sockets
            raise PermissionError(f"{path!r} cannot be read: {error}.") from error
        return _text(content, path)

    def _resolve(self, path: str) -> tuple[str, ...]:
        root = self._root.resolve(strict=True)
        target = (root / path).resolve(strict=True)
        if root not in target.parents:
            raise PermissionError(f"{path!r} leads out of the secrets folder.")
        return target.relative_to(root).parts

    def _read(self, parts: tuple[str, ...], path: str) -> bytes:
        # The path is free of links now and every step refuses one, so nobody can put a link in while we walk.
        directory = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                inner = os.open(part, flags, dir_fd=directory)
                os.close(directory)
                directory = inner
            return _content(parts[-1], directory, path)
        finally:
            os.close(directory)


def _content(name: str, directory: int, path: str) -> bytes:
    # O_NONBLOCK: opening a FIFO would otherwise wait for somebody to write to it.
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise PermissionError(f"{path!r} is not a regular file.")
        content = file.read(LONGEST_VALUE + 1)
    if len(content) > LONGEST_VALUE:
        raise ValueError(f"The file {path!r} is longer than 64 KiB: that is not a secret.")
    return content


def _text(content: bytes, path: str) -> str:
    # Decoding errors carry the bytes: they must not even be the context of what is raised.
    text: str | None = None
    with suppress(UnicodeDecodeError):
        text = content.decode()
    if text is None:
        raise ValueError(f"The file {path!r} is not UTF-8 text.")
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ValueError(f"The file {path!r} is empty.")
    return text
