"""From the name of an author module to who serves it.

``sym``, ``store`` and ``slack`` are served here. A vendor's is served by its item on the shelf of integrations, which
may have ``functions``: by name, each called with the flow's integration (as ``sym.sdk`` has it) and its arguments, with
the flow's host bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym import plugins
from sym.engine.author_modules import slack, store, users
from sym.engine.author_modules.asked import Arguments, Asked, Function
from sym.engine.sandbox import objects
from sym.sdk._host import bind
from sym.sdk.exceptions import SymIntegrationError

SERVED: Mapping[str, Mapping[str, Function]] = {
    "sym": users.FUNCTIONS, "store": store.FUNCTIONS, "slack": slack.FUNCTIONS,
}  # fmt: skip


def serve(asked: Asked, module: str, function: str, arguments: Arguments) -> Any:
    """What ``module.function`` answers. Raises SymException: the module's own, or SymIntegrationError saying what is
    missing."""
    if module in SERVED and function in SERVED[module]:
        return SERVED[module][function](asked, arguments)
    found = plugins.load("integrations", module) if module in plugins.names("integrations") else None
    functions: Mapping[str, Any] = getattr(found, "functions", {})
    if function not in functions:
        raise SymIntegrationError(
            name="NOT_SERVED",
            message=f"{module}.{function} is not served by this release. Catch SymException to go on without it.",
        )
    integration = asked.integration(module)
    if integration is None:
        raise SymIntegrationError(
            name="NO_INTEGRATION",
            message=f"{module}.{function} needs an integration of type {module}, and the flow's environment has none.",
        )
    with bind(asked.host):
        return functions[function](objects.to_object(integration), arguments)
