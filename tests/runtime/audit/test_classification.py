from __future__ import annotations

from typing import Any

import pytest

from sym.audit import chain, classification


def _document(**more: Any) -> dict[str, Any]:
    actor = {"user": "acme:user:normal:1:latest", "name": "Ada", "username": "ada", "identity": {"email": "a@b"}}
    return {
        "id": "1",
        "type": "event",
        "state": {"status": "completed", "errors": []},
        "run": {"srn": "s", "parent": None, "flow": "f", "actors": {"request": dict(actor)}},
        "actor": actor,
        "fields": {},
        **more,
    }


def _paths(document: dict[str, Any]) -> set[str]:
    return {value.path for value in classification.split(document)[1]}


def test_names_are_personal_and_ids_are_not() -> None:
    public, _ = classification.split(_document())
    assert public["actor"]["user"] == "acme:user:normal:1:latest"
    assert public["run"]["actors"]["request"]["user"] == "acme:user:normal:1:latest"
    people = ("/actor", "/run/actors/request")
    assert _paths(_document()) == {f"{at}/{key}" for at in people for key in ("name", "username", "identity")}


def test_what_nobody_classified_is_personal() -> None:
    found = _paths(_document(novelty="x", state={"status": "errored", "errors": ["a@b failed"], "new": 0}))
    assert {"/novelty", "/state/errors", "/state/new"} <= found


def test_answers_are_personal_whatever_their_name() -> None:
    fields = {"reason": "x", "code": "y", "user": {"id": "z"}, "resource": "r", "duration": 60, "ok": False}
    found = _paths(_document(fields=fields))
    assert {"/fields/reason", "/fields/code", "/fields/user", "/fields/resource", "/fields/ok"} <= found
    assert "/fields/duration" not in found


def test_an_object_where_a_public_value_belongs_is_personal() -> None:
    assert "/fields/duration" in _paths(_document(fields={"duration": {"email": "a@b"}}))


def test_a_target_is_public_but_for_its_settings() -> None:
    target = {"srn": "s", "type": "t", "label": "l", "name": "n", "settings": {"group": "g"}}
    found = _paths(_document(fields={"target": target}))
    assert {path for path in found if path.startswith("/fields")} == {"/fields/target/name", "/fields/target/settings"}


def test_empty_values_stay_where_they_are() -> None:
    public, _ = classification.split(_document(fields={"a": None, "b": "", "c": [], "d": {}}))
    assert public["fields"] == {"a": None, "b": "", "c": [], "d": {}}


def test_joining_is_the_inverse_of_splitting() -> None:
    document = _document(fields={"a/b": {"commitment": "x"}, "list": [1, {"x": 2}], "t~": "u"})
    public, personal = classification.split(document)
    assert classification.join(public, personal) == document
    assert chain.verify_entry(public, chain.entry_hash(public), personal) == []


def test_joining_does_not_change_what_it_is_given() -> None:
    public, personal = classification.split(_document())
    before = chain.canonical(public)
    classification.join(public, personal)
    assert chain.canonical(public) == before


def test_every_value_has_a_salt_of_its_own() -> None:
    _, personal = classification.split(_document())
    assert len({value.salt for value in personal}) == len(personal)
    assert all(len(value.salt or "") == 32 for value in personal)


def test_an_entry_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(KeyError):
        classification.split(_document(type="novelty"))
