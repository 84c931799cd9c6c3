"""Channels; apart from :mod:`sym.sdk.event` because runs need them and events need runs."""

from __future__ import annotations

from abc import abstractmethod

from sym.sdk.resource import SymResource


class Channel(SymResource):
    """Where an event came from."""

    @property
    @abstractmethod
    def identifier(self) -> str | None:
        """The channel, such as ``#general``; ``None`` when a Slack shortcut outside any channel was used."""

    @property
    @abstractmethod
    def type(self) -> str:
        """``slack``; ``sym`` for the API; ``sdk`` when a hook made the event."""
