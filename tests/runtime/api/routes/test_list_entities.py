"""``GET /entities/<collection>``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.api.conftest import World, assert_error


@pytest.fixture
def targets(api: World) -> list[dict[str, Any]]:
    bodies = [("custom", "prod db"), ("custom", "Test"), ("okta_group", "Test")]
    return [
        api.post("/entities/access-targets", {"type": kind, "slug": slug, "settings": {}}, name="root").json()
        for kind, slug in bodies
    ]


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ("", [0, 1, 2]),
        ("?slug=test", [1, 2]),
        ("?slug=TEST&type=custom", [1]),
        ("?type=okta_group", [2]),
        ("?slug=prod%20db&type=custom", [0]),
        ("?slug=prod-db&type=custom", [0]),
        ("?slug=", []),
        ("?slug=test&type=", []),
        ("?slug=other", []),
        ("?slug=%00&type=%00", []),
    ],
)
def test_resources_are_found_by_slug_and_type(
    api: World, targets: list[dict[str, Any]], query: str, indexes: list[int]
) -> None:
    response = api.get(f"/entities/access-targets{query}", name="root")
    assert (response.status_code, response.json()) == (200, [targets[index] for index in indexes])


def test_a_type_is_passed_over_where_there_are_none(api: World) -> None:
    runtime = api.post("/entities/runtimes", {"slug": "prod"}, name="root").json()
    assert api.get("/entities/runtimes?slug=prod&type=x", name="root").json() == [runtime]


def test_a_collection_nobody_knows_is_no_address(api: World) -> None:
    assert_error(api.get("/entities/cats?slug=tom", name="root"), 404, "API:NOT_FOUND")


def test_a_lookup_longer_than_any_name_is_refused(api: World) -> None:
    assert_error(api.get(f"/entities/flows?slug={'x' * 3000}", name="root"), 400, "API:INVALID_REQUEST", "slug")
