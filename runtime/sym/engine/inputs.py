"""A request's inputs held against the flow's form: what is missing, unknown or of the wrong type.

The rules are the same wherever a request comes from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sym.engine.lifecycle import LONGEST_DURATION
from sym.errors import Invalid
from sym.sdk.duration import duration_seconds, duration_text
from sym.sdk.errors import SymSDKError
from sym.sdk.resource import SRN

Document = Mapping[str, Any]
DEFAULT_DURATIONS = ("30s", "10m", "1h")
MOST_LISTED = 20
"""Choices that are named in an error."""


class InvalidInputs(Invalid):
    """The inputs do not fit the flow's form."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(
            "The inputs do not fit the flow's form: " + "; ".join(f"{path}: {text}" for path, text in problems),
            path=problems[0][0],
            code="RequestAPI:INVALID_INPUTS",
        )
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Inputs that fit: ``fields`` by prompt field, the ``target_id`` of access flows, the ``duration`` in seconds."""

    fields: dict[str, Any]
    target_id: str | None = None
    duration: int | None = None


def read_inputs(params: Document, targets: list[Document], inputs: Mapping[str, Any],
                rules: Mapping[str, Document] | None = None) -> Inputs:  # fmt: skip
    """Check ``inputs`` (JSON values by name) against a flow's ``params`` and its strategy's ``targets`` (views).

    ``rules`` are those of a form that code of the flow's has changed: by field whether it is ``required``, and its
    ``choices``, None for any. Defaults are filled in. Raises InvalidInputs listing every problem with its field.
    """
    problems: list[tuple[str, str]] = []
    rules = rules or {}
    declared = {
        field["name"]: {**field, **_as_shown(rules, field["name"])} for field in params.get("prompt_field") or []
    }
    is_access = bool(params.get("strategy_id"))
    timed = is_access and params.get("schedule_deescalation", True)
    builtin = ({"target_srn", "target_id"} if is_access else set()) | ({"duration"} if timed else set())
    for name in inputs:
        if name not in declared and name not in builtin:
            known = ", ".join(sorted({*declared, *builtin} - {"target_id"})) or "none"
            problems.append((f"flow_inputs.{name}", f"the flow has no such field; it has: {known}"))
    fields = {}
    for name, field in declared.items():
        if name in ("target_id", "duration"):
            continue
        value = _read(field, inputs.get(name), f"flow_inputs.{name}", problems)
        if value is not None:
            fields[name] = value
    target_id = _read_target(targets, inputs, problems, rules.get("target_id")) if is_access else None
    asked = declared.get("duration") or rules.get("duration")
    duration = _read_duration(asked, inputs.get("duration"), problems) if timed else None
    if problems:
        raise InvalidInputs(problems)
    return Inputs(fields=fields, target_id=target_id, duration=duration)


def _as_shown(rules: Mapping[str, Document], name: str) -> Document:
    """The rule for a field, whose visibility is said by whether it is required."""
    return {**rules[name], "visible": True} if name in rules else {}


def require_duration(params: Document, value: Any) -> int:
    """``value`` as a duration in seconds that the flow's form offers. Raises InvalidInputs."""
    problems: list[tuple[str, str]] = []
    declared = {field["name"]: field for field in params.get("prompt_field") or []}
    duration = _read_duration(declared.get("duration"), value, problems, "duration")
    if duration is None:
        raise InvalidInputs(problems)
    return duration


