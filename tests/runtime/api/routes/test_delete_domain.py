"""Domains whose people join as guests again."""

from __future__ import annotations

from sym.store.audit import entries
from sym.store.domains import joins_as_member
from tests.runtime.api.conftest import World, assert_error


def test_a_domain_is_removed_and_whoever_joined_stays(api: World) -> None:
    api.post("/domains", {"domain": "acme.example"}, name="root")
    root = api.token("root")
    gone = api.call("DELETE", "/api/v1/domains/ACME.example", token=root)
    assert (gone.status_code, gone.json()) == (200, {"domain": "acme.example"})
    with api.store.reading() as conn:
        assert not joins_as_member(conn, "new@acme.example")
        assert len(entries(conn, name="domain.removed")) == 1
    assert api.get("/runs", name="ann").status_code == 200
    again = api.call("DELETE", "/api/v1/domains/acme.example", token=root)
    assert_error(again, 404, "DomainAPI:NOT_FOUND")
