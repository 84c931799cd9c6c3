"""The OpenAPI document: whole, and true as far as it can be told without asking the server."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sym.api.openapi import operations
from tests.api_document import DOCUMENT
from tests.runtime.api.conftest import World

OPERATIONS = {f"{method} {path}": found for method, path, found in operations(DOCUMENT) if path.startswith("/api/v1")}


def resolved(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer
    if "$ref" in answer:
        found = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found


def test_it_is_served(api: World) -> None:
    assert api.call("GET", "/api/v1/openapi.json").json() == DOCUMENT


@pytest.mark.parametrize("route", OPERATIONS)
def test_everything_has_an_example_that_fits(route: str) -> None:
    operation = OPERATIONS[route]
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [resolved(answer).get("content", {}) for answer in operation["responses"].values()]
    for content in contents:
        for kind in content.values():
            schema = {**kind["schema"], "components": DOCUMENT["components"]}
            problems = list(Draft202012Validator(schema).iter_errors(kind["example"]))
            assert problems == [], f"{route}: put an example into the model's Field(examples=[...])"


@pytest.mark.parametrize("route", OPERATIONS)
def test_parameters_say_what_they_mean(route: str) -> None:
    silent = [one["name"] for one in OPERATIONS[route].get("parameters", ()) if not one["description"]]
    assert silent == [], "say it in Query(description=...), or in sym/api/openapi_examples.py PARAMETERS"


@pytest.mark.parametrize("route", OPERATIONS)
def test_errors_are_those_there_really_are(route: str) -> None:
    answers = OPERATIONS[route]["responses"]
    assert "200" in answers
    assert not {"422", "default"} & answers.keys()
    assert {"401", "429", "503"} <= answers.keys() or "security" not in OPERATIONS[route]
    for status in answers.keys() - {"200"}:
        found = resolved(answers[status])
        assert found["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}
        assert found["description"]
        assert found["content"]["application/json"]["example"]["status_code"] == int(status)


def test_only_posts_take_a_key() -> None:
    for route, operation in OPERATIONS.items():
        names = {one["name"] for one in operation.get("parameters", ())}
        assert ("Idempotency-Key" in names) is (route.startswith("POST") and "security" in operation), route


def test_errors_of_the_framework_are_not_described() -> None:
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]
