"""Resources as authors' code sees them: environments, strategies, targets, integrations, secrets. See
:mod:`sym.engine.views`."""

from __future__ import annotations

import json
from typing import Any

from sym.engine import srns
from sym.engine.kept_views import Reading
from sym.store.database import Connection
from sym.store.resources import StoredResource

Document = dict[str, Any]


def view_environment(reading: Reading, org: str, environment: StoredResource | None) -> Document:
    if environment is None:
        return {"srn": f"{org}:environment:removed:latest", "integrations": {}}
    return {
        "srn": f"{org}:environment:{environment.slug}:latest:{environment.id}",
        "label": environment.document.get("label"),
        "runtime_id": environment.document.get("runtime_id"),
        "runtime": _view_runtime(reading, org, environment.document.get("runtime_id")),
        "integrations": _view_integrations(reading, org, environment.document.get("integrations")),
    }


def view_integrations(conn: Connection, org: str, ids: Document | None) -> Document:
    """The integrations whose ``ids`` a resource names by ``<key>_id``, by key."""
    return _view_integrations(Reading(conn), org, ids)


def _view_integrations(reading: Reading, org: str, ids: Document | None) -> Document:
    found = {key: reading.latest("integration", item) for key, item in (ids or {}).items() if item}
    return {key.removesuffix("_id"): view_integration(reading, org, item) for key, item in found.items() if item}


def _view_runtime(reading: Reading, org: str, runtime_id: str | None) -> Document | None:
    """The permission context of an environment's runtime."""
    runtime = reading.latest("runtime", runtime_id) if runtime_id else None
    context_id = runtime.document.get("context_id") if runtime else None
    context = reading.latest("integration", context_id) if context_id else None
    return view_integration(reading, org, context) if context else None


def view_strategy(reading: Reading, org: str, strategy: StoredResource) -> Document:
    document = strategy.document
    integration = reading.latest("integration", document["integration_id"]) if document.get("integration_id") else None
    # A target that was deleted cannot be asked for, also where a strategy still lists it.
    targets = [found for target_id in document["targets"] if (found := reading.get("target", target_id))]
    settings = document.get("settings") or {}
    return {
        "id": strategy.id,
        "type": strategy.type,
        "name": document["name"],
        "label": document.get("label"),
        "srn": srns.typed(org, "access_strategy", strategy.type, strategy.slug, strategy.id),
        "integration": view_integration(reading, org, integration) if integration else None,
        "targets": [view_target(org, target) for target in targets],
        "settings": settings,
        "secrets": {key: view for key, value in settings.items() if (view := _view_secret(reading, org, value))},
        "implementation": document.get("implementation"),
    }


def view_target(org: str, target: StoredResource) -> Document:
    return {
        "$type": "target",
        "id": target.id,
        "srn": srns.typed(org, "access_target", target.type, target.slug, target.id),
        "type": target.type,
        "name": target.slug,
        "label": target.document.get("label"),
        "settings": target.document.get("settings") or {},
        "field_bindings": target.document.get("field_bindings") or [],
    }


def view_integration(reading: Reading, org: str, integration: StoredResource) -> Document:
    settings: Document = {}
    for key, value in (integration.document.get("settings") or {}).items():
        if key == "secret_ids_json":
            settings["secrets"] = [view for item in _ids(value) if (view := _view_secret(reading, org, item))]
        settings[key] = _view_secret(reading, org, value) or value
    return {
        "$type": "integration",
        "srn": srns.typed(org, "integration", integration.type, integration.slug, integration.id),
        "type": integration.type,
        "external_id": integration.document["external_id"],
        "settings": settings,
    }


def integration_with_id(conn: Connection, org: str, kind: str, integration_id: str) -> Document:
    """The view of the integration of type ``kind`` with an id. Raises LookupError if there is none."""
    reading = Reading(conn)
    found = reading.latest("integration", integration_id)
    if found is None or found.name != "integration" or found.type != kind:
        raise LookupError(f"There is no sym_integration of type {kind} with the id {integration_id!r}.")
    return view_integration(reading, org, found)


def view_log_destination(conn: Connection, org: str, destination: StoredResource,
                         environments: list[str]) -> Document:  # fmt: skip
    """A log destination with its integration, the secrets its settings name, and the permission context of the runtime
    of the first of ``environments`` that has one."""
    reading, document = Reading(conn), destination.document
    integration = reading.latest("integration", document["integration_id"]) if document.get("integration_id") else None
    listing = [found for item in environments if (found := reading.get("environment", item))]
    runtimes = (_view_runtime(reading, org, item.document.get("runtime_id")) for item in listing)
    settings = document.get("settings") or {}
    return {
        "id": destination.id,
        "type": destination.type,
        "settings": settings,
        "secrets": [view for value in settings.values() if (view := _view_secret(reading, org, value))],
        "integration": view_integration(reading, org, integration) if integration else None,
        "runtime": next(filter(None, runtimes), None),
    }


def _ids(text: str) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [str(item) for item in found] if isinstance(found, list) else []


def _view_secret(reading: Reading, org: str, secret_id: Any) -> Document | None:
    """The reference to a sym_secret if ``secret_id`` is one's id, else None."""
    if not isinstance(secret_id, str) or len(secret_id) != 36:
        return None
    secret = reading.latest("secret", secret_id)
    source = reading.latest("secrets", secret.document["source_id"]) if secret and secret.name == "secret" else None
    if secret is None or source is None:
        return None
    source_srn = srns.typed(org, "secrets", source.type, source.slug, source.id)
    return {
        "$type": "secret",
        "id": secret.id,
        "path": secret.document["path"],
        "srn": srns.typed(org, "secret", source.type, secret.slug, secret.id),
        "version": secret.version,
        "settings": secret.document.get("settings") or {},
        "source": {
            "srn": source_srn,
            "type": source.type,
            "version": source.version,
            "settings": source.document.get("settings") or {},
        },
    }
