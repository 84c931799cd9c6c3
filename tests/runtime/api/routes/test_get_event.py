"""How far an event has come."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.api.conftest import World, assert_error


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({"status": "scheduled"}, {"status": "processing"}),
        ({"status": "processing", "error": "a first attempt failed"}, {"status": "processing"}),
        ({"status": "success"}, {"status": "success"}),
        ({"status": "error", "error": "Not on call."}, {"status": "error", "error": "Not on call."}),
        ({"status": "error"}, {"status": "error", "error": "The event failed."}),
    ],
)
def test_an_event_is_shown_as_documented(api: World, stored: dict[str, Any], shown: dict[str, Any]) -> None:
    run = api.run()
    event = api.event(run, name="deescalate", **stored)
    response = api.get(f"/events/{event.id}")
    assert response.status_code == 200
    assert response.json() == {
        "run_id": run.id, "name": "deescalate", "timestamp": "2026-03-14 15:09:26.535897+00:00", **shown,
    }  # fmt: skip


@pytest.mark.parametrize(
    "event_id", ["request", "3e181f3a-b56e-412a-93f1-47fd458d9f3a", "%00", "..%2Fruns", "x" * 2000]
)
def test_an_unknown_event_is_not_found(api: World, event_id: str) -> None:
    response = api.get(f"/events/{event_id}")
    assert response.status_code == 404
    assert_error(response, 404, response.json()["code"])


def test_an_event_of_a_run_one_may_not_see_is_not_found(api: World) -> None:
    event = api.event(api.run())
    assert api.get(f"/events/{event.id}", name="ann").status_code == 200
    assert_error(api.get(f"/events/{event.id}", name="bob"), 404, "EventAPI:NOT_FOUND")
