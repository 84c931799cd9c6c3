"""What is checked at plan of ``sym_flow``, leaf by leaf: what is not known yet is passed over.

A flow that can never work is an error; what only does something else than it seems to is a warning.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from sym.implementation import Implementation, read_implementation
from sym.resources._answers import looks_like_a_boolean, looks_like_a_number
from sym_provider.framework.diagnostics import Diagnostic, MapKey, Path, error, warning
from sym_provider.framework.schema import State
from sym_provider.framework.values import is_unknown
from sym_provider.rules.author_code import check_code, known_text
from sym_provider.rules.prompt_field import check_duration_field, check_prompt_field
from sym_provider.rules.slugs import check_name, check_option_label

SOURCES = ("slack", "api")


# Hundreds of flows may share one implementation, and Terraform has each of them checked several times.
_read = functools.lru_cache(maxsize=64)(read_implementation)


def check_flow(config: State) -> Iterator[Diagnostic]:
    """What is wrong with the configuration of a flow, each with its path."""
    yield from check_name(config.get("name"))
    yield from check_option_label(config.get("label"))
    text = known_text(config.get("implementation"))
    implementation = _read(text) if text is not None else None
    if implementation is not None:
        problems = implementation.problems
        yield from check_code(config["implementation"], ("implementation",), "impl.py", lambda _: problems)
    yield from _check_vars(config.get("vars"))
    params = config.get("params")
    if is_unknown(params):
        return
    for index, block in enumerate(params or []):
        if isinstance(block, dict):
            yield from _check_params(block, ("params", index), implementation)
    if not params and implementation is not None:
        yield from _check_unused_reducers(implementation, {})


def _check_vars(values: Any) -> Iterator[Diagnostic]:
    if is_unknown(values):
        return
    for key, value in (values or {}).items():
        if not isinstance(value, str):
            continue
        path = ("vars", MapKey(key))
        if looks_like_a_number(value):
            detail = f'Flow code sees the text "{value}": make a number of it with int(event.flow.vars["{key}"]).'
            yield warning(f'The value of "{key}" looks like a number, and stays text', detail, path)
        if looks_like_a_boolean(value):
            detail = f'Flow code sees the text "{value}", which counts as true: compare it with == "{value}".'
            yield warning(f'The value of "{key}" looks like a boolean, and stays text', detail, path)


def _check_params(params: State, path: Path, implementation: Implementation | None) -> Iterator[Diagnostic]:
    if params.get("allow_revoke") is False and params.get("schedule_deescalation") is False:
        detail = "Access could never end: at least one of allow_revoke and schedule_deescalation must be true."
        yield error("Access without an end", detail, (*path, "allow_revoke"))
    yield from _check_sources(params.get("allowed_sources"), (*path, "allowed_sources"))
    fields = params.get("prompt_field")
    if is_unknown(fields):
        return
    blocks = {index: block for index, block in enumerate(fields or []) if isinstance(block, dict)}
    for index, block in blocks.items():
        yield from check_prompt_field(block, (*path, "prompt_field", index))
    yield from _check_duplicates(blocks, path)
    yield from _check_durations(params, blocks, path)
    if implementation is not None:
        yield from _check_prefetch(implementation, blocks, path)


def _check_sources(sources: Any, path: Path) -> Iterator[Diagnostic]:
    if is_unknown(sources) or sources is None:
        return
    if not sources:
        detail = "An empty list allows no source at all. Leave allowed_sources out to allow every one."
        yield warning("Nobody can start this flow", detail, path)
    for index, source in enumerate(sources):
        if isinstance(source, str) and source not in SOURCES:
            detail = f"Requests come from {' or '.join(SOURCES)}; this one lets none in."
            yield warning(f'There is no source "{source}"', detail, (*path, index))


def _check_duplicates(blocks: dict[int, State], path: Path) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for index, block in blocks.items():
        name = block.get("name")
        if isinstance(name, str) and seen.setdefault(name, index) != index:
            detail = f'prompt_field[{seen[name]}] is named "{name}" already, and an answer is found by its name.'
            yield error("Two prompt fields of one name", detail, (*path, "prompt_field", index, "name"))


def _check_durations(params: State, blocks: dict[int, State], path: Path) -> Iterator[Diagnostic]:
    for index, block in blocks.items():
        if block.get("name") != "duration":
            continue
        place = (*path, "prompt_field", index)
        if params.get("strategy_id") in (None, ""):
            detail = "A flow without strategy_id grants nothing that could last. Remove the field, or set strategy_id."
            yield error("A duration without access", detail, (*place, "name"))
        elif params.get("schedule_deescalation") is False:
            detail = "With schedule_deescalation = false access ends when it is revoked, whatever the duration."
            yield warning("The prompt field duration has no effect", detail, (*place, "name"))
        elif not is_unknown(params.get("schedule_deescalation")):
            yield from check_duration_field(block, place)


def _check_prefetch(implementation: Implementation, blocks: dict[int, State], path: Path) -> Iterator[Diagnostic]:
    if any(problem.severity == "error" for problem in implementation.problems):
        return  # what it lacks shows when it can be read
    opaque = any(handler.kind == "prefetch" and handler.field_name is None for handler in implementation.handlers)
    for index, block in blocks.items():
        name = block.get("name")
        if opaque or block.get("prefetch") is not True or not isinstance(name, str):
            continue
        if implementation.prefetch_for(name) is None:
            detail = f'The implementation has no function with @prefetch(field_name="{name}"), so there is nothing '
            detail += "to choose from. Add it, or remove prefetch."
            place = (*path, "prompt_field", index, "prefetch")
            yield warning(f'Nothing prefetches the options of "{name}"', detail, place)
    if not any(is_unknown(block.get("name")) or is_unknown(block.get("prefetch")) for block in blocks.values()):
        yield from _check_unused_reducers(implementation, {b.get("name"): b.get("prefetch") for b in blocks.values()})


def _check_unused_reducers(implementation: Implementation, fields: dict[Any, Any]) -> Iterator[Diagnostic]:
    """``fields`` are the names of the prompt fields, each with its ``prefetch``."""
    for handler in implementation.handlers:
        name = handler.field_name
        if name is None or fields.get(name) is True:
            continue
        summary = f"The prefetch function {handler.name} is never called"
        reason = f'The prompt field "{name}" does not say prefetch = true.'
        if name not in fields:
            reason = f'There is no prompt field named "{name}".'
        yield warning(summary, f"Line {handler.line} of impl.py: {reason}", ("implementation",))
