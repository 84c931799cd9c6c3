"""Resources on the wire: documents and places, there and back."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym import entities
from sym.errors import Invalid
from sym.resources import resource, resources
from sym.sdk.schema import Field, fields

ENVIRONMENT = {
    "name": "Prod", "label": None, "runtime_id": "r", "integrations": {"slack_id": "i"}, "error_logger_id": None,
    "log_destination_ids": ["l"],
}  # fmt: skip


def documents(schema: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of a schema: each attribute null or with a value, blocks as Terraform writes them."""
    documented = (field for field in fields(schema) if not field.declaration.write_only)
    return st.fixed_dictionaries({field.name: values(field) for field in documented})


def values(field: Field) -> st.SearchStrategy[Any]:
    if field.schema is not None:
        return st.lists(documents(field.schema), max_size=1 if field.kind == "block" else 3)
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    made: dict[str, st.SearchStrategy[Any]] = {
        "string": text.filter(lambda value: value != "<null>"), "number": st.integers(), "bool": st.booleans(),
        "list": st.lists(text, max_size=3), "map": st.dictionaries(text, text, max_size=3),
    }  # fmt: skip
    # What the original's API does not have comes back with its default, never null.
    is_never_null = field.required or field.declaration.is_addition
    return made[field.kind] if is_never_null else st.none() | made[field.kind]


@given(st.sampled_from(sorted(resources())).flatmap(lambda name: st.tuples(st.just(name), documents(resource(name)))))
def test_documents_come_back_from_requests_and_answers_as_they_were(sample: tuple[str, dict[str, Any]]) -> None:
    name, document = sample
    assert entities.read(name, entities.write(name, document, "x")) == document
    assert entities.read_answer(name, entities.write_answer(name, document, "x")) == document
    assert list(entities.unknown_keys(name, entities.write_answer(name, document, "x"))) == []


def test_a_write_only_value_is_in_requests_and_in_no_document_or_answer() -> None:
    document = {"path": "p", "source_id": "s", "label": None, "settings": None, "value_wo_version": 1}
    body = entities.write("secret", document, "x", {"value_wo": "hunter2"})
    assert body == {**document, "id": "x", "value_wo": "hunter2"}
    assert entities.read("secret", body) == document
    assert entities.read_write_only("secret", body) == {"value_wo": "hunter2"}
    assert list(entities.unknown_keys("secret", body)) == []
    assert "value_wo" not in entities.write("secret", document, "x", {"value_wo": None})
    assert "value_wo" not in entities.write("secret", {**document, "value_wo": "hunter2"})
    assert entities.write_answer("secret", {**document, "value_wo": "hunter2"}, "x") == {**document, "id": "x"}
    assert entities.read_answer("secret", body) == document
    assert entities.read_write_only("flow", body) == {}


def test_a_patch_without_the_version_of_a_value_keeps_it_and_null_takes_it_away() -> None:
    stored = {"path": "p", "source_id": "s", "value_wo_version": 1}
    assert entities.read("secret", {"path": "q"}, stored)["value_wo_version"] == 1
    assert entities.read("secret", {"path": "q", "value_wo_version": None}, stored)["value_wo_version"] is None


def test_a_document_becomes_the_body_of_the_api() -> None:
    assert entities.write("environment", ENVIRONMENT, "e") == {
        "id": "e", "slug": "Prod", "label": None, "runtime_id": "r", "integrations": {"slack_id": "i"},
        "error_logger_id": None, "log_destination_ids": ["l"],
    }  # fmt: skip
    assert "id" not in entities.write("environment", ENVIRONMENT)
    answer = entities.write_answer("environment", ENVIRONMENT, "e")
    assert (answer["slug"], answer["name"]) == ("prod", "Prod")


def test_code_is_base64_and_params_are_one_object() -> None:
    field = {"name": "a", "type": "int", "on_change": "b"}
    document = {"name": "f", "implementation": "é", "params": [{"prompt_field": [field]}]}
    body = entities.write("flow", document)
    assert body["implementation"] == base64.b64encode("é".encode()).decode() == "w6k="
    assert body["params"]["prompt_fields"][0]["on_change"] == "Yg=="
    assert body["params"]["prompt_fields"][0]["name"] == "a"
    assert "prompt_field" not in body["params"]
    assert entities.write("flow", {**document, "params": []})["params"] == {}
    assert entities.write("flow", {**document, "params": None})["params"] == {}


