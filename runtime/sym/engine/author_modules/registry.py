"""From the name of an author module to who serves it.

``sym``, ``store`` and ``slack`` are served here. A vendor's is served by its item on the shelf of integrations, or of
strategies where the integration is another's (``aws_sso``): ``functions`` by name, each called with a
:class:`sym.sdk.connection.Asking`, with the flow's host bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym import plugins
from sym.engine.author_modules import slack, store, users
from sym.engine.author_modules.asked import Arguments, Asked, Function
from sym.engine.author_modules.vendor_call import VendorCall
from sym.sdk._host import bind
from sym.sdk.connection import Function as VendorFunction
from sym.sdk.exceptions import SymIntegrationError

SERVED: Mapping[str, Mapping[str, Function]] = {
    "sym": users.FUNCTIONS, "store": store.FUNCTIONS, "slack": slack.FUNCTIONS,
}  # fmt: skip


def serve(asked: Asked, module: str, function: str, arguments: Arguments) -> Any:
    """What ``module.function`` answers. Raises SymException: the module's own, or SymIntegrationError saying what is
    missing."""
    if module in SERVED and function in SERVED[module]:
        return SERVED[module][function](asked, arguments)
    return _of_vendor(asked, module, function, arguments)


def _of_vendor(asked: Asked, module: str, function: str, arguments: Arguments) -> Any:
    shelf = next((name for name in ("integrations", "strategies") if module in plugins.names(name)), None)
    found = plugins.load(shelf, module) if shelf else None
    functions: Mapping[str, VendorFunction] = getattr(found, "functions", {})
    if function not in functions:
        raise SymIntegrationError(
            name="NOT_SERVED",
            message=f"{module}.{function} is not served by this release. Catch SymException to go on without it.",
        )
    kind = module if shelf == "integrations" else str(getattr(found, "integration", module))
    integration = asked.integration(kind, module)
    if integration is None:
        raise SymIntegrationError(
            name="NO_INTEGRATION",
            message=f"{module}.{function} needs an integration of type {kind}, and the flow's environment has none.",
        )
    with bind(asked.host):
        return functions[function](VendorCall(asked, integration, arguments))
