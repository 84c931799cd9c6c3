"""Who is there when it starts: a small cast, or people and channels from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sym.simulator.person import Person
from sym.simulator.server import Simulator

DEFAULT: Mapping[str, Any] = {
    "workspace": "Acme",
    "people": [
        {"name": "Ada Park", "email": "ada@acme.test", "title": "Platform lead", "is_admin": True},
        {"name": "Ben Ruiz", "email": "ben@acme.test", "title": "Backend engineer"},
        {"name": "Cleo Tran", "email": "cleo@acme.test", "title": "Security engineer"},
        {"name": "Gil Moss", "email": "gil@contractors.test", "title": "Contractor", "is_guest": True},
        {"name": "Sam Ito", "email": "sam@globex.test", "title": "Partner", "company": "Globex"},
    ],
    "channels": [
        {"name": "access-requests", "topic": "Who needs what, and who says yes", "has_app": True,
         "members": ["Ada Park", "Ben Ruiz", "Cleo Tran", "Gil Moss", "Sam Ito"], "is_shared": True},
        {"name": "ops", "topic": "What is on fire", "has_app": True, "members": ["Ada Park", "Ben Ruiz", "Cleo Tran"]},
        {"name": "security", "topic": "Need to know", "is_private": True, "has_app": True,
         "members": ["Ada Park", "Cleo Tran"]},
    ],
}  # fmt: skip
"""An admin, two members, a guest, and somebody of another company; #general has all members."""

_PERSON = {"name", "email", "title", "handle", "is_admin", "is_guest", "is_single_channel_guest", "is_deleted"}
_CHANNEL = {"name", "topic", "is_private", "is_archived", "is_shared", "has_app", "members"}


def read(path: Path) -> dict[str, Any]:
    """The document of a file: JSON, or YAML where PyYAML is installed. Raises ValueError naming the file."""
    text = path.read_text(encoding="utf-8")
    try:
        document = json.loads(text) if path.suffix == ".json" else _yaml(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if not isinstance(document, dict):
        raise ValueError(f"{path}: must be an object with people and channels")
    return document


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ModuleNotFoundError:
        raise ValueError("YAML needs PyYAML (pip install pyyaml); JSON in a file called .json needs nothing") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from None


def bring(simulator: Simulator, document: Mapping[str, Any]) -> None:
    """Put the people and channels of ``document`` into the first workspace: ``workspace`` (its name), ``people`` (name,
    email, title, handle, is_admin, is_guest, is_single_channel_guest, is_deleted, company: of another company) and
    ``channels`` (name, topic, is_private, is_archived, is_shared, has_app, members: names or e-mail addresses). Raises
    ValueError naming the place."""
    _only(document, {"workspace", "people", "channels"}, "the file")
    name = str(document.get("workspace", "Acme"))
    simulator.workspace.name, simulator.workspace.domain = name, name.lower().replace(" ", "-")
    people = [_person(simulator, each, f"people[{n}]") for n, each in enumerate(_list(document, "people"))]
    for number, each in enumerate(_list(document, "channels")):
        _channel(simulator, each, people, f"channels[{number}]")


def _person(simulator: Simulator, given: Mapping[str, Any], at: str) -> Person:
    _only(given, {*_PERSON, "company"}, at)
    if not given.get("name"):
        raise ValueError(f"{at}: name is missing")
    more = {name: given[name] for name in _PERSON - {"name", "email"} if name in given}
    company = given.get("company")
    # A workspace that is not one of the simulator's makes them somebody of another company.
    team = (
        "T0" + "".join(letter for letter in str(company).upper() if letter.isalnum()).ljust(9, "0") if company else None
    )
    return simulator.add_person(str(given["name"]), email=given.get("email"), team=team, **more)


def _channel(simulator: Simulator, given: Mapping[str, Any], people: list[Person], at: str) -> None:
    _only(given, _CHANNEL, at)
    if not given.get("name"):
        raise ValueError(f"{at}: name is missing")
    members = [
        _named(people, str(each), f"{at}.members[{n}]") for n, each in enumerate(_list(given, "members", f"{at}."))
    ]
    more = {name: given[name] for name in _CHANNEL - {"name", "members"} if name in given}
    simulator.add_channel(str(given["name"]), members=members, **more)


def _named(people: list[Person], name: str, at: str) -> Person:
    found = next((person for person in people if name in (person.name, person.email, person.account.handle)), None)
    if found is None:
        raise ValueError(f"{at}: there is nobody called {name!r} among the people")
    return found


def _list(given: Mapping[str, Any], name: str, at: str = "") -> list[Any]:
    value = given.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{at}{name}: must be a list")
    return value


def _only(given: Any, known: set[str], at: str) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(f"{at}: must be an object")
    if unknown := sorted(set(given) - known):
        raise ValueError(f"{at}: {unknown[0]} is not known, only {', '.join(sorted(known))}")
