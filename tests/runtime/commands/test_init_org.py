"""The beginning."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sym.audit.events import Actor
from sym.engine.keys import KeyDirectory
from sym.store.database import Store
from sym.store.organizations import create_organization, organization
from sym.store.users import list_users
from tests.runtime.commands.conftest import Symflow


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_one_command_makes_store_keys_organization_and_admin(bare: Symflow) -> None:
    result = bare("init-org", "acme", "--admin", "Root@Acme.example")
    assert result.stdout == ""
    assert "acme" in result.stderr
    assert (mode(bare.folder), mode(bare.folder / "store.db"), mode(bare.folder / "keys")) == (0o700, 0o600, 0o700)
    keys = KeyDirectory(bare.folder / "keys")
    assert all(len(keys.public_keys(purpose)) == 1 for purpose in ("token", "audit"))
    store = Store(str(bare.environment["SYM_STORE_URL"]))
    with store.reading() as conn:
        found = organization(conn)
        assert found is not None
        assert found.slug == "acme"
        assert [(user.username, user.role) for user in list_users(conn)] == [("root@acme.example", "admin")]
    store.close()
    told = [row["WHAT"] for row in bare.rows("audit", "list")]
    assert told == ["organization.created", "user.created", "domain.added"]


def test_a_second_time_is_refused_and_changes_nothing(symflow: Symflow) -> None:
    before = sorted((symflow.folder / "keys").iterdir())
    for slug in ("acme", "other"):
        symflow("init-org", slug, "--admin", "eve@acme.example", code=1)
    assert sorted((symflow.folder / "keys").iterdir()) == before
    assert [row["USERNAME"] for row in symflow.rows("users", "list")] == ["root@acme.example"]


def test_it_completes_an_organization_that_terraform_made(bare: Symflow) -> None:
    store = Store(str(bare.environment["SYM_STORE_URL"]))
    store.migrate()
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=datetime(2026, 1, 1, tzinfo=UTC))
    store.close()
    bare("init-org", "other", code=1)
    bare("init-org", "acme", "--admin", "root@acme.example")
    assert [row["USERNAME"] for row in bare.rows("users", "list")] == ["root@acme.example"]
    bare("init-org", "acme", code=1)


def test_keys_may_lie_elsewhere(bare: Symflow, tmp_path: Path) -> None:
    bare("init-org", "acme", SYM_KEYS_DIR=str(tmp_path / "other"))
    assert len(list((tmp_path / "other").iterdir())) == 3
    assert not (bare.folder / "keys").exists()


def test_without_keys_there_is_no_organization_either(bare: Symflow, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    assert "chmod 700" in bare("init-org", "acme", code=1, SYM_KEYS_DIR=str(tmp_path / "open")).stderr
    bare("init-org", "acme")


@pytest.mark.parametrize("slug", ["", "Acme", "a b", "sym", "-a", "a:b", "ä", "a" * 64, "a\n"])
def test_a_slug_that_no_name_could_begin_with_is_a_usage_error(bare: Symflow, slug: str) -> None:
    bare("init-org", "--", slug, code=2)
    assert not bare.folder.exists()


def test_an_admin_needs_an_address(bare: Symflow) -> None:
    assert "e-mail" in bare("init-org", "acme", "--admin", "root", code=2).stderr
    assert not bare.folder.exists()


@pytest.mark.postgres
def test_a_postgresql_store_is_set_up_the_same_way(bare: Symflow, postgres_url: str) -> None:
    bare("init-org", "acme", "--admin", "root@acme.example", SYM_STORE_URL=postgres_url, SYM_KEYS_DIR=str(bare.folder))
    assert "root@acme.example" in bare("users", "list", SYM_STORE_URL=postgres_url).stdout
