from __future__ import annotations

from typing import Any

import pytest

from sym.errors import Invalid, NotFound
from sym.store.documents import validate

FLOW = {"name": "f", "implementation": "", "environment_id": "e"}
FIELD = {"name": "reason", "type": "string"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"params": None},
        {"params": []},
        {"params": {"prompt_field": FIELD}},
        {"params": [{"prompt_field": [FIELD, {**FIELD, "name": "b"}], "allowed_sources": []}]},
        {"vars": {"a": "b", "c": None}},
        {"unheard_of": {"x": [1]}},
    ],
)
def test_a_document_that_fits_is_accepted(more: dict[str, Any]) -> None:
    validate("flow", {**FLOW, **more})


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": None}, "name"),
        ({"name": 1}, "name"),
        ({"vars": ["a"]}, "vars"),
        ({"vars": {"a": 1}}, 'vars["a"]'),
        ({"params": "text"}, "params[0]"),
        ({"params": ["text"]}, "params[0]"),
        ({"params": [{}, {}]}, "params[1]"),
        ({"params": [{"allow_revoke": "yes"}]}, "params[0].allow_revoke"),
        ({"params": [{"allowed_sources": [1]}]}, "params[0].allowed_sources"),
        ({"params": {"prompt_field": [FIELD, {"name": "b"}]}}, "params[0].prompt_field[1].type"),
        ({"params": {"prompt_field": [{**FIELD, "type": "list"}]}}, "params[0].prompt_field[0].type"),
        ({"params": {"prompt_field": [3]}}, "params[0].prompt_field[0]"),
        ({"implementation": "nul\0"}, "implementation"),
        ({"vars": {"half": "\ud800"}}, "vars"),
        ({"unheard_of": object()}, "unheard_of"),
        ({"unheard_of": float("nan")}, "unheard_of"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_with_the_place(more: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as caught:
        validate("flow", {**FLOW, **more})
    assert caught.value.path == path


def test_an_unknown_resource_and_what_is_no_object_are_refused() -> None:
    with pytest.raises(NotFound):
        validate("unheard_of", {})
    with pytest.raises(Invalid):
        validate("flow", [])  # type: ignore[arg-type]
