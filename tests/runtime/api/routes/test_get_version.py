"""``GET /version``."""

from __future__ import annotations

import importlib.metadata

import pytest

from tests.runtime.api.conftest import World, assert_error


@pytest.mark.parametrize("name", ["root", "ann", "ci"])
def test_any_token_may_ask_what_serves_here_and_for_whom(api: World, name: str) -> None:
    answer = api.get("/version", name=name).json()
    version = importlib.metadata.version("symflow")
    assert answer == {"version": version, "org": "acme", "provider_majors": [2, 3]}
    assert int(version.partition(".")[0]) in answer["provider_majors"]


def test_strangers_may_not(api: World) -> None:
    assert_error(api.call("GET", "/api/v1/version"), 401, "Auth:INVALID_TOKEN")
