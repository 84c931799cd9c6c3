"""Domains whose people join as members."""

from __future__ import annotations

import pytest

from sym.store.audit import entries
from sym.store.domains import joins_as_member
from tests.runtime.api.conftest import World, assert_error


def test_the_people_of_a_new_domain_join(api: World) -> None:
    assert api.post("/domains", {"domain": "@Acme.Example"}, name="root").json() == {
        "domain": "acme.example", "primary": False, "created_at": "2026-03-14 15:09:26.535897+00:00",
    }  # fmt: skip
    with api.store.reading() as conn:
        assert joins_as_member(conn, "new@acme.example")
        (added,) = entries(conn, name="domain.added")
    assert added["actor"]["username"] == "root@acme.example"
    again = api.post("/domains", {"domain": "acme.example"}, name="root")
    assert_error(again, 409, "DomainAPI:EXISTS", "domain")


@pytest.mark.parametrize("domain", ["", "acme", "a@b.example", "*.example", "a.example/", 7])
def test_what_is_no_domain_is_refused(api: World, domain: object) -> None:
    assert_error(api.post("/domains", {"domain": domain}, name="root"), 400, "API:INVALID_REQUEST", "domain")
