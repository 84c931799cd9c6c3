"""What the functions of author modules work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sym.engine.outbound import Outbound
from sym.engine.views import Document, World
from sym.sdk._host import Host
from sym.store.database import Store

Arguments = Mapping[str, Any]


class ConnectingHost(Host, Protocol):
    """The host of a flow in the worker."""

    def connect(self, integration: Document) -> Any:
        """See ``FlowHost.connect``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, and of what: code of the world's event, of ``store`` and, through ``outbound``, of people. ``host`` is
    the one the code runs with."""

    store: Store
    world: World
    clock: Callable[[], datetime]
    outbound: Outbound
    host: ConnectingHost

    @property
    def run_id(self) -> str | None:
        """The run the code runs for; None while a form is shown, as nobody has asked for anything yet."""
        return None if self.world.event.name == "prompt" else self.world.run.id

    def integration(self, kind: str, name: str = "") -> Document | None:
        """The view of the integration of the type ``kind`` that the flow may use: the one its environment has under
        ``name``, else any of its environment's, else its strategy's."""
        view = self.world.flow_view
        listed = view["environment"]["integrations"]
        found = [listed.get(name), *listed.values(), (view["strategy"] or {}).get("integration")]
        return next((item for item in found if item and item["type"] == kind), None)


Function = Callable[[Asked, Arguments], Any]
"""A function of an author module: its arguments and its answer are JSON. Raises SymException as the module says."""
