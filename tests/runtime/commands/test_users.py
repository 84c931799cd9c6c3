"""People."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow


def test_users_are_created_and_listed(symflow: Symflow) -> None:
    result = symflow("users", "create", "Ann@acme.example", "--first-name", "Ann", "--last-name", "Ash")
    assert result.stdout == ""
    symflow("users", "create", "eve@acme.example", "--role", "guest")
    assert symflow.rows("users", "list") == [
        {"USERNAME": "ann@acme.example", "ROLE": "member", "NAME": "Ann Ash", "STATE": "active"},
        {"USERNAME": "eve@acme.example", "ROLE": "guest", "NAME": "", "STATE": "active"},
        {"USERNAME": "root@acme.example", "ROLE": "admin", "NAME": "", "STATE": "active"},
    ]
    ann = json.loads(symflow("users", "list", "--json").stdout)[0]
    assert (ann["email"], ann["state"]) == ("ann@acme.example", "active")
    assert len(ann["id"]) == 36


def test_bots_are_no_users(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    assert [row["USERNAME"] for row in symflow.rows("users", "list")] == ["root@acme.example"]


def test_an_address_is_taken_once(symflow: Symflow) -> None:
    assert "already" in symflow("users", "create", "ROOT@acme.example", code=1).stderr


@pytest.mark.parametrize("email", ["ann", "@", "a@", "@b", "a b@c", "a@b@c", "a\n@b", "x" * 320 + "@b"])
def test_what_is_no_address_is_a_usage_error(symflow: Symflow, email: str) -> None:
    symflow("users", "create", email, code=2)


def test_a_role_is_one_of_three(symflow: Symflow) -> None:
    symflow("users", "create", "a@b", "--role", "requester", code=2)


def test_an_erased_person_is_not_in_the_file_any_more(symflow: Symflow, store: Store) -> None:
    symflow("users", "create", "grace.hopper@acme.example", "--first-name", "Gracious", "--last-name", "Hopperling")
    symflow("tokens", "issue", "--username", "grace.hopper@acme.example", "--expiry", "1d", "--label", "for Gracious")
    (row,) = (row for row in json.loads(symflow("users", "list", "--json").stdout) if "grace" in row["username"])
    folder = Path(str(symflow.environment["SYM_STORE_URL"]).removeprefix("sqlite:///")).parent
    words = (b"grace.hopper", b"Gracious", b"Hopperling")

    def found() -> set[bytes]:
        contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        return {word for word in words for content in contents if word in content}

    assert found() == set(words)
    assert "--yes" in symflow("users", "erase", "grace.hopper@acme.example", code=2).stderr
    done = symflow("users", "erase", "Grace.Hopper@acme.example", "--yes")
    assert row["id"] in done.stderr
    store.close()
    assert found() == set()
    symflow("users", "erase", row["id"], "--yes")
    symflow("audit", "verify")
    assert symflow.rows("audit", "list")[-1]["WHAT"] == "user.erased"


def test_nobody_else_is_erased(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    for name in ("nobody@acme.example", "ci"):
        assert "There is no person" in symflow("users", "erase", name, "--yes", code=4).stderr


def test_nobody_is_erased_while_entries_wait_in_the_spool(symflow: Symflow) -> None:
    file = str(symflow.environment["SYM_STORE_URL"]).removeprefix("sqlite:///")
    Path(f"{file}.audit-spool.jsonl").write_text("{}\n")
    assert "spool" in symflow("users", "erase", "root@acme.example", "--yes", code=1).stderr
