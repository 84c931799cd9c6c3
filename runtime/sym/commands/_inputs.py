"""Answers to a form, as they are written on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rich_click as click


def read_inputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """The answers of a form, given as ``name=text`` or ``name:=JSON``. For click: raises BadParameter."""
    return {name: read_plain(name, value) if is_text else value for name, value, is_text in _read(values)}


def read_values(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Any] | None:
    """The same for what is no form: text stays what it is. None if there are none. For click: raises BadParameter."""
    return {name: value for name, value, _ in _read(values)} or None


def _read(values: tuple[str, ...]) -> list[tuple[str, Any, bool]]:
    """Names with their values, and whether those were given as text."""
    found: dict[str, tuple[str, Any, bool]] = {}
    for text in values:
        key, equals, value = text.partition("=")
        name = key.removesuffix(":")
        if not equals or not name or name in found:
            raise click.BadParameter(f"{text!r}: write name=text, or name:=JSON for anything else, each name once.")
        is_text = not key.endswith(":")
        found[name] = (name, value if is_text else read_json(text, value), is_text)
    return list(found.values())


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


def read_seconds(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A span of time such as 30m, in seconds. For click: raises BadParameter."""
    from sym.sdk.duration import duration_seconds

    if value is None:
        return None
    try:
        return duration_seconds(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def read_context(text: str | None, file: Path | None, folder: Path | None) -> dict[str, Any]:
    """A request's context: the JSON object ``text``; or that of ``file``, into which every regular file of ``folder``
    is folded as text under its name (what is JSON there stays text, folders in it are left out). Raises UsageError."""
    if text is not None and (file or folder):
        raise click.UsageError("--context and --context-file or --context-dir contradict each other.")
    found = _object("--context", text) if text is not None else {}
    if file is not None:
        found = _object(f"--context-file {file}", _text(file))
    for entry in sorted(folder.iterdir()) if folder is not None else []:
        if entry.is_file():
            found[entry.name] = _text(entry)
    return found


def _object(place: str, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise click.UsageError(f"{place} must be a JSON object.")
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise click.UsageError(f"{path} cannot be read: {reason}.") from None
