"""Whose people join as members."""

from __future__ import annotations

from datetime import datetime

import pytest

from sym.audit.events import Actor
from sym.errors import Invalid, NotFound
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.domains import Domain, add_domain, joins_as_member, list_domains, remove_domain
from sym.store.organizations import create_organization


@pytest.fixture(autouse=True)
def _organization(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)


def test_a_domain_is_added_once_and_its_people_join(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert add_domain(conn, "@Acme.Example", actor=Actor.SYSTEM, now=now, is_primary=True)
        assert not add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=now)
    with store.reading() as conn:
        assert list_domains(conn) == [Domain(name="acme.example", is_primary=True, created_at=now)]
        joining = {email: joins_as_member(conn, email) for email in (
            "a@acme.example", "A@ACME.EXAMPLE", "a@sub.acme.example", "a@evilacme.example", "a@acme.example.evil",
            "acme.example", "", "a@",
        )}  # fmt: skip
        log = [entry["name"] for entry in entries(conn)]
    assert [email for email, joins in joining.items() if joins] == ["a@acme.example", "A@ACME.EXAMPLE"]
    assert log.count("domain.added") == 1


def test_a_domain_is_removed(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=now)
        remove_domain(conn, "ACME.example", actor=Actor.SYSTEM, now=now)
    with store.transaction() as conn:
        assert list_domains(conn) == []
        assert not joins_as_member(conn, "a@acme.example")
        with pytest.raises(NotFound):
            remove_domain(conn, "acme.example", actor=Actor.SYSTEM, now=now)
        last = entries(conn)[-1]
    assert (last["name"], last["fields"]) == ("domain.removed", {"domain": {"name": "acme.example"}})


@pytest.mark.parametrize("name", ["", "acme", "a b.example", "a@b.example", "-a.example", "a..b", ".example",
                                  "ü.example", "a.example/", "*.example",
                                  "x" * 64 + ".example", "a." * 130 + "b"])  # fmt: skip
def test_what_is_no_domain_is_refused(store: Store, now: datetime, name: str) -> None:
    with store.transaction() as conn, pytest.raises(Invalid) as refused:
        add_domain(conn, name, actor=Actor.SYSTEM, now=now)
    assert refused.value.path == "domain"
