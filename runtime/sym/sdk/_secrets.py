"""What a secret source (``sym.secret_sources.<type>``) is and what it may touch.

A source module has two classes: ``Settings``, the schema of what ``sym_secrets.settings`` may say, and ``Source``,
which fetches. Built-in sources and those of third parties implement the same protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

LONGEST_VALUE = 64 * 1024
"""A secret's value is at most this many bytes; more is a mistake in the path."""


@dataclass(frozen=True, kw_only=True)
class SecretPlace:
    """The part of this machine that secret sources may read; whoever starts the worker decides it.

    ``environment`` holds the variables named ``SYM_SECRET_*`` and no others; ``file_root`` is the folder that the
    ``file`` source may read below, None if there is none. Neither shows in ``repr``.
    """

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    file_root: Path | None = None


class Source(Protocol):
    """A place secrets are kept in. Errors name the path, never the value."""

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source with the ``settings`` of its ``sym_secrets``. Raises ValueError if it cannot work with them."""
        ...

    def fetch(self, path: str) -> str:
        """The value the ``sym_secret`` with this ``path`` stands for.

        Raises LookupError if there is none, PermissionError if the path leads where this source may not read, and
        ValueError if what lies there is not a usable value (empty, too long, not text).
        """
        ...