def _read(field: Document, value: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    if value is None and field.get("default") not in (None, ""):
        value = from_text(field["type"], field["default"])
    if value is None or value in ("", []):
        if field.get("required", True) and field.get("visible", True):
            problems.append((path, "a value is required"))
        return None
    problem = is_mistyped(field["type"], value)
    if problem:
        problems.append((path, problem))
        return None
    choices = _choices(field)
    for item in value if isinstance(value, list) else [value]:
        if choices is not None and str(item) not in choices:
            problems.append((path, f"{item!r} is not one of: {_some(choices)}"))
            return None
    return as_stored(field["type"], value)


def _choices(field: Document) -> list[str] | None:
    """What may be chosen, as text; None for anything. The options of prefetch functions only a form knows."""
    if "choices" in field:
        return None if field["choices"] is None else [str(choice) for choice in field["choices"]]
    allowed = field.get("allowed_values")
    if not allowed or field.get("prefetch") or field["type"].startswith("slack_user"):
        return None
    return [str(duration_seconds(text)) for text in allowed] if field["type"] == "duration" else list(allowed)


def _some(choices: list[str]) -> str:
    more = [f"… ({len(choices)} in all)"] if len(choices) > MOST_LISTED else []
    return ", ".join([*choices[:MOST_LISTED], *more]) or "nothing"


def from_text(kind: str, text: str) -> Any:
    """A default, which is text in Terraform, as a value of a field of this kind; text that is none stays text."""
    if kind == "int" and text.lstrip("-").isdigit():
        return int(text)
    if kind == "bool":
        return text.lower() in ("true", "1", "yes", "t")
    if kind == "duration":
        with contextlib.suppress(ValueError):
            return duration_seconds(text)
    return text


_TYPES: Mapping[str, tuple[type, str]] = {
    "string": (str, "text"),
    "int": (int, "a whole number"),
    "bool": (bool, "true or false"),
    "duration": (int, "a whole number of seconds"),
    "slack_user": (str, "a Slack user id"),
}
_LISTS: Mapping[str, tuple[type, str]] = {
    "str_list": (str, "a list of texts"),
    "int_list": (int, "a list of whole numbers"),
    "slack_user_list": (str, "a list of Slack user ids"),
}


def is_mistyped(kind: str, value: Any) -> str | None:
    """What a field of this kind needs instead of ``value``, in words; None if it can hold it."""
    if kind in _LISTS:
        wanted, words = _LISTS[kind]
        if not isinstance(value, list):
            return f"{words} is needed, not {value!r}"
        wrong = [item for item in value if not _is(item, wanted)]
        return f"{words} is needed, without {wrong[0]!r}" if wrong else None
    wanted, words = _TYPES[kind]
    return None if _is(value, wanted) else f"{words} is needed, not {value!r}"


def _is(value: Any, wanted: type) -> bool:
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def as_stored(kind: str, value: Any) -> Any:
    """A value as runs keep it and authors' code gets it: a Slack id becomes the document of whoever was chosen."""
    if kind == "slack_user":
        return {"$type": "slack_user", "user_id": value, "username": None}
    if kind == "slack_user_list":
        return [as_stored("slack_user", item) for item in value]
    return value


def _read_target(targets: list[Document], inputs: Mapping[str, Any], problems: list[tuple[str, str]],
                 rule: Document | None) -> str | None:  # fmt: skip
    srn, wanted = inputs.get("target_srn"), inputs.get("target_id")
    if rule is not None and rule["choices"] is not None:
        targets = [target for target in targets if target["id"] in rule["choices"]]
    if srn is None and wanted is None:
        if len(targets) == 1:
            return str(targets[0]["id"])
        place = "target_srn" if rule is None else "target_id"
        problems.append((f"flow_inputs.{place}", f"a target is required; there are: {_listed(targets)}"))
        return None
    for target in targets:
        if target["id"] == wanted or (srn is not None and _names(srn, target)):
            return str(target["id"])
    place = "target_srn" if srn is not None else "target_id"
    problems.append((f"flow_inputs.{place}", f"the flow has no such target; it has: {_listed(targets)}"))
    return None


def _names(srn: Any, target: Document) -> bool:
    try:
        asked, known = SRN.parse(srn), SRN.parse(target["srn"])
    except SymSDKError:
        return False
    same = (asked.organization, asked.model, asked.type, asked.slug) == (
        known.organization, known.model, known.type, known.slug,
    )  # fmt: skip
    return same and asked.identifier in (None, known.identifier)


def _listed(targets: list[Document]) -> str:
    return ", ".join(":".join(target["srn"].split(":")[:5]) for target in targets) or "none"


def _read_duration(field: Document | None, value: Any, problems: list[tuple[str, str]],
                   path: str = "flow_inputs.duration") -> int | None:  # fmt: skip
    allowed = (field or {}).get("choices")
    if allowed is None:
        allowed = [duration_seconds(text) for text in (field or {}).get("allowed_values") or DEFAULT_DURATIONS]
    if value is None:
        problems.append((path, "a value is required: how long access is needed, in seconds"))
    elif not _is(value, int):
        problems.append((path, f"a whole number of seconds is needed, not {value!r}"))
    elif value > LONGEST_DURATION:
        problems.append((path, f"{value} seconds are more than ten years"))
    elif value not in allowed:
        listed = ", ".join(f"{seconds} ({duration_text(seconds)})" for seconds in allowed)
        problems.append((path, f"{value} is not one of: {listed}"))
    else:
        return int(value)
    return None
