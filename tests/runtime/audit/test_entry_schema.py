"""The published schema: it takes what the vocabulary makes, in every form it is shown in, and nothing else."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sym.audit import classification
from sym.audit.chain import PersonalValue
from sym.audit.entry_schema import entry_schema
from tests.runtime.audit.test_events import VOCABULARY, _make

VALIDATOR = Draft202012Validator(entry_schema())


def problems(document: dict[str, Any]) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(entry_schema())


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_it_takes_every_entry_in_clear_hidden_and_erased(name: str, now: datetime) -> None:
    document = {**_make(VOCABULARY[name], now).document("e1", now)}
    if document["type"] == "event":
        document["run"] |= {"srn": "acme:run:f:1.0.0:1", "flow": "acme:flow:f:1.0.0"}
        document["event"] |= {"srn": "sym:event-spec:approval:1.0.0:x", "template": "sym:template:approval:1.0.0"}
    hidden, personal = classification.split(document)
    erased = classification.join(hidden, [PersonalValue(path=item.path, erased=True) for item in personal])
    for form in (document, hidden, erased, {**document, "name": name, "sequence": 1}):
        assert problems(form) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("type",), "other"), (("state", "status"), "fine"), (("meta", "schema_version"), 6), (("run",), {}),
        (("event", "channel"), "mail"), (("event", "timestamp"), "2026-03-14T15:09:26"), (("event", "type"), "x"),
        (("actor", "user"), "ada"), (("actor", "username"), 7), (("actor", "age"), 7), (("fields",), {"x": {}}),
        (("state", "errors"), [7]), (("id",), None), (("surprise",), 1), (("name",), "run.approved"),
    ],
)  # fmt: skip
def test_it_refuses_anything_else(path: tuple[str, ...], value: Any, now: datetime) -> None:
    document = copy.deepcopy(_make(VOCABULARY["user.created"], now).document("e1", now))
    assert problems(document) == []
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert problems(document)
