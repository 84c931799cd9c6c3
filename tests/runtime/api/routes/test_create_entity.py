"""``POST /entities/<collection>``."""

from __future__ import annotations

import uuid

from tests.runtime.api.conftest import World, assert_error

RUNTIME = {"slug": "Prod", "label": "Production"}


def test_the_answer_is_what_is_stored_with_its_id(api: World) -> None:
    created = api.post("/entities/runtimes", RUNTIME, name="root").json()
    assert str(uuid.UUID(created["id"])) == created["id"]
    assert created == {"id": created["id"], "slug": "prod", "name": "Prod", "label": "Production", "context_id": None}


def test_a_name_that_is_taken_is_a_409_about_the_slug(api: World) -> None:
    assert api.post("/entities/runtimes", RUNTIME, name="root").status_code == 200
    response = api.post("/entities/runtimes", {"slug": "PROD"}, name="root")
    assert "terraform import" in assert_error(response, 409, "API:CONFLICT", "slug")
    assert len(api.get("/entities/runtimes", name="root").json()) == 1


def test_there_is_only_one_flows_filter(api: World) -> None:
    body = {"implementation": "YQ==", "vars": {}, "integrations": {}}
    assert api.post("/entities/flows-filter", body, name="root").status_code == 200
    assert api.post("/entities/flows-filter", body, name="root").status_code == 409
