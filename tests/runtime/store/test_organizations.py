from __future__ import annotations

from datetime import datetime

import pytest

from sym.audit.events import Actor
from sym.errors import Conflict, Invalid
from sym.store import audit, organizations
from sym.store.database import Store


def test_a_store_belongs_to_one_organization(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        assert organizations.organization(conn) is None
        created = organizations.create_organization(conn, "acme", actor=ada, now=now)
        assert organizations.organization(conn) == created
        with pytest.raises(Conflict):
            organizations.create_organization(conn, "other", actor=ada, now=now)
        assert organizations.organization(conn) == created
        assert len(audit.entries(conn, name="organization.created")) == 1


@pytest.mark.parametrize("slug", ["", "Acme", "a b", "a:b", "sym", "acme\n"])
def test_a_slug_that_no_srn_can_hold_is_refused(store: Store, ada: Actor, now: datetime, slug: str) -> None:
    with store.transaction() as conn, pytest.raises(Invalid, match="slug"):
        organizations.create_organization(conn, slug, actor=ada, now=now)
