"""What would become of each resource of an old configuration here: it runs, it warns, or it needs something."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sym import plugins
from sym.assessment.code import code_findings
from sym.assessment.evaluation import Instance
from sym.assessment.flow_verdict import check_flow
from sym.assessment.values import MissingFile, Ref, is_unknown, refs_in
from sym.assessment.wording import Finding, needs, warns
from sym.implementation import read_problems
from sym.resources import resources, slugify
from sym.resources._answers import LONGEST_OPTION
from sym.sdk.schema import Field, fields
from sym.serving import is_served

Verdict = Literal["runs", "warns", "needs"]
_SHELVES = {
    "integration": "integrations", "strategy": "strategies", "log_destination": "log_destinations",
    "secrets": "secret_sources",
}  # fmt: skip


@dataclass(frozen=True)
class Assessed:
    """A resource with its verdict, and what it is based on."""

    instance: Instance
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of its findings."""
        found = {finding.verdict for finding in self.findings}
        return "needs" if "needs" in found else "warns" if "warns" in found else "runs"


def judge(instances: list[Instance], declared: Iterable[str] = ()) -> list[Assessed]:
    """The verdict on each resource, in the order given. ``declared`` are addresses of which there may be none."""
    known: dict[str, Instance | None] = dict.fromkeys(declared)
    known |= {_base(instance.address): instance for instance in instances}
    found = [Assessed(one, tuple(dict.fromkeys(_findings(one, known)))) for one in instances]
    for _ in range(3):  # what needs something, its users need too: target, strategy, flow
        stuck = {_base(one.instance.address) for one in found if one.verdict == "needs"}
        found = [_with_users(one, stuck) for one in found]
    return found


def _base(address: str) -> str:
    """The address of a resource without the key of an instance; those of modules stay."""
    return address[: address.rindex("[")] if address.endswith("]") else address


def _with_users(one: Assessed, stuck: set[str]) -> Assessed:
    if one.instance.resource not in ("flow", "strategy", "environment", "secret", "error_logger"):
        return one
    used = dict.fromkeys(ref.address for ref in refs_in(_plain(one.instance.document)) if ref.address in stuck)
    # Of an environment's integrations a flow may use any or none.
    say = warns if one.instance.resource == "environment" else needs
    more = [say(f"It uses {address}, which needs something itself.") for address in used]
    return replace(one, findings=tuple(dict.fromkeys([*one.findings, *more])))


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "vars"}


def _findings(instance: Instance, known: Mapping[str, Instance | None]) -> Iterator[Finding]:
    schema = resources().get(instance.resource)
    if schema is None:
        yield needs(f"There is no {instance.block.type}. Known: {', '.join(f'sym_{name}' for name in resources())}.")
        return
    if instance.block.kind == "data":
        return
    document = instance.document
    yield from _missing_files(document)
    yield from _check_attributes(schema, document, is_flow=instance.resource == "flow")
    yield from _check_references(schema, document, known)
    yield from _check_name(document)
    if instance.resource in _SHELVES:
        yield from _check_item(instance, known)
    elif instance.resource == "target":
        yield from _check_target(document)
    elif instance.resource == "flow":
        yield from check_flow(instance)
    elif instance.resource == "flows_filter":
        yield from code_findings(document.get("implementation"), "implementation", _reader("flows_filter"))


def _reader(kind: Any) -> Callable[[str], Any]:
    return lambda source: read_problems(kind, source)


def _missing_files(value: Any) -> Iterator[Finding]:
    if isinstance(value, MissingFile):
        yield needs(f"The file {value.path} {value.reason}.")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _missing_files(item)


def _check_attributes(schema: Any, document: dict[str, Any], *, is_flow: bool) -> Iterator[Finding]:
    declared = {one.name: one for one in fields(schema)}
    old = {"template"} if is_flow else set()
    for key in document:
        if key not in declared and key not in old:
            yield needs(f'There is no attribute "{key}" any more, or there never was.{_near(key, declared)}')
    for name, one in declared.items():
        value = document.get(name)
        if one.required and value is None:
            yield needs(f'The attribute "{name}" is missing.')
        elif isinstance(value, str) and one.declaration.choices and value not in one.declaration.choices:
            yield needs(f'{name} is "{value}", and must be one of: {", ".join(one.declaration.choices)}.')


def _check_name(document: dict[str, Any]) -> Iterator[Finding]:
    name, label = document.get("name"), document.get("label")
    if isinstance(name, str) and name and slugify(name) != name.lower():
        said = f'becomes "{slugify(name)}" in commands' if slugify(name) else "needs a letter or a digit"
        yield (warns if slugify(name) else needs)(f'The name "{name}" {said}: names are letters, digits, - and _.')
    if isinstance(label, str) and len(label) > LONGEST_OPTION:
        yield warns(f'The label "{label}" has {len(label)} characters; drop-down lists show {LONGEST_OPTION}.')


