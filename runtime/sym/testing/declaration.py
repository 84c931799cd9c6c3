"""What Terraform would have declared for the flow under test: its form, targets, strategy, environment, secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sym import plugins
from sym.audit.events import Actor
from sym.resources.flow import PromptField
from sym.sdk.schema import fields as schema_fields
from sym.store import resources
from sym.testing.recorded_access import STRATEGY
from sym.testing.sources import Code, Sources
from sym.testing.stage import Stage

Document = dict[str, Any]
Fields = Mapping[str, str | Mapping[str, Any]] | Sequence[Mapping[str, Any]]
"""The form: field name to its type or to its attributes, or ``prompt_field`` blocks with their names."""
Targets = Sequence[str] | Mapping[str, Mapping[str, Any]]
"""Names of targets; or by name their attributes: ``label``, ``type``, ``settings``, ``field_bindings``."""

ERRORS = "#errors"
"""The channel of the error logger in every test."""


@dataclass(kw_only=True)
class Declaration:
    """The flow of a test. ``params`` are further attributes of the block of this name, such as ``allow_revoke``;
    ``strategy_type`` is that of an installed strategy, which runs in place of one with code of its own, with
    ``strategy_settings``; with None as ``external_id`` it has no integration. ``integrations`` are those of the
    environment: by type the account, or ``external_id`` and ``settings``. Settings name secrets as ``secrets`` does.
    Under a name of its own an integration has a ``type``; one of type ``custom`` has all of ``secrets``."""

    implementation: Code
    name: str = "flow"
    fields: Fields = ()
    targets: Targets = ()
    strategy: Code | None = None
    strategy_type: str = "custom"
    strategy_settings: Mapping[str, Any] = field(default_factory=dict)
    flow_vars: Mapping[str, str] = field(default_factory=dict)
    external_id: str | None = "test"
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    integrations: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


class Declared:
    """The declaration, stored. ``targets`` maps names to ids; ``fields`` are the form's blocks, in order."""

    def __init__(self, stage: Stage, sources: Sources, wanted: Declaration) -> None:
        self._stage = stage
        self.name = wanted.name
        self.implementation = sources.read(wanted.implementation, "impl.py")
        self.fields = [_with_code(block, sources) for block in _blocks(wanted.fields)]
        self.flow_vars = dict(wanted.flow_vars)
        self.targets: dict[str, str] = {}
        self._secret_ids = {name: self._secret(name) for name in wanted.secrets}
        params: Document = {**wanted.params, "prompt_field": self.fields}
        if wanted.targets or wanted.strategy is not None:
            params["strategy_id"] = self._strategy(sources, wanted)
        document = {
            "name": wanted.name, "implementation": self.implementation, "vars": self.flow_vars,
            "environment_id": self._environment(wanted), "params": [params],
        }  # fmt: skip
        self.flow_id = self._save("flow", document)

    def _save(self, name: str, document: Document) -> str:
        now = self._stage.clock()
        with self._stage.store.transaction() as conn:
            return resources.save(conn, name, document, actor=Actor.SYSTEM, now=now).id

    def _strategy(self, sources: Sources, wanted: Declaration) -> str:
        kind = wanted.strategy_type
        module = plugins.load("strategies", kind)
        code = STRATEGY if wanted.strategy is None else sources.read(wanted.strategy, "strategy.py")
        listed = wanted.targets if isinstance(wanted.targets, Mapping) else {name: {} for name in wanted.targets}
        for name, more in (listed or {"target": {}}).items():
            target = {"type": next(iter(module.targets)), "name": name, "label": name, **more}
            target["settings"] = {"identifier": name, **(more.get("settings") or {})}
            self.targets[name] = self._save("target", target)
        strategy: Document = {"type": kind, "name": "strategy", "targets": list(self.targets.values())}
        if wanted.external_id is not None:
            strategy["integration_id"] = self._integration(module.integration or "custom", wanted)
        if wanted.strategy_settings:
            strategy["settings"] = self._with_secrets(module.Settings, wanted.strategy_settings)
        if getattr(module, "needs_implementation", False):
            strategy["implementation"] = code
        return self._save("strategy", strategy)

    def _integration(self, kind: str, wanted: Declaration) -> str:
        settings = self._with_secrets(plugins.load("integrations", kind).Settings, wanted.settings)
        if kind == "custom" and self._secret_ids:
            settings["secret_ids_json"] = json.dumps(list(self._secret_ids.values()))
        document = {"type": kind, "name": "target", "external_id": wanted.external_id, "settings": settings}
        return self._save("integration", document)

    def _with_secrets(self, declared: type[Any], given: Mapping[str, Any]) -> Document:
        """Settings in which the names of secrets are their ids."""
        named = {item.name for item in schema_fields(declared) if item.declaration.references == "secret"}
        return {name: self._secret_ids.get(value, value) if name in named else value for name, value in given.items()}

    def _secret(self, name: str) -> str:
        source = self._save("secrets", {"type": "env", "name": f"source of {name}"})
        return self._save("secret", {"source_id": source, "path": f"SYM_SECRET_{name.upper()}"})

    def _environment(self, wanted: Declaration) -> str:
        slack = self._save("integration", {"type": "slack", "name": "slack", "external_id": "T1"})
        logger = self._save("error_logger", {"integration_id": slack, "destination": ERRORS})
        given = {f"{name}_id": self._listed(name, account) for name, account in wanted.integrations.items()}
        document = {"name": "test", "error_logger_id": logger, "integrations": {"slack_id": slack, **given}}
        return self._save("environment", document)

    def _listed(self, key: str, account: str | Mapping[str, Any]) -> str:
        more: Document = {"external_id": account} if isinstance(account, str) else dict(account)
        kind = more.get("type", key)
        document: Document = {"type": kind, "name": f"{key}-test", **more}
        if kind == "custom" and self._secret_ids and "settings" not in more:
            document["settings"] = {"secret_ids_json": json.dumps(list(self._secret_ids.values()))}
        if settings := more.get("settings"):
            document["settings"] = self._with_secrets(plugins.load("integrations", kind).Settings, settings)
        return self._save("integration", document)


def _blocks(given: Fields) -> list[Document]:
    """The form as ``prompt_field`` blocks. Raises ValueError for an attribute or a type there is not."""
    if isinstance(given, Mapping):
        blocks = [{"name": name, **({"type": more} if isinstance(more, str) else more)} for name, more in given.items()]
    else:
        blocks = [dict(block) for block in given]
    declared = {item.name: item for item in schema_fields(PromptField)}
    for block in blocks:
        unknown = sorted(block.keys() - declared.keys())
        if unknown or "type" not in block or "name" not in block:
            problem = f"has no attribute {unknown[0]!r}" if unknown else "needs a name and a type"
            raise ValueError(f"fields: the prompt field {block.get('name', '?')} {problem}; "
                             f"there are: {', '.join(declared)}")  # fmt: skip
        choices = declared["type"].declaration.choices
        if block["type"] not in choices:
            raise ValueError(f"fields.{block['name']}: {block['type']!r} is no type; there are: {', '.join(choices)}")
    return blocks


def _with_code(block: Document, sources: Sources) -> Document:
    code = block.get("on_change")
    return {**block, "on_change": sources.read(code, f"on_change of {block['name']}")} if code else block
