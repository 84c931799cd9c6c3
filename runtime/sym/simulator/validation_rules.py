"""The pieces that Block Kit's rules are put together from. A rule looks at one value at one place and notes what is
wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any


class Problems:
    """What is wrong, in Slack's words: ``[ERROR] must be … [json-pointer:/blocks/0/text]``."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, at: str, text: str) -> None:
        """Note that ``text`` is wrong at the JSON pointer ``at``."""
        self.found.append(f"[ERROR] {text} [json-pointer:{at or '/'}]")


Rule = Callable[[Any, str, Problems], None]


def string(most: int, least: int = 1, *, pattern: str | None = None, like: str = "") -> Rule:
    """Text of ``least`` to ``most`` characters (of UTF-16, as Slack counts; blanks around do not count towards
    ``least``), perhaps of a ``pattern`` that is called ``like``."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            return problems.add(at, "must be a string")
        if len(value.encode("utf-16-le", "surrogatepass")) > 2 * most:
            problems.add(at, f"must be less than {most + 1} characters")
        if least and len(value.strip()) < least:
            problems.add(at, f"must be more than {least - 1} characters")
        elif pattern and value and not re.fullmatch(pattern, value):
            problems.add(at, f"must be {like}")
        return None

    return rule


def boolean(value: Any, at: str, problems: Problems) -> None:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        problems.add(at, "must be a boolean")


def integer(least: int, most: int) -> Rule:
    """A whole number."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            return problems.add(at, "must be an integer")
        if not least <= value <= most:
            problems.add(at, f"must be between {least} and {most}")
        return None

    return rule


def one_of(*words: object) -> Rule:
    """One of ``words``."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if not any(value == word and type(value) is type(word) for word in words):
            problems.add(at, f"must be one of {', '.join(map(str, words))}")

    return rule


def array(item: Rule, least: int, most: int) -> Rule:
    """A list of ``least`` to ``most`` items, each by the rule ``item``."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            return problems.add(at, "must be an array")
        if len(value) > most:
            problems.add(at, f"no more than {most} items allowed")
        if len(value) < least:
            problems.add(at, f"no less than {least} items allowed")
        for number, each in enumerate(value):
            item(each, f"{at}/{number}", problems)
        return None

    return rule


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def rule(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            return problems.add(at, "must provide an object")
        for name in required:
            if name not in value:
                problems.add(at, f"missing required field: {name}")
        for name, given in value.items():
            if name in known:
                known[name](given, f"{at}/{name}", problems)
            else:
                problems.add(f"{at}/{name}", "is not a field that is known here")
        return None

    return rule


def both(*rules: Rule) -> Rule:
    """All of ``rules``; later ones are only asked if the earlier found nothing."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        for each in rules:
            before = len(problems.found)
            each(value, at, problems)
            if len(problems.found) > before:
                return

    return rule


def by_type(kinds: Mapping[str, Rule], what: str) -> Rule:
    """An object whose ``type`` says which rule is its own. ``what`` names such objects in the message."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            return problems.add(at, "must provide an object")
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            return problems.add(f"{at}/type", f"unsupported {what} type: {kind!r}")
        kinds[kind](value, at, problems)
        return None

    return rule


def exactly_one(*names: str) -> Rule:
    """Exactly one of the fields ``names``."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if sum(name in value for name in names) != 1:
            problems.add(at, f"must have exactly one of {', '.join(names)}")

    return rule


def in_order(least: str, most: str) -> Rule:
    """The field ``least`` is not above the field ``most``, where both are given. Numbers may be text."""

    def rule(value: Any, at: str, problems: Problems) -> None:
        if least in value and most in value and float(value[least]) > float(value[most]):
            problems.add(at, f"{least} must not be above {most}")

    return rule