def test_what_the_originals_api_does_not_have_is_sent_only_where_it_differs() -> None:
    plain = {"name": "a", "implementation": "x = 1", "environment_id": "e", "params": [{"prompt_field": []}]}
    for value, sent in ((None, {}), (False, {}), (True, {"allow_extension": True})):
        document = {**plain, "params": [{"allow_extension": value, "prompt_field": []}]}
        params = entities.write("flow", document)["params"]
        assert {key: params[key] for key in params if key == "allow_extension"} == sent
        (block,) = entities.read("flow", {"params": params})["params"]
        assert block["allow_extension"] is bool(value)


def test_unknown_keys_of_answers_are_dropped() -> None:
    answer = {"id": "x", "slug": "f", "new": 1, "params": {"newer": 2, "prompt_fields": [{"name": "a", "newest": 3}]}}
    document = entities.read_answer("flow", answer)
    assert document["name"] == "f"
    assert "new" not in document
    assert "newer" not in document["params"][0]
    assert "newest" not in document["params"][0]["prompt_field"][0]


def test_unknown_keys_of_requests_are_named_where_they_are() -> None:
    body = {"x": 1, "y": None, "params": {"z": 1, "prompt_fields": [{}, {"name": "a", "q": False}]}, "id": "i"}
    assert list(entities.unknown_keys("flow", body)) == ["x", "params.z", "params.prompt_fields[1].q"]
    assert list(entities.unknown_keys("flow", {"params": "text"})) == []


def test_a_patch_clears_what_clients_omit_and_keeps_the_rest() -> None:
    changed = entities.read("environment", {"slug": "Other"}, ENVIRONMENT)
    assert changed == {
        "name": "Other", "label": None, "runtime_id": None, "integrations": {"slack_id": "i"}, "error_logger_id": None,
        "log_destination_ids": None,
    }  # fmt: skip


def test_which_keys_clients_omit_when_they_are_empty() -> None:
    omitted = {
        name: {entities.key_of(schema, field) for field in fields(schema) if entities.is_omitted_when_empty(field)}
        for name, schema in resources().items()
    }
    assert omitted == {
        "environment": {"label", "runtime_id", "error_logger_id", "log_destination_ids"},
        "error_logger": set(),
        "flow": {"label"},
        "flows_filter": set(),
        "integration": {"label"},
        "log_destination": set(),
        "runtime": {"label", "context_id"},
        "secret": {"label"},
        "secrets": {"label"},
        "strategy": {"label", "implementation"},
        "target": {"label", "field_bindings"},
    }


def test_no_integration_is_sent_as_a_text_of_its_own() -> None:
    read = entities.read("strategy", {"type": "http", "integration_id": "<null>", "targets": None})
    assert (read["integration_id"], read["targets"]) == (None, [])
    assert entities.read("error_logger", {"integration_id": "<null>"})["integration_id"] == "<null>"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"implementation": "*"}, "implementation"),
        ({"implementation": "YQ"}, "implementation"),
        ({"implementation": "é"}, "implementation"),
        ({"implementation": "/w=="}, "implementation"),
        ({"params": "x"}, "params[0]"),
        ({"params": {"prompt_fields": {"name": "a"}}}, "params[0].prompt_field"),
        ({"params": {"prompt_fields": ["a"]}}, "params[0].prompt_field[0]"),
        ({"params": {"prompt_fields": [{"on_change": "*"}]}}, "params[0].prompt_field[0].on_change"),
    ],
)
def test_what_has_the_wrong_form_is_refused_with_its_path(body: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as raised:
        entities.read("flow", body)
    assert raised.value.path == path


@pytest.mark.parametrize(
    ("name", "path", "place"),
    [
        ("flow", "", ""),
        ("flow", "name", "slug"),
        ("flow", "params", "params"),
        ("flow", "params[0].strategy_id", "params.strategy_id"),
        ("flow", "params[0].prompt_field[2].name", "params.prompt_fields[2].name"),
        ("flow", "params[0].prompt_field[2].allowed_values[0]", "params.prompt_fields[2].allowed_values[0]"),
        ("flow", 'vars["a.b[0]"]', 'vars["a.b[0]"]'),
        ("flow", 'vars["a\\"].name"]', 'vars["a\\"].name"]'),
        ("secret", "path", "path"),
        ("strategy", "targets[0]", "targets[0]"),
        ("target", "id", "id"),
    ],
)
def test_places_are_translated_both_ways(name: str, path: str, place: str) -> None:
    assert entities.wire_path(name, path) == place
    assert entities.attribute_path(name, place) == path


def test_every_collection_has_its_resource() -> None:
    assert entities.collections() == {schema.collection: name for name, schema in resources().items()}
    assert [name for name in sorted(resources()) if entities.is_typed(name)] == [
        "integration", "log_destination", "secrets", "strategy", "target",
    ]  # fmt: skip
