"""Secrets in Sym's own store, encrypted with a key beside it: their values come from Terraform, as the write-only
argument `value_wo` of `sym_secret`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

from sym.sdk import schema as declared
from sym.sdk._secrets import SecretPlace
from sym.sdk.schema import schema

keeps_values = True
is_local = True


@schema
class Settings:
    """The store needs no settings."""


class Source:
    """Reads what ``stored`` gives for a secret's id."""

    def __init__(self, stored: Callable[[str], str]) -> None:
        self._stored = stored

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source over the values of ``place``. Raises ValueError if it has none to give."""
        declared.read(Settings, settings)
        if place.stored is None:
            raise ValueError("This process was started without the folder of keys that the store's values need.")
        return cls(place.stored)

    def fetch(self, path: str) -> str:
        """The value of the secret with the id ``path``. Raises LookupError if the store has none."""
        return self._stored(path)
