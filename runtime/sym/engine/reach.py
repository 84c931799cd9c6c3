"""What a flow's code and its strategy can reach outside of this process."""

from __future__ import annotations

from dataclasses import dataclass, field

from sym.engine.connections.opening import Connections
from sym.engine.outbound import Outbound, Unbound


@dataclass(frozen=True, kw_only=True)
class Reach:
    """``outbound`` is how people are reached, ``connections`` how services are."""

    outbound: Outbound = field(default_factory=Unbound)
    connections: Connections = field(default_factory=Connections)


NOWHERE = Reach()
"""Nobody is reached; services are, as they are where nothing else is said."""
