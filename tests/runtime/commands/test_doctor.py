"""What is in order, and what is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sym import serving
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow


def results(symflow: Symflow, *, code: int = 0, **environment: str | None) -> dict[str, tuple[str, str]]:
    """Every check's result, and its detail with what to do."""
    rows = json.loads(symflow("doctor", "--json", code=code, **environment).stdout)
    return {row["check"]: (row["result"], f"{row['detail']} {row['action']}".strip()) for row in rows}


def test_everything_is_in_order_after_init_org(symflow: Symflow) -> None:
    found = results(symflow)
    assert [found[check][0] for check in ("store", "organization", "token key", "audit key")] == ["ok"] * 4
    assert found["organization"][1] == "acme"
    assert symflow("doctor").stderr == ""


def test_it_lists_every_type_that_is_not_served(symflow: Symflow) -> None:
    found = results(symflow)
    for shelf, names in serving.not_served().items():
        result, text = found.get(shelf.replace("_", " "), ("", ""))
        assert (result, text.startswith(", ".join(names))) == (("not served", True) if names else ("", True))


def test_where_nothing_is_set_up_it_says_what_to_do_and_makes_nothing(bare: Symflow) -> None:
    found = results(bare, code=1)
    assert found["store"][0] == "failed"
    assert "symflow init-org" in found["store"][1]
    assert found["organization"][0] == "skipped"
    assert found["token key"][0] == found["audit key"][0] == found["receipt key"][0] == "failed"
    assert "Not in order: store, token key, audit key, receipt key." in bare("doctor", code=1).stderr
    assert not bare.folder.exists()


def test_a_folder_of_keys_that_is_older_than_receipts_is_in_order_with_a_warning(symflow: Symflow) -> None:
    for path in (symflow.folder / "keys").glob("receipt-*"):
        path.unlink()
    result, action = results(symflow)["receipt key"]
    assert result == "warning"
    assert "symflow serve" in action


def test_a_store_without_an_organization_is_not_in_order(bare: Symflow) -> None:
    bare("store", "migrate")
    found = results(bare, code=1)
    assert found["store"][0] == "ok"
    assert found["organization"][0] == "failed"


def test_a_store_of_another_version_is_not_in_order(symflow: Symflow, store: Store) -> None:
    import sqlalchemy as sa

    with store.transaction() as conn:
        conn.execute(sa.text("UPDATE sym_schema_version SET version_num = '9999'"))
    found = results(symflow, code=1)
    assert found["store"][0] == "failed"
    assert "newer version" in found["store"][1]


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_others_can_read_is_not_in_order(symflow: Symflow, mode: int) -> None:
    (key,) = (symflow.folder / "keys").glob("token-*.pem")
    key.chmod(mode)
    found = results(symflow, code=1)
    assert found["token key"][0] == "failed"
    assert "chmod 600" in found["token key"][1]
    assert found["audit key"][0] == "ok"


def test_an_older_key_that_others_can_read_is_not_in_order_either(symflow: Symflow) -> None:
    from sym.engine.keys import KeyDirectory

    (old,) = (symflow.folder / "keys").glob("token-*.pem")
    KeyDirectory(symflow.folder / "keys").add("token", datetime(2100, 1, 1, tzinfo=UTC))
    assert "2 in all" in results(symflow)["token key"][1]
    old.chmod(0o644)
    assert results(symflow, code=1)["token key"][0] == "failed"


def test_a_key_that_is_gone_is_not_in_order(symflow: Symflow) -> None:
    (key,) = (symflow.folder / "keys").glob("audit-*.pem")
    key.unlink()
    assert results(symflow, code=1)["audit key"][0] == "failed"


def test_it_never_shows_the_password_of_a_store(bare: Symflow, tmp_path: Path) -> None:
    url = "postgresql://sym:hunter2@127.0.0.1:1/nothing"
    result = bare("doctor", code=1, SYM_STORE_URL=url, SYM_KEYS_DIR=str(tmp_path))
    assert "hunter2" not in result.stdout + result.stderr
    assert "store\tfailed" in result.stdout
