"""Flows, the environments they are set up in, and their runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sym.sdk._channel import Channel
from sym.sdk._integration import Integration
from sym.sdk.resource import SymResource
from sym.sdk.strategy import Strategy
from sym.sdk.user import User


class Environment(SymResource, ABC):
    """A ``sym_environment``."""

    @property
    @abstractmethod
    def integrations(self) -> dict[str, Integration]:
        """The integrations by name: Terraform's ``circleci_id = …`` is ``integrations["circleci"]``."""


class Flow(SymResource, ABC):
    """A ``sym_flow``."""

    @property
    @abstractmethod
    def fields(self) -> dict[str, Any]:
        """The prompt fields by name."""

    @property
    @abstractmethod
    def vars(self) -> dict[str, str]:
        """The flow's ``vars`` from Terraform: text always, booleans as ``true`` and ``false``."""

    @property
    @abstractmethod
    def environment(self) -> Environment:
        """The environment the flow is set up in."""

    @property
    @abstractmethod
    def strategy(self) -> Strategy | None:
        """How access is granted; ``None`` for a flow that only asks for approval."""


class Run(SymResource, ABC):
    """One request and everything that happened to it."""

    @property
    @abstractmethod
    def actors(self) -> dict[str, User]:
        """Who caused the events so far, by the name of the event."""

    @property
    @abstractmethod
    def contexts(self) -> dict[str, dict[str, Any]]:
        """The contexts attached to the events so far, by the name of the event."""

    @property
    @abstractmethod
    def source_channel(self) -> Channel:
        """Where the first event came from."""
