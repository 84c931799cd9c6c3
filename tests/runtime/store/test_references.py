from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from sym.errors import Invalid
from sym.store import references, tables
from sym.store.database import Store
from sym.store.resources import StoredResource

Save = Callable[..., StoredResource]
MISSING = "44444444-0000-4000-8000-000000000001"


def _integration(conn: Connection, save: Save, name: str = "main", **settings: str) -> StoredResource:
    return save(conn, "integration", {"type": "slack", "name": name, "external_id": "T1", "settings": settings or None})


def _paths(conn: Connection, source: StoredResource) -> dict[str, str]:
    query = sa.select(tables.reference).where(tables.reference.c.source_id == source.id)
    return {row.path: row.target_id for row in conn.execute(query)}


@pytest.mark.parametrize(
    ("name", "document", "path"),
    [
        ("strategy", {"type": "okta", "name": "s", "targets": [MISSING]}, "targets[0]"),
        ("strategy", {"type": "okta", "name": "s", "targets": [""]}, "targets[0]"),
        ("environment", {"name": "e", "integrations": {"slack_id": MISSING}}, 'integrations["slack_id"]'),
        ("flow", {"name": "f", "implementation": "", "environment_id": MISSING}, "environment_id"),
        ("flow", {"name": "f", "implementation": "", "environment_id": ""}, "environment_id"),
    ],
)
def test_a_reference_to_nothing_is_refused_with_its_place(
    store: Store, save: Save, name: str, document: dict[str, object], path: str
) -> None:
    with store.transaction() as conn:
        with pytest.raises(Invalid, match="There is no sym_") as caught:
            save(conn, name, document)
        assert caught.value.path == path


def test_a_reference_inside_a_block_names_the_block(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        environment = save(conn, "environment", {"name": "e"})
        flow = {"name": "f", "implementation": "", "environment_id": environment.id}
        with pytest.raises(Invalid) as caught:
            save(conn, "flow", {**flow, "params": [{"strategy_id": MISSING}]})
        assert caught.value.path == "params[0].strategy_id"


def test_a_reference_to_a_resource_of_another_kind_is_refused(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        integration = _integration(conn, save)
        with pytest.raises(Invalid, match="sym_integration, not of a sym_target"):
            save(conn, "strategy", {"type": "okta", "name": "s", "targets": [integration.id]})


def test_an_optional_reference_may_be_empty(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        document = {"name": "e", "runtime_id": "", "error_logger_id": None, "integrations": {"slack_id": ""}}
        assert _paths(conn, save(conn, "environment", document)) == {}


def test_ids_anywhere_in_settings_count_as_references(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        source = save(conn, "secrets", {"type": "env", "name": "env"})
        one, two = (save(conn, "secret", {"path": f"/{n}", "source_id": source.id}) for n in (1, 2))
        text = json.dumps([one.id.upper(), two.id, MISSING, one.id])
        user = _integration(conn, save, secret_ids_json=text, plain=one.id, other="no id")
        assert set(_paths(conn, user).values()) == {one.id, two.id}
        assert _paths(conn, user)['settings["plain"]'] == one.id
        assert references.users_of(conn, two.id) == [
            'sym_integration slack:main (settings["secret_ids_json"]#2)',
        ]
        assert references.users_of(conn, source.id) == ["sym_secret 1 (source_id)", "sym_secret 2 (source_id)"]


def test_ids_in_code_are_no_references(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        integration = _integration(conn, save)
        environment = save(conn, "environment", {"name": "e"})
        field = {"name": "a", "type": "string", "on_change": f"# {integration.id}"}
        flow = {
            "name": "f",
            "implementation": f"ID = '{integration.id}'",
            "environment_id": environment.id,
            "params": [{"prompt_field": [field]}],
        }
        assert _paths(conn, save(conn, "flow", flow)) == {"environment_id": environment.id}


def test_a_resource_that_names_itself_does_not_hold_itself(store: Store, save: Save) -> None:
    own = "55555555-0000-4000-8000-000000000001"
    document = {"type": "slack", "name": "n", "external_id": "T1", "settings": {"me": own}}
    with store.transaction() as conn:
        assert _paths(conn, save(conn, "integration", document, id=own)) == {}


def test_an_update_replaces_the_references(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        first, second = _integration(conn, save, "a"), _integration(conn, save, "b")
        environment = save(conn, "environment", {"name": "e", "integrations": {"slack_id": first.id}})
        changed = {"name": "e", "integrations": {"slack_id": second.id}}
        save(conn, "environment", changed, resource_id=environment.id)
        assert _paths(conn, environment) == {'integrations["slack_id"]': second.id}
        assert references.users_of(conn, first.id) == []
