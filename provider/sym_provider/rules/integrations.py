"""The map ``integrations`` of environments and flows filters: its keys are ``<service>_id``, and a flow finds each
integration under the key without ``_id``.

The keys of services that authors' code knows by name should hold an integration of the type it works with; any other
key is for an integration of type ``custom``. The original took whatever it was given, so all of this is warnings.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from sym import plugins
from sym_provider.framework.diagnostics import Diagnostic, MapKey, warning
from sym_provider.framework.values import is_unknown
from sym_provider.repository import Document
from sym_provider.rules.settings import near

_PLACE = "integrations"
_KEY = re.compile(r"[a-z][a-z0-9_]*_id")


@functools.cache
def service_keys() -> dict[str, str]:
    """The keys of services that have a name, each with the type of its integration: what the shelves have. A strategy
    that works with an integration of another name, such as ``aws_lambda``, is a service too."""
    kinds = set(plugins.names("integrations")) - {"custom", "permission_context"}
    found = {kind: kind for kind in kinds}
    for name in plugins.names("strategies"):
        wanted = plugins.load("strategies", name).integration
        if wanted and wanted != "custom":
            found.setdefault(name, wanted)
    return {f"{service}_id": kind for service, kind in sorted(found.items())}


def check_keys(integrations: Any) -> Iterator[Diagnostic]:
    """A warning for every key that is no ``<service>_id``, or looks like the misspelt key of a service."""
    if is_unknown(integrations):
        return
    for key, value in (integrations or {}).items():
        if value in (None, "") or key in service_keys():
            continue
        path = (_PLACE, MapKey(key))
        if not _KEY.fullmatch(key):
            name = re.sub(r"[^a-z0-9_]+", "_", key.lower()).strip("_").removesuffix("_id")
            detail = "Keys are <service>_id, in small letters, and a flow finds the integration as <service>."
            meant = near(f"{name}_id", service_keys()) or f" Did you mean {name}_id?"
            yield warning(f'"{key}" is no key of integrations', detail + meant, path)
        elif service := _misspelt(key):
            detail = (
                f"Code that uses {service} finds its integration under {service}_id. Did you mean that? A key for an "
            )
            detail += "integration of your own can have any other name."
            yield warning(f'There is no service for the key "{key}"', detail, path)


def _misspelt(key: str) -> str | None:
    """The service that was probably meant; None for a key that begins like one, as a second one of it would."""
    services = [known.removesuffix("_id") for known in service_keys()]
    if any(key.startswith(service) for service in services):
        return None
    found = difflib.get_close_matches(key.removesuffix("_id"), services, n=1, cutoff=0.8)
    return found[0] if found else None


def check_fit(document: Document, find: Callable[[str, str], Document | None]) -> Iterator[Diagnostic]:
    """A warning for every key of a service that holds an integration of a type the service does not work with.

    ``find`` gives a resource's document by name and id.
    """
    for key, integration_id in (document.get(_PLACE) or {}).items():
        wanted = service_keys().get(key)
        found = find("integration", integration_id) if wanted and integration_id else None
        if found is not None and found["type"] != wanted:
            detail = f'{key} is for an integration of type "{wanted}", and this one is of type "{found["type"]}".'
            fitting = [name for name, kind in service_keys().items() if kind == found["type"]]
            detail += f" For that type there is {' or '.join(fitting)}." if fitting else ""
            yield warning(f"The integration does not fit the key {key}", detail, (_PLACE, MapKey(key)))
