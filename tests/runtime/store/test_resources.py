from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.events import Actor
from sym.errors import Conflict, InUse, Invalid, NotFound
from sym.store import audit, grants, resources, tables
from sym.store.database import Store
from sym.store.grants import Lease
from sym.store.resources import StoredResource
from sym.store.runs import Run

Save = Callable[..., StoredResource]

INTEGRATION = {"type": "okta", "name": "Prod-Okta", "external_id": "x.okta.com"}


def _target(conn: Connection, save: Save, name: str = "admins") -> StoredResource:
    return save(conn, "target", {"type": "okta_group", "name": name, "settings": {"group_id": name}})


def _strategy(conn: Connection, save: Save, *targets: StoredResource, **more: Any) -> StoredResource:
    document = {"type": "okta", "name": "groups", "targets": [target.id for target in targets], **more}
    return save(conn, "strategy", document)


def test_a_resource_is_found_by_its_id_and_by_its_lower_case_slug(store: Store, save: Save, now: datetime) -> None:
    with store.transaction() as conn:
        saved = save(conn, "integration", INTEGRATION)
        assert (saved.slug, saved.type, saved.version, saved.created_at) == ("prod-okta", "okta", 1, now)
        assert saved.document == INTEGRATION
        assert resources.get(conn, "integration", saved.id) == saved
        assert resources.get(conn, "target", saved.id) is None
        assert resources.find(conn, "integration", type="okta", slug="PROD-okta") == saved
        assert resources.find(conn, "integration", type="slack", slug="prod-okta") is None
        assert resources.list_resources(conn, "integration") == [saved]
        assert resources.list_resources(conn, "target") == []


def test_the_caller_may_choose_the_id_once(store: Store, save: Save) -> None:
    chosen = "33333333-0000-4000-8000-000000000001"
    with store.transaction() as conn:
        assert save(conn, "integration", INTEGRATION, id=chosen).id == chosen
        with pytest.raises(Conflict) as caught:
            save(conn, "integration", {**INTEGRATION, "name": "other"}, id=chosen)
        assert caught.value.path == "id"


def test_updating_makes_a_version_and_keeps_the_old_one(store: Store, save: Save, now: datetime) -> None:
    later = now + timedelta(hours=1)
    with store.transaction() as conn:
        first = save(conn, "integration", INTEGRATION)
        changed = {**INTEGRATION, "name": "renamed", "label": "Okta"}
        second = save(conn, "integration", changed, resource_id=first.id, now=later)
        assert (second.version, second.slug, second.created_at, second.updated_at) == (2, "renamed", now, later)
        assert resources.get(conn, "integration", first.id) == second
        assert resources.find(conn, "integration", type="okta", slug="prod-okta") is None
        old = resources.version_of(conn, first.id, 1)
        assert old is not None
        assert (old.document, old.slug) == (INTEGRATION, "prod-okta")
        assert resources.version_of(conn, first.id, 3) is None
        entry = audit.entries(conn)[-1]
        assert entry["name"] == "resource.updated"
        assert entry["fields"]["resource"]["changed"] == ["label", "name"]


def test_saving_what_is_there_already_writes_nothing(store: Store, save: Save, now: datetime) -> None:
    with store.transaction() as conn:
        first = save(conn, "integration", INTEGRATION)
        reordered = dict(reversed(INTEGRATION.items()))
        again = save(conn, "integration", reordered, resource_id=first.id, now=now + timedelta(days=1))
        assert again == first
        assert len(audit.entries(conn)) == 1


