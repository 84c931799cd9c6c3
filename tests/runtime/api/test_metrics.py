"""Metrics on the API's port."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sym.observability.page import Page
from tests.runtime.api.conftest import World, assert_error


@pytest.fixture
def measured_api(world: World, request: pytest.FixtureRequest) -> World:
    """The API, which shows its metrics."""
    world.metrics = Page(world.store, lambda: world.now)
    api: World = request.getfixturevalue("api")
    return api


def test_they_are_shown_to_anybody_and_count_requests_by_route(measured_api: World) -> None:
    run = measured_api.run()
    for path, status in ((f"/runs/{run.id}", 200), ("/runs/nothing", 404)):
        assert measured_api.get(path).status_code == status
    measured_api.call("GET", "/no/such/place")
    response = measured_api.call("GET", "/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    counted = {
        (one.labels["method"], one.labels["route"], one.labels["status"])
        for family in text_string_to_metric_families(response.text)
        for one in family.samples
        if one.name == "sym_api_request_seconds_count"
    }
    assert {("GET", "/api/v1/runs/{run_id}", "200"), ("GET", "/api/v1/runs/{run_id}", "404")} <= counted
    assert ("GET", "unmatched", "404") in counted
    assert run.id not in response.text


def test_where_they_are_off_there_is_nothing(api: World) -> None:
    assert_error(api.call("GET", "/metrics"), 404, "API:NOT_FOUND")
