"""What a prompt field of a flow takes for an answer, and what texts are mistaken for: checks that need no schema."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sym.sdk.duration import duration_seconds

LONGEST_OPTION = 55
"""How many characters of a choice in a drop-down list Slack is given."""
PEOPLE = ("slack_user", "slack_user_list")
"""The types of fields that are answered with people, who are chosen from everybody in the workspace."""
NOT_APPLICABLE: Mapping[str, tuple[str, ...]] = {
    "slack_user": ("allowed_values", "default", "prefetch"),
    "slack_user_list": ("allowed_values", "default", "prefetch"),
    "str_list": ("default",),
    "int_list": ("default",),
    "bool": ("allowed_values", "prefetch"),
    "duration": ("prefetch",),
}
"""By type of field, the attributes that it has no use for."""

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,100}")
_TRUTHS = {"true", "false", "t", "f", "1", "0", "yes", "no"}
# What the original's language, Go, reads as a number and as a boolean.
_GO_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_GO_BOOLEANS = {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"}


def is_whole_number(text: str) -> bool:
    """Whether a text is a whole number."""
    return _WHOLE_NUMBER.fullmatch(text.strip()) is not None


def duration_problem(text: str) -> str | None:
    """Why a text is no duration; None if it is one."""
    try:
        duration_seconds(text)
    except ValueError as problem:
        return str(problem)
    return None


def default_problem(kind: str, default: str) -> str | None:
    """Why a text cannot be the answer to a field of type ``kind``; None if it can."""
    if kind == "int" and not is_whole_number(default):
        return f'"{default}" is not a whole number.'
    if kind == "bool" and default.lower() not in _TRUTHS:
        return f'"{default}" is neither "true" nor "false".'
    if kind == "duration" and (problem := duration_problem(default)):
        return f"{problem}."
    return None


def is_among(kind: str, default: str, values: Sequence[str]) -> bool:
    """Whether a default that is a fitting text is one of the values of its field, however either is written."""
    if kind == "duration":
        return duration_seconds(default) in [duration_seconds(value) for value in values if not duration_problem(value)]
    if kind == "int":
        return int(default) in [int(value) for value in values if is_whole_number(value)]
    return default in values


def looks_like_a_number(text: str) -> bool:
    """Whether somebody may take a variable's text for a number."""
    return _GO_INTEGER.fullmatch(text) is not None and -(2**63) <= int(text) < 2**63


def looks_like_a_boolean(text: str) -> bool:
    """Whether somebody may take a variable's text for a boolean."""
    return text in _GO_BOOLEANS
