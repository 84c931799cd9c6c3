"""A ``settings`` map held against the schema of what it may hold."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any

from sym.sdk.schema import Field, fields
from sym_provider.framework.diagnostics import Diagnostic, MapKey, error, warning
from sym_provider.framework.values import is_unknown

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PATH = "settings"


def check_settings(declared: type[Any], settings: Any, what: str, *, bound: Any = None) -> Iterator[Diagnostic]:
    """What is wrong with ``settings`` (a map of texts; null and "" mean the same as no key).

    ``what`` begins the sentences about what is missing. ``bound`` lists the settings that requests fill in, so that
    they may be missing; while it is not known, any may.
    """
    if is_unknown(settings):
        return
    given = {key: value for key, value in (settings or {}).items() if value not in (None, "")}
    known = {field.name: field for field in fields(declared)}
    for key, value in given.items():
        if key in known:
            yield from _check_value(known[key], value)
        elif not getattr(declared, "takes_any_setting", False):
            has = f"It has: {', '.join(known)}." if known else "It has none."
            detail = f"{has}{near(key, known)} The value is kept, but nothing reads it."
            yield warning(f'{what} has no setting "{key}"', detail, (_PATH, MapKey(key)))
    if not is_unknown(bound) and not any(is_unknown(name) for name in bound or []):
        yield from _check_missing(declared, known, {*given, *(bound or [])}, what)


def _check_missing(
    declared: type[Any], known: dict[str, Field], present: Collection[str], what: str
) -> Iterator[Diagnostic]:
    for field in known.values():
        if field.required and field.name not in present:
            yield error(f'{what} needs the setting "{field.name}"', field.declaration.description, (_PATH,))
    for group in getattr(declared, "one_of", ()):
        if not any(name in present for name in group):
            detail = f"{known[group[0]].declaration.description} Also accepted: {', '.join(group[1:])}."
            yield error(f'{what} needs the setting "{group[0]}"', detail, (_PATH,))


def _check_value(field: Field, value: Any) -> Iterator[Diagnostic]:
    if not isinstance(value, str):
        return
    path = (_PATH, MapKey(field.name))
    yield from _check_choice(field, value, path)
    for validate in field.declaration.validators:
        if problem := validate(value):
            yield error(f'The setting "{field.name}" cannot be read', problem, path)
    wanted = field.declaration.references
    if wanted and not _UUID.fullmatch(value):
        # The value is not shown: it may be the secret itself.
        detail = f"It must be the id of a sym_{wanted}, such as sym_{wanted}.example.id, and is something else."
        yield warning(f'The setting "{field.name}" is not an id', detail, path)


def _check_choice(field: Field, value: str, path: tuple[str, ...]) -> Iterator[Diagnostic]:
    choices = field.declaration.choices
    if not choices or value in choices:
        return
    same = [choice for choice in choices if choice.lower() == value.lower()]
    if same:
        detail = f'Letter case matters here: write "{same[0]}".'
        yield warning(f'The setting "{field.name}" is spelt "{same[0]}", not "{value}"', detail, path)
        return
    detail = f'"{value}" is not one of: {", ".join(choices)}.{near(value, choices)}'
    yield error(f'Unknown value of the setting "{field.name}"', detail, path)


def near(word: str, known: Collection[str]) -> str:
    """A question naming what ``word`` may have been meant to be, with a space before it; "" if nothing is near."""
    found = difflib.get_close_matches(word.lower(), known, n=2)
    return f" Did you mean {' or '.join(found)}?" if found else ""
