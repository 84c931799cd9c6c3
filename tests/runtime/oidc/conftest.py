"""An issuer on this machine, and the organization acme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from sym.audit.events import Actor
from sym.store.database import Store
from sym.store.domains import add_domain
from sym.store.organizations import create_organization
from tests.fakes.oidc.issuer import FakeIssuer, serving_issuer


@pytest.fixture
def issuer(now: datetime) -> Iterator[FakeIssuer]:
    """An issuer whose clock stands still."""
    with serving_issuer(lambda: now) as serving:
        yield serving


@pytest.fixture
def acme(store: Store, now: datetime) -> Store:
    """The store of acme, whose people are those of acme.example."""
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
        add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=now)
    return store
