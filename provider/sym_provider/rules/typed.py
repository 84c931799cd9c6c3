"""What is checked at plan of every resource but flows: its name, and of those that have a ``type``, the type, its
settings, and whether it needs an integration.

The shelves of ``sym`` say what there is. A type or setting they do not know is only warned of: it may be a plug-in's
that is installed where flows run, or have been accepted before. Settings that can never work are errors.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Collection, Iterator
from types import ModuleType
from typing import Any

from sym import plugins
from sym.sdk.schema import fields
from sym_provider.framework.diagnostics import Diagnostic, error, warning
from sym_provider.framework.schema import State
from sym_provider.framework.values import is_unknown
from sym_provider.rules.integrations import check_keys
from sym_provider.rules.secret import check_secret
from sym_provider.rules.settings import check_settings, near
from sym_provider.rules.slugs import check_name, check_option_label

_SHELVES = {
    "integration": "integrations",
    "strategy": "strategies",
    "log_destination": "log_destinations",
    "secrets": "secret_sources",
}


def check(name: str, config: State) -> Iterator[Diagnostic]:
    """What is wrong with the name, type, settings and integration of ``sym_<name>``, as far as it has them and they
    are known yet. Nothing is said of flows."""
    if name != "flow":
        yield from check_name(config.get("name"))
    if name in ("environment", "flows_filter"):
        yield from check_keys(config.get("integrations"))
    if name in _SHELVES:
        yield from _check_item(name, config)
    elif name == "target":
        yield from check_option_label(config.get("label"))
        yield from _check_target(config)
    elif name == "secret":
        yield from check_secret(config)


def _check_item(name: str, config: State) -> Iterator[Diagnostic]:
    kind = config.get("type")
    if not isinstance(kind, str):
        return
    shelf = _SHELVES[name]
    if kind not in plugins.names(shelf):
        yield _unknown_type(f"sym_{name}", kind, plugins.names(shelf))
        return
    module = plugins.load(shelf, kind)
    what = f'A sym_{name} of type "{kind}"'
    yield from check_settings(module.Settings, config.get("settings"), what)
    if name in ("strategy", "log_destination"):
        yield from _check_integration(module, config.get("integration_id"), what)


def _check_integration(module: ModuleType, integration_id: Any, what: str) -> Iterator[Diagnostic]:
    wanted: str | None = getattr(module, "integration", None)
    if wanted is None or getattr(module, "integration_optional", False) or integration_id not in (None, ""):
        return
    detail = f'Set integration_id to the id of a sym_integration of type "{wanted}".'
    yield error(f"{what} requires an integration", detail, ("integration_id",))


def _check_target(config: State) -> Iterator[Diagnostic]:
    kind = config.get("type")
    if not isinstance(kind, str):
        return
    declared = target_schemas().get(kind)
    if declared is None:
        yield _unknown_type("sym_target", kind, sorted(target_schemas()))
        return
    what = f'A sym_target of type "{kind}"'
    bindings = config.get("field_bindings")
    yield from check_settings(declared, config.get("settings"), what, bound=bindings)
    if is_unknown(bindings) or getattr(declared, "takes_any_setting", False):
        return
    names = [field.name for field in fields(declared)]
    for index, bound in enumerate(bindings or []):
        if isinstance(bound, str) and bound not in names:
            detail = f"{what} has the settings {', '.join(names)}.{near(bound, names)}"
            yield warning(f'There is no setting "{bound}" to bind', detail, ("field_bindings", index))


@functools.cache
def target_schemas() -> dict[str, type[Any]]:
    """Every type of target with the schema of its settings: what the strategies of the shelf say."""
    modules = (plugins.load("strategies", name) for name in plugins.names("strategies"))
    return {kind: declared for module in modules for kind, declared in module.targets.items()}


def _unknown_type(what: str, kind: str, known: Collection[str]) -> Diagnostic:
    # onelogin for onelogin_role: a beginning is nearer than any spelling.
    begun = [name for name in known if kind and name.startswith(f"{kind}_".lower())]
    meant = begun or difflib.get_close_matches(kind.lower(), known, n=3, cutoff=0.6)
    hint = f"Did you mean {' or '.join(meant)}? " if meant else ""
    detail = f"{hint}This release knows: {', '.join(sorted(known))}. Without a plug-in for it, it cannot be used."
    return warning(f'There is no {what} of type "{kind}"', detail, ("type",))
