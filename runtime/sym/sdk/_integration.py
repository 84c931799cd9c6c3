"""Integrations; apart from :mod:`sym.sdk.strategies` because flows need them and strategies need flows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sym.sdk.resource import SymResource


class Integration(ABC, SymResource):
    """A ``sym_integration``: one account with one service."""

    @property
    @abstractmethod
    def type(self) -> str:
        """The kind of service, such as ``slack``."""

    @property
    @abstractmethod
    def external_id(self) -> str:
        """What tells this account from others of its type: a Slack workspace, an Okta domain, an AWS account …"""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The settings from Terraform, possibly none; where Terraform names a secret, this holds a ``Secret``."""
