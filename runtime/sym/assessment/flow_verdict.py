"""What would become of a flow: its form, its rules, its code, and the forms that older providers took."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sym import plugins
from sym.assessment.evaluation import Instance, read_source
from sym.assessment.values import MissingFile, SourceText, is_unknown
from sym.assessment.wording import Finding, needs, warns
from sym.implementation import Implementation, Problem, read_implementation, read_on_change
from sym.resources.flow import FIELD_TYPES, upgrade_0
from sym.sdk.duration import duration_seconds
from sym.serving import is_served

_OLD_PARAMS = ("prompt_fields_json", "allowed_sources_json")
_PEOPLE = ("slack_user", "slack_user_list")


def params_of(document: dict[str, Any]) -> dict[str, Any]:
    """The params of a flow, also of the map that the 1.x providers took; {} if there are none or they are unknown."""
    raw = document.get("params")
    if isinstance(raw, dict) and any(key in raw for key in _OLD_PARAMS):
        upgraded: dict[str, Any] = upgrade_0({"params": raw})["params"][0]
        return upgraded
    listed = raw if isinstance(raw, list) else [raw]
    return next((item for item in listed if isinstance(item, dict)), {})


def prompt_fields(params: dict[str, Any]) -> list[Any]:
    """The prompt fields of params, those that are not known included."""
    found = params.get("prompt_field")
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []


def code_findings(
    value: Any, attribute: str, read: Callable[[str], Iterable[Problem]], folder: Path | None = None
) -> Iterator[Finding]:
    """What is wrong with Python code, given as text, or where ``folder`` says so as a path that begins there."""
    text, name = value, attribute
    if isinstance(value, SourceText):
        name = str(value.path)
    elif isinstance(value, str) and _is_path(value):
        found = read_source(Path(value) if Path(value).is_absolute() else (folder or Path()) / value)
        if isinstance(found, MissingFile):
            yield needs(f"{attribute} names the file {found.path}, which {found.reason}.")
            return
        text, name = str(found), str(found.path)
    if not isinstance(text, str) or is_unknown(value):
        return
    for problem in read(text):
        place = f"{name}:{problem.line}" if problem.line else name
        say = needs if problem.severity == "error" else warns
        yield say(f"{place}: {problem.message} {problem.hint}".rstrip())


def _is_path(value: str) -> bool:
    return value.endswith(".py") and "\n" not in value


def check_flow(instance: Instance) -> Iterator[Finding]:
    """What is to be said of a flow."""
    document = instance.document
    if "template" in document or any(key in params_of(document) for key in _OLD_PARAMS) or _is_old(document):
        yield needs("A newer form: this is that of the 1.x providers. Remove template, make a block of params, and "
                    "write prompt_field blocks for prompt_fields_json.")  # fmt: skip
    code = document.get("implementation")
    if isinstance(code, str) and not isinstance(code, SourceText) and _is_path(code):
        yield warns('implementation is a path, as 2.x took it. Write file("${path.module}/impl.py").')
    yield from code_findings(code, "implementation", lambda text: read_implementation(text).problems, instance.root)
    text = source_of(code, instance.root)
    implementation = read_implementation(text) if text is not None else None
    params = params_of(document)
    yield from _check_params(params)
    yield from _check_fields(params, implementation)
    if text is not None:
        yield from _check_modules(text)


def _is_old(document: dict[str, Any]) -> bool:
    raw = document.get("params")
    return isinstance(raw, dict) and any(key in raw for key in _OLD_PARAMS)


def source_of(value: Any, folder: Path) -> str | None:
    """The source text of an implementation; None if it is not known."""
    if not isinstance(value, str):
        return None
    if isinstance(value, SourceText) or not _is_path(value):
        return str(value)
    found = read_source(folder / value)
    return str(found) if isinstance(found, SourceText) else None


def _check_params(params: dict[str, Any]) -> Iterator[Finding]:
    if params.get("allow_revoke") is False and params.get("schedule_deescalation") is False:
        yield needs("An end of access: at least one of allow_revoke and schedule_deescalation must be true.")
    sources = params.get("allowed_sources")
    if isinstance(sources, list):
        for source in sources:
            if isinstance(source, str) and source not in ("slack", "api"):
                yield warns(f'There is no source "{source}"; requests come from slack or api.')
        if not sources:
            yield warns("allowed_sources is empty, so nobody can start this flow.")


def _check_fields(params: dict[str, Any], implementation: Implementation | None) -> Iterator[Finding]:
    fields = prompt_fields(params)
    seen: set[str] = set()
    for field in fields:
        if not isinstance(field, dict):
            continue
        name = field.get("name")
        if isinstance(name, str) and name in seen:
            yield needs(f'Two prompt fields are named "{name}".')
        seen.add(name if isinstance(name, str) else "")
        yield from _check_field(field, params)
        if implementation is not None and isinstance(name, str) and field.get("prefetch") is True:
            opaque = any(one.kind == "prefetch" and one.field_name is None for one in implementation.handlers)
            if implementation.prefetch_for(name) is None and not opaque:
                yield warns(f'Nothing prefetches the options of "{name}".')


def _check_field(field: dict[str, Any], params: dict[str, Any]) -> Iterator[Finding]:
    name, kind = field.get("name"), field.get("type")
    if kind == "list":
        yield needs(f'The prompt field "{name}" has the type "list" of 1.x; write str_list, or string with values.')
    elif isinstance(kind, str) and kind not in FIELD_TYPES:
        yield needs(f'The prompt field "{name}" has the type "{kind}"; there are: {", ".join(FIELD_TYPES)}.')
    if kind in _PEOPLE and any(field.get(key) for key in ("allowed_values", "default", "prefetch")):
        yield needs(f'The prompt field "{name}" is about people, and takes no allowed_values, default or prefetch.')
    if isinstance(name, str) and isinstance(field.get("on_change"), str):
        code = field["on_change"]
        yield from code_findings(code, f"on_change of {name}", lambda text: read_on_change(text, name).problems)
    if name == "duration":
        yield from _check_duration(field, params)


def _check_duration(field: dict[str, Any], params: dict[str, Any]) -> Iterator[Finding]:
    if params.get("strategy_id") is None:
        yield needs("A flow without strategy_id has no use for the prompt field duration: remove it.")
        return
    if params.get("schedule_deescalation") is False:
        return
    if field.get("required") is False:
        yield needs("The prompt field duration must be required.")
    values = field.get("allowed_values")
    if values is None or values == []:
        yield needs("The prompt field duration needs allowed_values.")
    for value in values if isinstance(values, list) else []:
        try:
            if isinstance(value, str):
                duration_seconds(value)
        except ValueError as problem:
            yield needs(f"The prompt field duration: {problem}.")


def _check_modules(text: str) -> Iterator[Finding]:
    """Services that the code calls and that this release does not reach."""
    for name in sorted(_imported(text)):
        if name in plugins.names("integrations") and name != "slack" and not is_served("integrations", name):
            yield warns(f"The code imports sym.sdk.integrations.{name}: its functions fail, because this release does "
                        f"not serve {name} yet.")  # fmt: skip


def _imported(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    place, found = "sym.sdk.integrations", set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("sym.sdk", place):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{place}."):
            found.add(str(node.module).split(".")[3])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[3] for alias in node.names if alias.name.startswith(f"{place}.")}
    return found
