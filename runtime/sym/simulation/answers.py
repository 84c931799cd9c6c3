"""What services would answer, from a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sym.errors import Invalid
from sym.sdk.exceptions import SymIntegrationError
from sym.testing.fakes import FakeHost
from sym.testing.people import Person

Known = Callable[[str], Person]
"""Somebody by e-mail address, who has an account from then on."""

_HINT = (
    'Write {"okta.is_user_in_group": true}, or a list of {"call": "okta.is_user_in_group", "arguments": {…}, '
    '"returns": true}, with "raises": "why" where the service refuses. People are {"email": "ada@example.com"}.'
)


def give_answers(host: FakeHost, path: Path, known: Known) -> None:
    """Make ``host`` answer as the file at ``path`` says, in which ``{"email": …}`` is whom ``known`` gives for it.
    Raises Invalid naming the entry that cannot be used."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise _wrong(f"{path} is not JSON: {problem}") from None
    if isinstance(found, dict):
        found = [{"call": call, "returns": value} for call, value in found.items()]
    if not isinstance(found, list):
        raise _wrong(f"{path} is neither an object nor a list.")
    # What is said last counts first, but a general answer must not hide a particular one.
    for entry in sorted(found, key=lambda one: bool(isinstance(one, dict) and one.get("arguments"))):
        _give(host, entry, known)


def _give(host: FakeHost, entry: Any, known: Known) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("call"), str):
        raise _wrong(f"The answer {entry!r} does not say for which call it is.")
    if unknown := sorted(entry.keys() - {"call", "arguments", "returns", "raises"}):
        raise _wrong(f"The answer to {entry['call']} has the key {unknown[0]!r}.")
    module, _, function = entry["call"].partition(".")
    try:
        fake = getattr(getattr(host, module), function)
    except AttributeError as problem:
        raise _wrong(f"The answer to {entry['call']}: {problem}.") from None
    fake = fake.when(**_with_people(entry.get("arguments") or {}, known))
    if "raises" in entry:
        fake.raises(SymIntegrationError(name="SIMULATED", message=str(entry["raises"])))
    else:
        fake.returns(_with_people(entry.get("returns"), known))


def _with_people(value: Any, known: Known) -> Any:
    """The value with people in it where it names some by their e-mail addresses alone."""
    if isinstance(value, list):
        return [_with_people(item, known) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"email"} and isinstance(value["email"], str) and "@" in value["email"]:
            return known(value["email"])
        return {name: _with_people(item, known) for name, item in value.items()}
    return value


def _wrong(message: str) -> Invalid:
    return Invalid(message, hint=_HINT, code="Config:INVALID")
