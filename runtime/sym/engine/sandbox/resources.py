"""What Terraform set up, as an author sees it: flows, environments, integrations, secrets, strategies, targets.

The class names begin with SDK because the SDK leaves that off where it shows them.
"""

from __future__ import annotations

from typing import Any

from sym.sdk._host import current_host
from sym.sdk.flow import Environment, Flow
from sym.sdk.secret import Secret, SecretSource
from sym.sdk.strategies import Integration
from sym.sdk.strategy import Strategy
from sym.sdk.target import AccessTarget

Document = dict[str, Any]


class SDKSecretSource(SecretSource):
    """Where secrets are kept."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._type = document["type"]
        self._settings = dict(document.get("settings") or {})

    type = property(lambda self: self._type)
    settings = property(lambda self: self._settings)


class SDKSecret(Secret):
    """A secret by reference; the value is never kept here."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._id = document["id"]
        self._path = document["path"]
        self._settings = dict(document.get("settings") or {})
        self._source = SDKSecretSource(document["source"])

    id = property(lambda self: self._id)
    path = property(lambda self: self._path)
    settings = property(lambda self: self._settings)
    source = property(lambda self: self._source)

    def retrieve_value(self) -> str:
        """Ask the host for the value. Raises SymException if it may not be read or cannot be had."""
        return current_host("Secret.retrieve_value").secret(self._id)


class SDKIntegration(Integration):
    """One account with one service; a setting that names a secret holds the Secret."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._type = document["type"]
        self._external_id = document["external_id"]
        self._settings = {name: _setting(value) for name, value in (document.get("settings") or {}).items()}

    type = property(lambda self: self._type)
    external_id = property(lambda self: self._external_id)
    settings = property(lambda self: self._settings)


class SDKTarget(AccessTarget):
    """What access is asked for."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._type = document["type"]
        self._label = document.get("label")
        self._settings = dict(document.get("settings") or {})

    type = property(lambda self: self._type)
    label = property(lambda self: self._label)
    settings = property(lambda self: self._settings)


class SDKEnvironment(Environment):
    """The integrations a flow may use, by name."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._integrations = {name: SDKIntegration(view) for name, view in document["integrations"].items()}

    integrations = property(lambda self: self._integrations)


class SDKFlow(Flow):
    """A flow; one that is merely listed may come without environment and strategy."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._fields = document.get("fields") or {}
        self._vars = {name: str(value) for name, value in (document.get("vars") or {}).items()}
        environment = document.get("environment")
        self._environment = SDKEnvironment(environment) if environment else None
        strategy = document.get("strategy")
        self._strategy = _strategy(strategy) if strategy else None

    fields = property(lambda self: self._fields)
    vars = property(lambda self: self._vars)
    environment = property(lambda self: self._environment)
    strategy = property(lambda self: self._strategy)


def _strategy(document: Document) -> Strategy | None:
    if document.get("integration") is None:
        # The model cannot do without: the integration was deleted while the run was going on.
        return None
    return Strategy(
        id=document["id"],
        type=document["type"],
        name=document["name"],
        label=document.get("label"),
        integration=SDKIntegration(document["integration"]),
        targets=[SDKTarget(target) for target in document.get("targets") or []],
        settings=document.get("settings") or {},
        srn=document["srn"],
    )


def _setting(value: Any) -> Any:
    if isinstance(value, list):
        return [_setting(item) for item in value]
    if isinstance(value, dict) and value.get("$type") == "secret":
        return SDKSecret(value)
    return value
