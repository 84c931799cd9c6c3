"""Alive, and ready."""

from __future__ import annotations

import pytest

from tests.runtime.api.conftest import World, assert_error


def test_a_living_process_says_so_to_anybody(api: World) -> None:
    api.trouble.append("the worker is not running")
    response = api.call("GET", "/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readiness_follows_the_worker(api: World, caplog: pytest.LogCaptureFixture) -> None:
    assert api.call("GET", "/readyz").json() == {"status": "ready"}
    api.trouble += ["the worker is not running", "the disk is full"]
    response = api.call("GET", "/readyz")
    assert_error(response, 503, "API:NOT_READY")
    # Nobody has shown a token: the reason may name the store, and is for the log.
    assert "disk" not in response.text
    assert "the worker is not running; the disk is full" in caplog.text
    api.trouble.clear()
    assert api.call("GET", "/readyz").status_code == 200
