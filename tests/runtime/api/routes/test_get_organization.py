"""Whose server it is."""

from __future__ import annotations

from tests.runtime.api.conftest import World


def test_an_admin_learns_whose_server_it_is(api: World) -> None:
    found = api.get("/organization", name="terraform").json()
    assert len(found.pop("id")) == 36
    assert found == {"slug": "acme", "created_at": "2026-03-14 15:09:26.535897+00:00"}
