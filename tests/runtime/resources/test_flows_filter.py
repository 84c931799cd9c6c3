from __future__ import annotations

from datetime import datetime

import pytest

from sym.audit.events import Actor
from sym.errors import Conflict
from sym.resources import is_singleton, slug_of, type_of
from sym.resources.flows_filter import FlowsFilter
from sym.sdk.schema import fields
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.resources import save


def test_its_attributes_are_the_documented_ones() -> None:
    shapes = {field.name: (field.kind, field.required) for field in fields(FlowsFilter)}
    assert shapes == {"implementation": ("string", True), "vars": ("map", False), "integrations": ("map", False)}


def test_it_is_called_by_its_own_name() -> None:
    assert (is_singleton("flows_filter"), is_singleton("flow")) == (True, False)
    assert (type_of("flows_filter", {}), slug_of("flows_filter", {})) == ("", "flows-filter")


def test_an_organization_has_at_most_one(store: Store, now: datetime) -> None:
    document = {"implementation": "def get_flows(user, flows, vars):\n    return flows\n"}
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
        save(conn, "flows_filter", document, actor=Actor.SYSTEM, now=now)
        with pytest.raises(Conflict) as conflict:
            save(conn, "flows_filter", document, actor=Actor.SYSTEM, now=now)
    assert "flows-filter" in conflict.value.hint
