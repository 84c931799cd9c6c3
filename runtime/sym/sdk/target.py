"""What access is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sym.sdk.resource import SymResource


class AccessTarget(SymResource, ABC):
    """A ``sym_target``: one thing access can be granted to."""

    @property
    @abstractmethod
    def label(self) -> str | None:
        """The name people see."""

    @property
    @abstractmethod
    def type(self) -> str:
        """The kind of target, such as ``okta_group``."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The settings from Terraform; those in ``field_bindings`` are filled in from the request's fields."""
