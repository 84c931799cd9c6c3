from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sym.errors import Conflict, InUse, Invalid, NotFound, Unavailable
from sym.sealing import SealingKeys
from sym.store import audit
from sym.store.database import Store
from sym.store.organizations import organization
from sym_provider.repository import Repository
from sym_provider.store import StoreRepository

TARGET: dict[str, Any] = {"type": "custom", "name": "Readers", "label": None, "field_bindings": None, "settings": None}
NOBODY = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"


@pytest.fixture
def open_repository(now: datetime, tmp_path: Path) -> Iterator[Callable[..., StoreRepository]]:
    """Opens a repository on a URL, for the organization ``acme`` unless told otherwise."""
    opened: list[StoreRepository] = []

    def make(url: str, org: str = "acme", **more: Any) -> StoreRepository:
        opened.append(StoreRepository(url, org, lambda: now, **{"keys": SealingKeys(tmp_path / "keys"), **more}))
        return opened[-1]

    yield make
    for repository in opened:
        repository.close()


@pytest.fixture
def repository(open_repository: Callable[..., StoreRepository], store_url: str) -> StoreRepository:
    return open_repository(store_url)


def test_it_is_a_repository(repository: Repository) -> None:
    created = repository.create("target", TARGET)
    assert created.document == TARGET
    assert repository.read("target", created.id) == created
    assert repository.find("target", "custom", "readers") == created
    changed = repository.update("target", created.id, {**TARGET, "label": "All who read"})
    assert changed.id == created.id
    assert repository.read("target", created.id) == changed
    repository.delete("target", created.id)
    assert repository.read("target", created.id) is None
    repository.delete("target", created.id)


def test_what_is_not_there_is_none(repository: StoreRepository) -> None:
    repository.create("target", TARGET)
    assert repository.read("target", NOBODY) is None
    assert repository.find("target", "okta_group", "readers") is None
    assert repository.find("target", "", "readers") is None
    assert repository.find("environment", "", "readers") is None


def test_what_cannot_be_done_is_refused_with_its_place(repository: StoreRepository) -> None:
    repository.create("target", TARGET)
    with pytest.raises(Conflict) as conflict:
        repository.create("target", TARGET)
    assert conflict.value.path == "name"
    with pytest.raises(NotFound):
        repository.update("target", NOBODY, {**TARGET, "name": "other"})
    with pytest.raises(Invalid) as invalid:
        repository.create("secret", {"path": "a", "source_id": NOBODY})
    assert invalid.value.path == "source_id"
    source = repository.create("secrets", {"type": "env", "name": "here"})
    repository.create("secret", {"path": "a", "source_id": source.id})
    with pytest.raises(InUse, match="is used by sym_secret a"):
        repository.delete("secrets", source.id)


def test_whoever_writes_first_gives_the_store_its_organization(
    open_repository: Callable[..., StoreRepository], store_url: str, store: Store
) -> None:
    reader = open_repository(store_url, "Acme")
    assert reader.read("target", NOBODY) is None
    with store.reading() as conn:
        assert organization(conn) is None
    reader.create("target", TARGET)
    with store.reading() as conn:
        found = organization(conn)
        assert len(audit.entries(conn, name="organization.created")) == 1
    assert found is not None
    assert found.slug == "acme"


@pytest.mark.parametrize("call", ["read", "find", "create", "update", "delete"])
def test_the_store_of_another_organization_is_refused(
    open_repository: Callable[..., StoreRepository], store_url: str, call: str
) -> None:
    created = open_repository(store_url).create("target", TARGET)
    other = open_repository(store_url, "other")
    arguments: dict[str, tuple[Any, ...]] = {
        "read": (created.id,),
        "find": ("custom", "readers"),
        "create": ({**TARGET, "name": "b"},),
        "update": (created.id, {**TARGET, "name": "b"}),
        "delete": (created.id,),
    }
    for _ in range(2):  # the second time the store is open already
        with pytest.raises(Unavailable, match="belongs to the organization 'acme'") as caught:
            getattr(other, call)("target", *arguments[call])
    assert caught.value.path == "org"
    unchecked = open_repository(store_url, "other", check_org=False)
    assert unchecked.read("target", created.id) == created


