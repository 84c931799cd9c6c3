"""Settings that are JSON text: ``settings`` maps hold nothing but text."""

from __future__ import annotations

import json
from typing import Any


def list_of_texts(value: str) -> str | None:
    """What is wrong with a setting that must be a JSON list of texts; None if nothing is."""
    found = _read(value)
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return None
    return "A JSON list of ids is needed: write it with jsonencode([...])."


def json_object(value: str) -> str | None:
    """What is wrong with a setting that must be a JSON object; None if nothing is."""
    return None if isinstance(_read(value), dict) else "A JSON object is needed: write it with jsonencode({...})."


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
