"""The quick reader beside the store itself: it says the same, or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sym.audit.events import Actor
from sym.store import resources
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.quick import QuickReader, versions
from sym.store.resources import StoredResource

Save = Callable[..., StoredResource]
DOCUMENT = {"type": "okta", "name": "Prod Ökta", "external_id": "x.okta.com", "settings": {"a": "1"}}
NOBODY = "33333333-0000-4000-8000-000000000001"


@pytest.fixture
def acme(store: Store, ada: Actor, now: datetime) -> Store:
    """A store of the organization acme."""
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=ada, now=now)
    return store


@pytest.fixture
def reader(acme: Store) -> Iterator[QuickReader]:
    made = QuickReader(acme.url, "acme")
    yield made
    made.close()


def test_it_reads_what_the_store_reads_on_sqlite_and_nothing_elsewhere(
    acme: Store, reader: QuickReader, save: Save
) -> None:
    with acme.transaction() as conn:
        saved = [save(conn, "integration", {**DOCUMENT, "name": name}) for name in ("b", "a", "Öl")]
        save(conn, "target", {"type": "okta_group", "name": "t", "settings": {"group_id": "g"}})
    with acme.reading() as conn:
        listed = [(found.id, found.document) for found in resources.list_resources(conn, "integration")]
    is_sqlite = acme.dialect == "sqlite"
    assert reader.all_of("integration") == (listed if is_sqlite else None)
    assert reader.get("integration", saved[0].id) == ([(saved[0].id, saved[0].document)] if is_sqlite else None)
    assert reader.get("integration", NOBODY) == ([] if is_sqlite else None)
    assert reader.get("target", saved[0].id) == ([] if is_sqlite else None)


def test_it_sees_every_commit_at_once(acme: Store, reader: QuickReader, save: Save) -> None:
    if acme.dialect != "sqlite":
        pytest.skip("it reads SQLite only")
    assert reader.all_of("integration") == []
    with acme.transaction() as conn:
        saved = save(conn, "integration", DOCUMENT)
        assert reader.all_of("integration") == []
    assert reader.all_of("integration") == [(saved.id, DOCUMENT)]


@pytest.mark.parametrize(("org", "expected"), [("acme", []), (None, []), ("other", None)])
def test_another_organizations_store_is_not_read(acme: Store, org: str | None, expected: list[object] | None) -> None:
    reader = QuickReader(acme.url, org)
    assert reader.all_of("flow") == (expected if acme.dialect == "sqlite" else None)
    reader.close()


def _change(store: Store, statement: str) -> None:
    connection = sqlite3.connect(store.url.removeprefix("sqlite:///"))
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sym_schema_version SET version_num = '0000'",
        "DELETE FROM sym_schema_version",
        "DROP TABLE sym_schema_version",
        "DELETE FROM sym_organization",
        "ALTER TABLE sym_resource RENAME TO sym_other",
    ],
)
def test_a_store_of_another_form_is_left_to_the_store(acme: Store, reader: QuickReader, statement: str) -> None:
    if acme.dialect != "sqlite":
        pytest.skip("it reads SQLite only")
    _change(acme, statement)
    assert reader.all_of("flow") is None


@pytest.mark.parametrize("content", [None, b"", b"this is no database, whatever its name may say" * 100])
def test_a_file_that_is_no_store_is_left_to_the_store(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "store.db"
    if content is not None:
        path.write_bytes(content)
    reader = QuickReader(f"sqlite:///{path}", "acme")
    assert reader.all_of("flow") is None
    assert reader.get("flow", NOBODY) is None
    assert path.exists() is (content is not None)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=ro", "postgresql://h/d", ""])
def test_what_is_no_plain_file_is_left_to_the_store(url: str) -> None:
    assert QuickReader(url, "acme").all_of("flow") is None


def test_after_closing_it_opens_again(acme: Store, reader: QuickReader) -> None:
    before = reader.all_of("flow")
    reader.close()
    reader.close()
    assert reader.all_of("flow") == before


def test_it_does_without_sqlalchemy() -> None:
    code = "import sys, sym.store.quick; sys.exit('sqlalchemy' in sys.modules)"
    subprocess.run([sys.executable, "-I", "-c", code], check=True, timeout=60)


def test_the_newest_version_is_known() -> None:
    assert versions() == tuple(sorted(versions()))
    assert versions()