def _check_references(schema: Any, document: dict[str, Any], known: Mapping[str, Instance | None]) -> Iterator[Finding]:
    for one in fields(schema):
        if one.schema is not None:
            for inner in document.get(one.name) or []:
                if isinstance(inner, dict):
                    yield from _check_references(one.schema, inner, known)
        elif one.declaration.references:
            yield from _check_reference(one, document.get(one.name), known)


def _check_reference(field: Field, value: Any, known: Mapping[str, Instance | None]) -> Iterator[Finding]:
    wanted = f"sym_{field.declaration.references}"
    for ref in refs_in(value):
        if ref.address not in known:
            yield needs(f"{field.name} refers to {ref.address}, which nothing declares.")
        elif ref.type != wanted and isinstance(value, Ref):
            yield needs(f"{field.name} must be the id of a {wanted}, and is that of {ref.address}.")


def _check_item(instance: Instance, known: Mapping[str, Instance | None]) -> Iterator[Finding]:
    kind, document = instance.document.get("type"), instance.document
    if not isinstance(kind, str):
        return
    shelf = _SHELVES[instance.resource]
    if kind not in plugins.names(shelf):
        yield needs(f'A plug-in for the type "{kind}", which is not known here.{_near(kind, plugins.names(shelf))}')
        return
    module: Any = plugins.load(shelf, kind)
    what = f'A {instance.block.type} of type "{kind}"'
    yield from _check_settings(module.Settings, document.get("settings"), what)
    if not is_served(shelf, kind):
        yield needs(f'A release that carries out the type "{kind}": this one knows it, and does not serve it yet.')
    if instance.resource == "strategy":
        yield from _check_strategy(module, instance, known)
    wanted = getattr(module, "integration", None)
    is_needed = wanted is not None and not getattr(module, "integration_optional", False)
    if instance.resource in ("strategy", "log_destination") and is_needed and document.get("integration_id") is None:
        yield needs(f'{what} needs an integration of type "{wanted}".')


def _check_strategy(module: Any, instance: Instance, known: Mapping[str, Instance | None]) -> Iterator[Finding]:
    document = instance.document
    if document.get("type") == "custom":
        if document.get("implementation") in (None, ""):
            yield needs("The attribute implementation, with a strategy's Python code, is missing.")
        yield from code_findings(document.get("implementation"), "implementation", _reader("strategy"), instance.root)
    for name, wanted in (("integration_id", [module.integration]), ("targets", list(module.targets))):
        for ref in refs_in(document.get(name)):
            used = known.get(ref.address)
            kind = used.document.get("type") if used else None
            if isinstance(kind, str) and any(wanted) and kind not in wanted:
                yield warns(f'{ref.address} is of type "{kind}"; it works with: {", ".join(wanted)}.')


def _check_target(document: dict[str, Any]) -> Iterator[Finding]:
    kind = document.get("type")
    schemas = target_schemas()
    if not isinstance(kind, str):
        return
    if kind not in schemas:
        yield needs(f'A plug-in for targets of type "{kind}", which are not known here.{_near(kind, schemas)}')
        return
    bound = document.get("field_bindings") or []
    names = bound if isinstance(bound, list) and not any(is_unknown(name) for name in bound) else None
    yield from _check_settings(schemas[kind], document.get("settings"), f'A sym_target of type "{kind}"', bound=names)


def target_schemas() -> dict[str, type[Any]]:
    """Every type of target with the schema of its settings."""
    modules: list[Any] = [plugins.load("strategies", name) for name in plugins.names("strategies")]
    return {kind: declared for module in modules for kind, declared in module.targets.items()}


def _check_settings(declared: Any, settings: Any, what: str, *, bound: list[str] | None = ()) -> Iterator[Finding]:  # type: ignore[assignment]
    """``bound`` are settings that requests fill in; None: it is not known which."""
    if is_unknown(settings) or not isinstance(settings, dict | None):
        return
    given = {key: value for key, value in (settings or {}).items() if value not in (None, "")}
    known = {one.name: one for one in fields(declared)}
    for key, value in given.items():
        if key in known:
            yield from _check_value(known[key], value)
        elif not getattr(declared, "takes_any_setting", False):
            yield warns(f'{what} has no setting "{key}"; nothing reads it.{_near(key, known)}')
    if bound is None:
        return
    present = {*given, *bound}
    for one in known.values():
        if one.required and one.name not in present:
            yield needs(f'{what} needs the setting "{one.name}": {one.declaration.description}')
    for group in getattr(declared, "one_of", ()):
        if not any(name in present for name in group):
            yield needs(f"{what} needs one of the settings {', '.join(group)}.")


def _check_value(field: Field, value: Any) -> Iterator[Finding]:
    if not isinstance(value, str):
        return
    choices = field.declaration.choices
    if choices and value not in choices:
        yield needs(f'The setting "{field.name}" must be one of: {", ".join(choices)}.')
    for validate in field.declaration.validators:
        if problem := validate(value):
            yield needs(f'The setting "{field.name}" cannot be read: {problem}')


def _near(word: str, known: Any) -> str:
    found = difflib.get_close_matches(word.lower(), list(known), n=2)
    return f" Did you mean {' or '.join(found)}?" if found else ""
