"""Secrets, by reference: the value is fetched when asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sym.sdk.resource import SymResource


class SecretSource(ABC, SymResource):
    """A ``sym_secrets``: where secrets are kept."""

    @property
    @abstractmethod
    def type(self) -> str:
        """The kind of source, such as ``aws_secrets_manager``."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The source's settings from Terraform."""


class Secret(ABC, SymResource):
    """A ``sym_secret``: one value in a source."""

    @property
    @abstractmethod
    def id(self) -> str:
        """The secret's id: the text of a UUID."""

    @property
    @abstractmethod
    def path(self) -> str:
        """Where the value lies in its source."""

    @property
    @abstractmethod
    def source(self) -> SecretSource:
        """Where the secret is kept."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The secret's settings from Terraform; ``json_key`` selects one key of a value that is a JSON object."""

    @abstractmethod
    def retrieve_value(self) -> str:
        """Fetch the value."""
