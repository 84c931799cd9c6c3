"""Secrets in the worker's environment: ``SYM_SECRET_OKTA_TOKEN`` is the path of the variable of that name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from sym.sdk import schema as declared
from sym.sdk._secrets import SecretPlace
from sym.sdk.schema import schema

_NAME = re.compile(r"SYM_SECRET_[A-Za-z0-9_]+")

is_local = True


@schema
class Settings:
    """The environment needs no settings."""


class Source:
    """Reads variables named ``SYM_SECRET_*`` and nothing else of the environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source over the variables of ``place``."""
        declared.read(Settings, settings)
        return cls(place.environment)

    def fetch(self, path: str) -> str:
        """The value of the variable named ``path``.

        Raises PermissionError for any name that does not begin with ``SYM_SECRET_``, LookupError if the variable is
        not set, ValueError if it is empty.
        """
        if not _NAME.fullmatch(path):
            raise PermissionError(f"The env secret source reads only variables named SYM_SECRET_*, not {path!r}.")
        if path not in self._environment:
            raise LookupError(f"The environment variable {path} is not set where the worker runs.")
        value = self._environment[path]
        if not value:
            raise ValueError(f"The environment variable {path} is empty.")
        return value
