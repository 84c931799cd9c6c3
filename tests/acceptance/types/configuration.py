"""The Terraform of everything, as JSON: one flow for each strategy and for each source of secrets."""

from __future__ import annotations

import json
from typing import Any

from sym import plugins
from sym.sdk.schema import fields
from tests.acceptance.types.doubles import DESTINATIONS, GRANTS, SOURCES, Doubles, Grant, SecretPlaced, Sent

Resources = dict[str, dict[str, dict[str, Any]]]
OPEN = """
from sym.sdk.annotations import reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
WHO = """
@reducer
def get_identity(event, service_type, external_id, user):
    return {known}.get(user.email)
"""


def configuration(doubles: Doubles) -> str:
    """The text of ``main.tf.json``."""
    found: Resources = {"sym_secrets": {"env": {"type": "env", "name": "env"}}}
    _declare_support(found, doubles)
    for sent in DESTINATIONS:
        _declare_destination(found, doubles, sent)
    listed = [f"${{sym_log_destination.{sent.type}.id}}" for sent in DESTINATIONS]
    _add(found, "environment", "main", {"name": "main", "log_destination_ids": listed})
    for grant in GRANTS:
        _declare_grant(found, doubles, grant)
    for source in SOURCES:
        _declare_source(found, doubles, source)
    return json.dumps({
        "terraform": {"required_providers": {"sym": {"source": "symopsio/sym"}}},
        "provider": {"sym": {"org": "acme"}}, "resource": found,
    }, indent=1)  # fmt: skip


def _add(found: Resources, kind: str, key: str, document: dict[str, Any]) -> str:
    """Declare a resource; gives the reference to its id."""
    found.setdefault(f"sym_{kind}", {})[key] = {name: value for name, value in document.items() if value}
    return f"${{sym_{kind}.{key}.id}}"


def _secret(found: Resources, name: str) -> str:
    key = name.lower()
    path = f"SYM_SECRET_{name.upper()}"
    return _add(found, "secret", key, {"source_id": "${sym_secrets.env.id}", "path": path})


def _declare_support(found: Resources, doubles: Doubles) -> None:
    """What several others name."""
    aws, google = doubles.aws, doubles.google_secrets
    _add(found, "integration", "context", {"type": "permission_context", "name": "context",
                                           "external_id": aws.external_id, "settings": dict(aws.settings)})  # fmt: skip
    settings = {name: value.replace("https://sts.googleapis.com", "https://sts.secrets.example").replace(
        "https://iamcredentials.googleapis.com", "https://iamcredentials.secrets.example")
        for name, value in google.settings.items()}  # fmt: skip
    _add(found, "integration", "google_secrets", {"type": "google", "name": "secrets", "settings": settings,
                                                  "external_id": "secrets.example.com"})  # fmt: skip
    _add(found, "integration", "segment", {"type": "segment", "name": "segment", "external_id": "acme",
                                           "settings": {"write_key_secret": _secret(found, "segment")}})  # fmt: skip
    for name in ("authorization", "signing", "datadog"):
        _secret(found, name)


def _placed(doubles: Doubles, settings: Any) -> dict[str, str]:
    known = {
        "vault": doubles.bao.url, "context": "${sym_integration.context.id}", "folder": str(doubles.folder),
        "google": "${sym_integration.google_secrets.id}", "authorization": "${sym_secret.authorization.id}",
        "signing": "${sym_secret.signing.id}", "datadog": "${sym_secret.datadog.id}",
    }  # fmt: skip
    return {name: value.format(**known) for name, value in settings.items()}


def _declare_destination(found: Resources, doubles: Doubles, sent: Sent) -> None:
    named = {"segment": "segment", "permission_context": "context"}
    through = f"${{sym_integration.{named[sent.integration]}.id}}" if sent.integration else None
    _add(found, "log_destination", sent.type, {"type": sent.type, "integration_id": through,
                                               "settings": _placed(doubles, sent.settings)})  # fmt: skip


def _declare_grant(found: Resources, doubles: Doubles, grant: Grant) -> None:
    double, key, module = doubles.of(grant), grant.double, plugins.load("strategies", grant.strategy)
    known = {name: _secret(found, f"{key}_{name}") for name in double.secrets}

    def settled(declared: Any, given: Any) -> dict[str, Any]:
        """The settings, in which secrets are named by references."""
        secret = {item.name for item in fields(declared) if item.declaration.references == "secret"}
        return {name: known.get(value, value) if name in secret else value for name, value in given.items()}

    kind = module.integration or ("custom" if grant.code else None)
    through = None
    if kind:
        given = settled(plugins.load("integrations", kind).Settings, double.settings)
        through = _add(found, "integration", key, {"type": kind, "name": key.replace("_", "-"), "settings": given,
                                                   "external_id": double.external_id})  # fmt: skip
    target = {"type": double.target_type or next(iter(module.targets)), "name": key.replace("_", "-"),
              "settings": dict(double.target_settings)}  # fmt: skip
    strategy = {
        "type": grant.strategy, "name": key.replace("_", "-"), "integration_id": through, "implementation": grant.code,
        "targets": [_add(found, "target", key, target)],
        "settings": settled(module.Settings, double.strategy_settings),
    }  # fmt: skip
    known_as = getattr(double, "identities", {})
    code = OPEN + WHO.format(known=dict(known_as)) if known_as else OPEN
    _declare_flow(found, key, _add(found, "strategy", key, strategy), code)


def _declare_source(found: Resources, doubles: Doubles, source: SecretPlaced) -> None:
    """The source, the token in it, and a strategy that needs it."""
    key = f"by_{source.type}"
    named = key.replace("_", "-")
    source_id = _add(found, "secrets", key, {"type": source.type, "name": named,
                                             "settings": _placed(doubles, source.settings)})  # fmt: skip
    secret = {"source_id": source_id, "path": source.path, "value_wo": source.value,
              "value_wo_version": 1 if source.value else None,
              "settings": {"json_key": source.json_key} if source.json_key else None}  # fmt: skip
    settings = {"api_token_secret": _add(found, "secret", key, secret)}
    integration = _add(found, "integration", key, {"type": "okta", "name": named, "settings": settings,
                                                   "external_id": doubles.okta.external_id})  # fmt: skip
    target = _add(found, "target", key, {"type": "okta_group", "name": named, "settings": {"group_id": "00g2"}})
    strategy = {"type": "okta", "name": named, "integration_id": integration, "targets": [target]}
    _declare_flow(found, key, _add(found, "strategy", key, strategy))


def _declare_flow(found: Resources, key: str, strategy: str, code: str = OPEN) -> None:
    duration = {"name": "duration", "type": "duration", "allowed_values": ["1h"]}
    _add(found, "flow", key, {
        "name": key.replace("_", "-"), "label": key, "implementation": code, "environment_id":
            "${sym_environment.main.id}", "params": [{"strategy_id": strategy, "prompt_field": [duration]}],
    })  # fmt: skip
