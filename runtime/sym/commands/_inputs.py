"""Answers to a form, as they are written on the command line."""

from __future__ import annotations

import json
from typing import Any

import rich_click as click


def read_inputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """The answers of a form, given as ``name=text`` or ``name:=JSON``. For click: raises BadParameter."""
    found: dict[str, Any] = {}
    for text in values:
        key, equals, value = text.partition("=")
        name = key.removesuffix(":")
        if not equals or not name or name in found:
            raise click.BadParameter(f"{text!r}: write name=text, or name:=JSON for anything else, each name once.")
        found[name] = read_json(text, value) if key.endswith(":") else read_plain(name, value)
    return found


def read_json(text: str, value: str) -> Any:
    """A value given as JSON; ``text`` is the whole argument. Raises BadParameter."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise click.BadParameter(f"{text!r}: what follows := is not JSON.") from None


def read_plain(name: str, value: str) -> Any:
    """A value given as text: seconds for a duration, else the text. Raises BadParameter."""
    from sym.sdk.duration import duration_seconds

    if name != "duration":
        return value
    try:
        return duration_seconds(value)
    except ValueError as error:
        raise click.BadParameter(f"duration: {error}") from None