def test_an_organization_that_cannot_be_one_is_refused(
    open_repository: Callable[..., StoreRepository], store_url: str, store: Store
) -> None:
    with pytest.raises(Invalid) as caught:
        open_repository(store_url, "Acme Inc.").create("target", TARGET)
    assert caught.value.path == "org"
    assert "Correct the provider's org." in caught.value.hint
    with store.reading() as conn:
        assert organization(conn) is None


def test_reading_makes_no_file(open_repository: Callable[..., StoreRepository], tmp_path: Path) -> None:
    repository = open_repository(f"sqlite:///{tmp_path / 'new' / 'store.db'}")
    assert repository.read("target", NOBODY) is None
    assert repository.find("target", "custom", "a") is None
    repository.delete("target", NOBODY)
    assert list(tmp_path.iterdir()) == []
    created = repository.create("target", TARGET)
    assert repository.read("target", created.id) == created
    assert (tmp_path / "new" / "store.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["nonsense", "mysql://me:hunter2@host/db", "sqlite:///:memory:"])
def test_a_url_that_is_none_is_refused_by_the_name_of_its_variable(
    open_repository: Callable[..., StoreRepository], url: str
) -> None:
    with pytest.raises(Invalid) as caught:
        open_repository(url).read("target", NOBODY)
    assert caught.value.hint.startswith("Correct SYM_STORE_URL.")
    assert "hunter2" not in str(caught.value)


@pytest.mark.postgres
def test_a_server_without_tables_is_never_migrated_from_here(
    open_repository: Callable[..., StoreRepository], postgres_url: str
) -> None:
    repository = open_repository(postgres_url)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            repository.create("target", TARGET)
    assert "symflow store migrate" in caught.value.hint


def test_a_closed_repository_opens_again(repository: StoreRepository) -> None:
    created = repository.create("target", TARGET)
    repository.close()
    assert repository.read("target", created.id) == created


def test_many_threads_may_begin_at_once(
    open_repository: Callable[..., StoreRepository], store_url: str, store: Store
) -> None:
    repository = open_repository(store_url)
    begin = threading.Barrier(8)

    def create(number: int) -> str:
        begin.wait(30)
        return repository.create("target", {**TARGET, "name": f"t{number}"}).id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(create, range(8)))
    assert len(set(ids)) == 8
    with store.reading() as conn:
        assert len(audit.entries(conn, name="organization.created")) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_write_sacrificed_to_end_a_deadlock_is_made_again(repository: StoreRepository, store_url: str) -> None:
    """Another transaction holds the second of two targets and wants the first, while a strategy that refers to both
    is being saved. PostgreSQL ends the one that has waited longer without a patient timeout of its own: ours."""
    first, second = sorted(repository.create("target", {**TARGET, "name": name}).id for name in ("a", "b"))
    lock = "SELECT 1 FROM sym_resource WHERE id = %s FOR UPDATE"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with (
        psycopg.connect(store_url) as other,
        psycopg.connect(store_url, autocommit=True) as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        other.execute("SET LOCAL deadlock_timeout = '30s'")
        other.execute(lock, [second])
        saved = pool.submit(repository.create, "strategy", {"type": "http", "name": "s", "targets": [first, second]})
        deadline = time.monotonic() + 30
        while watcher.execute(waiting).fetchone() == (0,):
            assert time.monotonic() < deadline, "the save never waited"
            time.sleep(0.01)
        other.execute(lock, [first])  # comes back when PostgreSQL has ended the save
        assert not saved.done(), "the save waits again, for both"
        other.rollback()
        assert saved.result(30).document["targets"] == [first, second]
    assert repository.find("strategy", "http", "s") is not None
