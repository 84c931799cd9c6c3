"""What would become of a flow: its form, its rules, its code, and the forms that older providers took."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sym import plugins
from sym.assessment.code import code_findings, is_path
from sym.assessment.evaluation import Instance, read_source
from sym.assessment.field_verdict import check_fields
from sym.assessment.values import SourceText
from sym.assessment.wording import Finding, needs, warns
from sym.implementation import read_implementation
from sym.resources._answers import looks_like_a_boolean, looks_like_a_number
from sym.resources.flow import upgrade_0
from sym.serving import is_served

_OLD_PARAMS = ("prompt_fields_json", "allowed_sources_json")


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


def check_flow(instance: Instance) -> Iterator[Finding]:
    """What is to be said of a flow."""
    document = instance.document
    if "template" in document or any(key in params_of(document) for key in _OLD_PARAMS) or _is_old(document):
        yield needs("A newer form: this is that of the 1.x providers. Remove template, make a block of params, and "
                    "write prompt_field blocks for prompt_fields_json.")  # fmt: skip
    code = document.get("implementation")
    if isinstance(code, str) and not isinstance(code, SourceText) and is_path(code):
        yield warns('implementation is a path, as 2.x took it. Write file("${path.module}/impl.py").')
    yield from code_findings(code, "implementation", lambda text: read_implementation(text).problems, instance.root)
    text = source_of(code, instance.root)
    implementation = read_implementation(text) if text is not None else None
    params = params_of(document)
    yield from _check_variables(document.get("vars"))
    yield from _check_params(params)
    yield from check_fields(prompt_fields(params), params, implementation)
    if text is not None:
        yield from _check_modules(text)


def _is_old(document: dict[str, Any]) -> bool:
    raw = document.get("params")
    return isinstance(raw, dict) and any(key in raw for key in _OLD_PARAMS)


def source_of(value: Any, folder: Path) -> str | None:
    """The source text of an implementation; None if it is not known."""
    if not isinstance(value, str):
        return None
    if isinstance(value, SourceText) or not is_path(value):
        return str(value)
    found = read_source(folder / value)
    return str(found) if isinstance(found, SourceText) else None


def _check_variables(values: Any) -> Iterator[Finding]:
    for name, value in values.items() if isinstance(values, dict) else ():
        # Terraform makes texts of them, which the code may not expect.
        text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str | int) else ""
        if looks_like_a_number(text):
            yield warns(
                f'The value of "{name}" in vars is the text "{text}" for the code: int(event.flow.vars["{name}"]).'
            )
        elif looks_like_a_boolean(text):
            yield warns(f'The value of "{name}" in vars is the text "{text}" for the code, which counts as true: '
                        f'compare it with == "{text}".')  # fmt: skip


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
