"""What a secret source (``sym.secret_sources.<type>``) is and what it may touch.

A source module has two classes: ``Settings``, the schema of what ``sym_secrets.settings`` may say, and ``Source``,
which fetches. Built-in sources and those of third parties implement the same protocol. A module that says
``keeps_values = True`` has its values in Sym's own store, where ``sym_secret.value_wo`` puts them; one that says
``is_local = True`` reads on this machine, so that nothing is gained by keeping what it gave for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from sym.sdk.connection import Http, Service

LONGEST_VALUE = 64 * 1024
"""A secret's value is at most this many bytes; more is a mistake in the path."""


@dataclass(frozen=True, kw_only=True)
class SecretPlace:
    """The part of this machine that secret sources may read; whoever starts the worker decides it.

    ``environment`` holds the variables named ``SYM_SECRET_*`` and no others; ``file_root`` is the folder that the
    ``file`` source may read below, None if there is none. ``stored`` gives the value that the store keeps for the
    ``sym_secret`` with an id, and raises LookupError if it has none; None if the store's values cannot be had here.
    ``aws`` and ``google`` give what the integration with an id connects (``permission_context``, ``google``), and raise
    LookupError if there is none; ``http`` makes requests to a service. They are None where services cannot be reached.
    ``service_account`` is the file with the token by which Kubernetes vouches for this process, None if there is none.
    None of it shows in ``repr``.
    """

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    file_root: Path | None = field(default=None, repr=False)
    stored: Callable[[str], str] | None = field(default=None, repr=False)
    aws: Callable[[str], Any] | None = field(default=None, repr=False)
    google: Callable[[str], Any] | None = field(default=None, repr=False)
    http: Callable[[Service], Http] | None = field(default=None, repr=False)
    service_account: Path | None = field(default=None, repr=False)


def value_problem(value: Any) -> str | None:
    """What is wrong with a value to be kept, without a word of it; None if nothing is."""
    if not value:
        return "The value of a secret cannot be empty."
    try:
        length = len(str(value).encode())
    except UnicodeEncodeError:
        return "The value of a secret must be text in UTF-8."
    return f"The value of a secret has at most {LONGEST_VALUE} bytes, not {length}." if length > LONGEST_VALUE else None


class Source(Protocol):
    """A place secrets are kept in. Errors name the path, never the value."""

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source with the ``settings`` of its ``sym_secrets``. Raises ValueError if it cannot work with them."""
        ...

    def fetch(self, path: str) -> str:
        """The value the ``sym_secret`` with this ``path`` stands for. A source that ``keeps_values`` is given the
        secret's id in place of its path, of which several secrets may have the same.

        Raises LookupError if there is none, PermissionError if the path leads where this source may not read,
        ValueError if what lies there is not a usable value (empty, too long, not text), and SymException for what a
        service said.
        """
        ...
