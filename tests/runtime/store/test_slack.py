"""Workspaces and receipts. What is done with them: `tests/runtime/slack`."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.resources import save
from sym.store.slack import (
    StoredInstallation,
    declared_workspaces,
    delete_installation,
    drop_receipts,
    installation_of,
    list_installations,
    note_receipts,
    prune_receipts,
    save_installation,
)


@pytest.fixture(autouse=True)
def _organization(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)


def installation(now: datetime, text: bytes = b"sealed") -> StoredInstallation:
    return StoredInstallation(team_id="T1", document={"name": "Acme", "scopes": ["commands"], "installer": "U1"},
                              key_id="k", ciphertext=text, installed_at=now, updated_at=now)  # fmt: skip


def test_of_installations_at_once_one_row_stays_and_each_is_recorded(store: Store, now: datetime) -> None:
    together, errors = threading.Barrier(4), []

    def install(number: int) -> None:
        together.wait(10)
        try:
            with store.transaction() as conn:
                save_installation(conn, installation(now, str(number).encode()), actor=Actor.SYSTEM, now=now)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=install, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with store.reading() as conn:
        (found,) = list_installations(conn)
        assert [entry["name"] for entry in entries(conn)].count("slack.workspace_linked") == 4
        assert installation_of(conn, "T1") == found
        assert installation_of(conn, "T2") is None
    assert "sealed" not in repr(found)


def test_what_is_recorded_of_a_workspace_names_people_only_where_they_can_be_erased(
    store: Store, now: datetime
) -> None:
    with store.transaction() as conn:
        save_installation(conn, installation(now), actor=Actor.SYSTEM, now=now)
        assert delete_installation(conn, "T1", actor=Actor.SYSTEM, now=now)
        assert not delete_installation(conn, "T1", actor=Actor.SYSTEM, now=now)
        whole, bare = entries(conn)[-2:], entries(conn, reveal=False)[-2:]
    assert whole[0]["fields"]["workspace"] == {
        "team_id": "T1",
        "name": "Acme",
        "installer": "U1",
        "scopes": ["commands"],
    }
    assert whole[1]["fields"]["workspace"] == {"team_id": "T1", "name": "Acme"}
    assert bare[0]["fields"]["workspace"]["team_id"] == "T1"
    assert "U1" not in str(bare)


def test_declared_workspaces_are_those_of_slack_integrations(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert declared_workspaces(conn) == set()
        for kind, name, external_id in (("slack", "one", "T1"), ("slack", "two", "T2"), ("custom", "three", "T3")):
            document = {"type": kind, "name": name, "external_id": external_id}
            save(conn, "integration", document, actor=Actor.SYSTEM, now=now)
        assert declared_workspaces(conn) == {"T1", "T2"}


def test_receipts_are_noted_together_or_not_at_all(store: Store, now: datetime) -> None:
    later = now + timedelta(hours=1)
    with store.transaction() as conn:
        assert note_receipts(conn, ["b", "a", "a"], later)
        assert not note_receipts(conn, ["c", "b"], later)
        assert note_receipts(conn, ["c"], later + timedelta(hours=1))
        drop_receipts(conn, ["a"])
        assert note_receipts(conn, ["a"], later)
        assert prune_receipts(conn, later) == 2
        assert not note_receipts(conn, ["c"], later)
