"""What a shelf item's schema says, in short, for the tests of the shelves."""

from __future__ import annotations

from typing import Any

from sym.sdk.schema import fields


def required(declared: type[Any]) -> set[str]:
    """The settings that must be there."""
    return {field.name for field in fields(declared) if field.required}


def optional(declared: type[Any]) -> set[str]:
    """The settings that may be there."""
    return {field.name for field in fields(declared) if not field.required}


def secrets(declared: type[Any]) -> set[str]:
    """The settings that hold the id of a secret, never a secret."""
    return {field.name for field in fields(declared) if field.declaration.references == "secret"}


def choices(declared: type[Any], name: str) -> tuple[str, ...]:
    """The values a setting may have; () if it may have any."""
    return next(field.declaration.choices for field in fields(declared) if field.name == name)