def test_updating_what_is_not_there_is_an_error(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        saved = save(conn, "integration", INTEGRATION)
        for name, resource_id in (("integration", "nothing"), ("target", saved.id)):
            document = INTEGRATION if name == "integration" else {"type": "okta_group", "name": "x"}
            with pytest.raises(NotFound):
                save(conn, name, document, resource_id=resource_id)
        with pytest.raises(NotFound, match="unheard_of"):
            save(conn, "unheard_of", {})


def test_a_taken_name_is_a_conflict_but_only_within_its_type(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        save(conn, "integration", INTEGRATION)
        save(conn, "integration", {**INTEGRATION, "type": "slack"})
        with pytest.raises(Conflict, match="okta:prod-okta") as caught:
            save(conn, "integration", {**INTEGRATION, "name": "PROD-OKTA"})
        assert caught.value.path == "name"
        other = save(conn, "integration", {**INTEGRATION, "name": "other"})
        with pytest.raises(Conflict):
            save(conn, "integration", INTEGRATION, resource_id=other.id)
        assert resources.get(conn, "integration", other.id) == other


def test_resources_without_a_name_get_a_suffix_and_keep_it(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        source = save(conn, "secrets", {"type": "env", "name": "env"})
        document = {"path": "/prod/Okta", "source_id": source.id}
        one, two, three = (save(conn, "secret", document) for _ in range(3))
        assert [secret.slug for secret in (one, two, three)] == ["prod-okta", "prod-okta-2", "prod-okta-3"]
        labelled = save(conn, "secret", {**document, "label": "x"}, resource_id=two.id)
        assert labelled.slug == "prod-okta-2"
        moved = save(conn, "secret", {**document, "path": "/prod/slack"}, resource_id=two.id)
        assert moved.slug == "prod-slack"
        assert save(conn, "secret", document).slug == "prod-okta-2"
        keyed = save(conn, "secret", {**document, "settings": {"json_key": "token"}})
        assert keyed.slug == "prod-okta-token"


def test_a_name_without_a_letter_is_refused(store: Store, save: Save) -> None:
    with store.transaction() as conn, pytest.raises(Invalid) as caught:
        save(conn, "integration", {**INTEGRATION, "name": "--"})
    assert caught.value.path == "name"


def test_a_refused_resource_leaves_no_trace_in_its_transaction(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        save(conn, "integration", INTEGRATION)
        with pytest.raises(Conflict):
            save(conn, "integration", INTEGRATION)
    with store.reading() as conn:
        for table in (tables.resource, tables.resource_version, tables.audit_entry):
            assert conn.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 1


def test_what_is_used_cannot_be_deleted_and_every_user_is_named(
    store: Store, save: Save, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        used = save(conn, "integration", INTEGRATION)
        environment = save(conn, "environment", {"name": "prod", "integrations": {"a_id": used.id}})
        with pytest.raises(InUse, match=r'sym_environment prod \(integrations\["a_id"\]\)'):
            resources.delete(conn, "integration", used.id, actor=ada, now=now)
        assert resources.get(conn, "integration", used.id) == used
        save(conn, "environment", {"name": "prod"}, resource_id=environment.id)
        assert resources.delete(conn, "integration", used.id, actor=ada, now=now)


def test_a_target_may_be_deleted_before_the_strategies_that_list_it_are_changed(
    store: Store, save: Save, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        target, other = _target(conn, save), _target(conn, save, "readers")
        strategy = _strategy(conn, save, other, target)
        assert resources.delete(conn, "target", target.id, actor=ada, now=now)
        with pytest.raises(Invalid) as invalid:
            save(conn, "strategy", {**strategy.document, "label": "new"}, resource_id=strategy.id)
        assert invalid.value.path == "targets[1]"
        save(conn, "strategy", {**strategy.document, "targets": [other.id]}, resource_id=strategy.id)
        assert resources.delete(conn, "strategy", strategy.id, actor=ada, now=now)


def test_deleting_is_recorded_keeps_the_versions_and_is_done_once(
    store: Store, save: Save, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        saved = save(conn, "integration", INTEGRATION)
        assert not resources.delete(conn, "target", saved.id, actor=ada, now=now)
        assert resources.delete(conn, "integration", saved.id, actor=ada, now=now)
        assert not resources.delete(conn, "integration", saved.id, actor=ada, now=now)
        assert resources.get(conn, "integration", saved.id) is None
        kept = resources.version_of(conn, saved.id, 1)
        assert kept is not None
        assert kept.document == INTEGRATION
        assert [entry["name"] for entry in audit.entries(conn)] == ["resource.created", "resource.deleted"]
        assert save(conn, "integration", INTEGRATION).id != saved.id


def test_the_database_itself_refuses_to_delete_what_is_used(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        target = _target(conn, save)
        _strategy(conn, save, target)
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as conn:
        conn.execute(tables.resource.delete().where(tables.resource.c.id == target.id))


@pytest.mark.parametrize("status", ["pending", "active", "ending", "stuck"])
def test_what_ending_a_grant_needs_cannot_be_deleted(
    store: Store, save: Save, add_run: Callable[..., Run], lease_of: Callable[..., Lease], ada: Actor, now: datetime,
    status: str,
) -> None:  # fmt: skip
    with store.transaction() as conn:
        saved = save(conn, "integration", INTEGRATION)
        snapshot = {"integration": {"id": saved.id}, "target": {"label": "Production admins"}}
        lease = lease_of(add_run(conn), status=status, snapshot=snapshot, ends_at=now)
        grants.insert_lease(conn, lease)
        with pytest.raises(InUse, match="grace on Production admins until 2026-03-14 15:09 UTC"):
            resources.delete(conn, "integration", saved.id, actor=ada, now=now)
        grants.move_lease(conn, lease, status="ended")
        assert resources.delete(conn, "integration", saved.id, actor=ada, now=now)


def test_a_target_of_a_grant_may_go_because_the_grant_holds_a_copy(
    store: Store, save: Save, add_run: Callable[..., Run], lease_of: Callable[..., Lease], ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        target = _target(conn, save)
        grants.insert_lease(conn, lease_of(add_run(conn), status="active", snapshot={"target": {"id": target.id}}))
        assert resources.delete(conn, "target", target.id, actor=ada, now=now)


def _at_once(*actions: Callable[[], Any]) -> list[Any]:
    """The results of the actions, or what they raised, each in a thread of its own, begun together."""
    gate = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(index: int) -> None:
        gate.wait()
        try:
            results[index] = actions[index]()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_who_take_a_name_at_once_one_gets_it(store: Store, save: Save) -> None:
    def take() -> StoredResource:
        with store.transaction() as conn:
            return save(conn, "integration", INTEGRATION)

    results = _at_once(*[take] * 8)
    assert sum(isinstance(result, StoredResource) for result in results) == 1
    assert {result.path for result in results if isinstance(result, Conflict)} == {"name"}
    assert sum(isinstance(result, Conflict) for result in results) == 7


def test_a_reference_and_a_deletion_at_once_never_leave_a_dangling_reference(
    store: Store, save: Save, ada: Actor, now: datetime
) -> None:
    for turn in range(5):
        with store.transaction() as conn:
            used = save(conn, "integration", {**INTEGRATION, "name": f"i{turn}"})

        def refer(used: StoredResource = used, turn: int = turn) -> StoredResource:
            with store.transaction() as conn:
                return save(conn, "environment", {"name": f"e{turn}", "integrations": {"a_id": used.id}})

        def delete(used: StoredResource = used) -> bool:
            with store.transaction() as conn:
                return resources.delete(conn, "integration", used.id, actor=ada, now=now)

        referred, deleted = _at_once(refer, delete)
        with store.reading() as conn:
            left = resources.get(conn, "integration", used.id)
        if isinstance(referred, StoredResource):
            assert isinstance(deleted, InUse)
            assert left is not None
        else:
            assert isinstance(referred, Invalid)
            assert (deleted, referred.path, left) == (True, 'integrations["a_id"]', None)


def test_updates_at_once_make_one_version_each(store: Store, save: Save) -> None:
    with store.transaction() as conn:
        saved = save(conn, "integration", INTEGRATION)

    def update(label: str) -> StoredResource:
        with store.transaction() as conn:
            return save(conn, "integration", {**INTEGRATION, "label": label}, resource_id=saved.id)

    results = _at_once(*[lambda label=f"l{number}": update(label) for number in range(6)])
    assert sorted(result.version for result in results) == [2, 3, 4, 5, 6, 7]
