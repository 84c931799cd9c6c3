"""A flow's folder, read: its code, and what Terraform would declare for it as far as reading tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sym.assessment import Assessed, assess
from sym.assessment.evaluation import Instance
from sym.assessment.flow_verdict import params_of, prompt_fields, source_of
from sym.assessment.values import refs_in
from sym.errors import Invalid, NotFound
from sym.resources.flow import Params, PromptField
from sym.sdk.schema import fields

_OWN = ("prompt_field", "strategy_id")


@dataclass(frozen=True)
class DeclaredFlow:
    """What a simulation needs of a flow. ``is_access`` says that it has a strategy; ``unknown`` names what only
    Terraform could tell, and is left out."""

    name: str
    implementation: str
    fields: tuple[dict[str, Any], ...] = ()
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_access: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    integrations: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def read_flow(folder: Path, name: str | None = None) -> DeclaredFlow:
    """The flow of a folder with Terraform configuration, or with an ``impl.py`` alone.

    Raises NotFound if there is none, or none of that ``name``; Invalid if there are several and none is named, or the
    code cannot be found.
    """
    has_configuration = any(folder.rglob("*.tf")) or any(folder.rglob("*.tf.json"))
    if not has_configuration:
        if not (folder / "impl.py").is_file():
            raise NotFound(
                f"There is neither a configuration nor an impl.py in {folder}.", hint="Name a flow's folder."
            )
        return DeclaredFlow(name or "flow", (folder / "impl.py").read_text(encoding="utf-8"))
    report = assess(folder)
    found = _chosen(report.flows(), name)
    others = [one.instance for one in report.assessed if one.instance.root == found.root]
    return _declared(found, others)


def _chosen(flows: list[Assessed], name: str | None) -> Instance:
    named = [one.instance for one in flows if name in (None, one.instance.document.get("name"), one.instance.address)]
    known = ", ".join(dict.fromkeys(str(one.instance.document.get("name")) for one in flows)) or "none"
    if not named:
        raise NotFound("There is no such flow here.", hint=f"There are: {known}.")
    if len(named) > 1:
        raise Invalid("There are several flows here.", hint=f"Say which with --flow: {known}.", code="Config:INVALID")
    return named[0]


def _declared(flow: Instance, others: list[Instance]) -> DeclaredFlow:
    code = source_of(flow.document.get("implementation"), flow.root)
    if code is None:
        raise Invalid(f"The code of {flow.address} cannot be told from the configuration.",
                      hint='Give a folder with the flow\'s impl.py, or write implementation = file("…").')  # fmt: skip
    raw, unknown = params_of(flow.document), list[str]()
    params = _known({key: value for key, value in raw.items() if key not in _OWN}, "params", Params, unknown)
    form = [_known(item, f"prompt_field {item.get('name')}", PromptField, unknown) for item in _askable(raw)]
    name = flow.document.get("name")
    return DeclaredFlow(
        name=name if isinstance(name, str) else "flow",
        implementation=code,
        fields=tuple(form),
        targets=_targets(raw.get("strategy_id"), others),
        is_access=raw.get("strategy_id") is not None,
        variables=_texts(flow.document.get("vars"), "vars", unknown),
        params=params,
        integrations=_integrations(flow, others),
        unknown=tuple(unknown),
    )


def _askable(params: dict[str, Any]) -> list[dict[str, Any]]:
    """The prompt fields of which name and type are known."""
    listed = [item for item in prompt_fields(params) if isinstance(item, dict)]
    return [item for item in listed if isinstance(item.get("name"), str) and isinstance(item.get("type"), str)]


def _known(found: dict[str, Any], place: str, schema: type[Any], unknown: list[str]) -> dict[str, Any]:
    """What of a block is known and fits; what is not is noted."""
    kept: dict[str, Any] = {}
    for one in fields(schema):
        value = found.get(one.name)
        if value is None:
            continue
        if _is_plain(value):
            kept[one.name] = [str(item) for item in value] if isinstance(value, list) else _fitting(value, one.kind)
        else:
            unknown.append(f"{place}.{one.name}")
    return kept


def _fitting(value: Any, kind: str) -> Any:
    if kind == "bool" and isinstance(value, str):
        return value == "true"
    return str(value) if kind == "string" else value


def _is_plain(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str | int | float) for item in items)


def _texts(found: Any, place: str, unknown: list[str]) -> dict[str, str]:
    if not isinstance(found, dict):
        return {}
    unknown += [f"{place}.{key}" for key, value in found.items() if value is not None and not _is_plain(value)]
    return {key: _text(value) for key, value in found.items() if isinstance(value, str | int | float)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _targets(strategy: Any, others: list[Instance]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for ref in refs_in(strategy):
        for target_ref in [item for one in _at(ref.address, others) for item in refs_in(one.document.get("targets"))]:
            for target in _at(target_ref.address, others):
                name = target.document.get("name")
                if isinstance(name, str):
                    found[name] = _target(target.document)
    return found


def _target(document: dict[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {"settings": _texts(document.get("settings"), "settings", [])}
    if isinstance(document.get("label"), str):
        more["label"] = str(document["label"])
    bound = document.get("field_bindings")
    if isinstance(bound, list) and _is_plain(bound):
        more["field_bindings"] = bound
    return more


def _integrations(flow: Instance, others: list[Instance]) -> dict[str, str]:
    """The environment's services, by name, with their accounts."""
    found: dict[str, str] = {}
    for ref in refs_in(flow.document.get("environment_id")):
        for environment in _at(ref.address, others):
            given = environment.document.get("integrations")
            for key, value in given.items() if isinstance(given, dict) else ():
                for integration in [one for item in refs_in(value) for one in _at(item.address, others)]:
                    kind, account = integration.document.get("type"), integration.document.get("external_id")
                    if kind == key.removesuffix("_id") != "slack":
                        found[kind] = account if isinstance(account, str) else kind
    return found


def _at(address: str, others: list[Instance]) -> list[Instance]:
    return [one for one in others if one.address == address or one.address.startswith(f"{address}[")]
