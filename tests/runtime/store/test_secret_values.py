"""Values that the store keeps: on both databases, never in the clear, and gone with their secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.errors import Invalid, Unavailable
from sym.sealing import SealingKeys
from sym.store import resources
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.declaring import Declaring
from sym.store.resources import StoredResource
from sym.store.secret_values import reveal, stored_value

VALUE = "s3cr3t-hunter2"


class Secrets:
    """Declares sources and secrets in ``store``."""

    def __init__(self, store: Store, folder: Path, now: datetime) -> None:
        self.store, self.keys, self.now = store, SealingKeys(folder), now
        self.local = self.source("local")
        self.env = self.source("env")

    def source(self, kind: str, name: str = "s") -> str:
        return self.save("secrets", {"type": kind, "name": name}).id

    def save(
        self, name: str, document: dict[str, Any], value: Any = None, resource_id: str | None = None
    ) -> StoredResource:
        declaring = Declaring(actor=Actor.SYSTEM, now=self.now, keys=self.keys)
        with self.store.transaction() as conn:
            return declaring.save(conn, name, document, {"value_wo": value} if value is not None else {}, resource_id)

    def secret(
        self,
        value: Any = VALUE,
        version: int | None = 1,
        *,
        source: str = "",
        secret_id: str | None = None,
        path: str = "p",
    ) -> str:
        document = {"path": path, "source_id": source or self.local, "value_wo_version": version}
        return self.save("secret", document, value, secret_id).id

    def value(self, secret_id: str) -> str:
        return reveal(self.store, self.keys, secret_id)

    def refused(self, **given: Any) -> Invalid:
        with pytest.raises(Invalid) as raised:
            self.secret(**given)
        return raised.value


@pytest.fixture
def secrets(store: Store, tmp_path: Path, now: datetime) -> Secrets:
    return Secrets(store, tmp_path / "keys", now)


def everything(store: Store) -> str:
    with store.reading() as conn:
        names = sa.inspect(conn).get_table_names()
        return "".join(repr(conn.execute(sa.text(f"select * from {name}")).all()) for name in names)


def test_a_value_is_kept_encrypted_and_nowhere_else(secrets: Secrets) -> None:
    created = secrets.secret()
    assert secrets.value(created) == VALUE
    assert VALUE not in everything(secrets.store)
    with secrets.store.reading() as conn:
        found = stored_value(conn, created)
        document = resources.get(conn, "secret", created)
    assert found is not None
    assert found.updated_at == secrets.now
    assert document is not None
    assert "value_wo" not in document.document
    assert str(found.ciphertext) not in repr(found)


def test_a_new_version_replaces_the_value_and_is_in_the_audit_log(secrets: Secrets) -> None:
    created = secrets.secret()
    secrets.now += timedelta(days=1)
    assert secrets.secret("other", 2, secret_id=created) == created
    assert secrets.value(created) == "other"
    with secrets.store.reading() as conn:
        recorded = [item for item in entries(conn) if item["fields"].get("resource", {}).get("id") == created]
    assert [entry["name"] for entry in recorded] == ["resource.created", "resource.updated"]
    assert set(recorded[1]["fields"]["resource"]["changed"]) == {"value_wo", "value_wo_version"}
    assert VALUE not in repr(recorded)


def test_a_value_is_a_change_even_when_nothing_else_is(secrets: Secrets) -> None:
    created = secrets.secret()
    secrets.secret("other", 1, secret_id=created)
    assert secrets.value(created) == "other"
    with secrets.store.reading() as conn:
        found = resources.get(conn, "secret", created)
    assert found is not None
    assert found.version == 2


def test_other_changes_leave_the_value_alone(secrets: Secrets) -> None:
    created = secrets.secret()
    another = secrets.source("local", "another")
    secrets.secret(None, 1, secret_id=created, path="elsewhere")
    secrets.secret(None, 1, secret_id=created, path="elsewhere", source=another)
    assert secrets.value(created) == VALUE


def test_two_secrets_of_one_path_have_values_of_their_own(secrets: Secrets) -> None:
    first, second = secrets.secret("one"), secrets.secret("two")
    assert (secrets.value(first), secrets.value(second)) == ("one", "two")


def test_a_row_under_another_secret_is_not_opened(secrets: Secrets) -> None:
    first, second = secrets.secret("one"), secrets.secret("two")
    with secrets.store.transaction() as conn:
        row = stored_value(conn, first)
        assert row is not None
        conn.execute(
            sa.text("update sym_secret_value set ciphertext = :c, key_id = :k where secret_id = :s"),
            {"c": row.ciphertext, "k": row.key_id, "s": second},
        )
    with pytest.raises(Unavailable, match="belongs to something else"):
        secrets.value(second)


def test_the_value_goes_with_the_secret(secrets: Secrets) -> None:
    created = secrets.secret()
    with secrets.store.transaction() as conn:
        assert resources.delete(conn, "secret", created, actor=Actor.SYSTEM, now=secrets.now)
        assert stored_value(conn, created) is None


def test_the_value_is_forgotten_when_the_secret_moves_to_a_source_that_has_its_own(secrets: Secrets) -> None:
    created = secrets.secret()
    secrets.secret(None, None, secret_id=created, source=secrets.env)
    with pytest.raises(LookupError, match="value_wo_version"):
        secrets.value(created)
    secrets.secret("again", 1, secret_id=created)
    assert secrets.value(created) == "again"


def test_what_does_not_go_together_is_refused_at_the_version(secrets: Secrets) -> None:
    created = secrets.secret()
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"version": None}, "needs a value_wo_version"),
        ({"value": None}, "comes without its value"),
        ({"value": None, "version": 2, "secret_id": created}, "comes without its value"),
        ({"value": None, "version": None}, "keeps the value"),
        ({"value": None, "version": None, "secret_id": created}, "keeps the value"),
        ({"source": secrets.env}, "elsewhere"),
        ({"source": secrets.env, "value": None}, "elsewhere"),
    )
    for given, words in cases:
        problem = secrets.refused(**given)
        assert problem.path == "value_wo_version", given
        assert words in str(problem)
    assert secrets.value(created) == VALUE


@pytest.mark.parametrize("value", ["", 7, ["a"], {"a": "b"}, True, "x" * 65537, "half \ud800", "é" * 40000])
def test_what_cannot_be_a_value_is_refused_without_a_word_of_it(secrets: Secrets, value: Any) -> None:
    problem = secrets.refused(value=value)
    assert problem.path == "value_wo"
    assert len(str(problem)) < 100
    assert not secrets.keys.path.exists(), "no key is made for it"


@pytest.mark.parametrize("value", ["x" * 65536, "zwei\nZeilen\tund ☃", "nul\0", " "])
def test_any_text_of_up_to_64_kib_is_kept_as_it_is(secrets: Secrets, value: str) -> None:
    assert secrets.value(secrets.secret(value)) == value


def test_a_value_of_something_that_has_none_is_refused(secrets: Secrets) -> None:
    with pytest.raises(Invalid, match="sym_target has no such value"):
        secrets.save("target", {"type": "custom", "name": "t"}, VALUE)


def test_no_document_may_hold_a_value(secrets: Secrets) -> None:
    document = {"path": "p", "source_id": secrets.env, "value_wo": VALUE}
    for wrong in (document, {**document, "value_wo": [VALUE]}):
        with pytest.raises(Invalid, match="no document") as raised:
            secrets.save("secret", wrong)
        assert raised.value.path == "value_wo"
        assert VALUE not in str(raised.value)


def test_a_value_whose_key_is_elsewhere_says_which_and_where(secrets: Secrets, tmp_path: Path) -> None:
    created = secrets.secret()
    with pytest.raises(Unavailable, match="SYM_KEYS_DIR"):
        reveal(secrets.store, SealingKeys(tmp_path / "other"), created)


def test_a_source_of_values_that_is_not_there_is_still_refused_by_its_place(secrets: Secrets) -> None:
    problem = secrets.refused(source="6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10")
    assert problem.path == "source_id"
