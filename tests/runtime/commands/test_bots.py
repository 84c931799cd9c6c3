"""Bots, on a store and through a server."""

from __future__ import annotations

import json

import pytest

from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.remote import through_server

OKTA = ("--service-type", "okta", "--external-id", "acme.okta.com")


def test_a_bot_may_ask_and_nothing_else_unless_told_so(anywhere: Symflow) -> None:
    assert anywhere("bots", "create", "CI").stderr == "Created the bot ci (requester).\n"
    made = json.loads(anywhere("bots", "create", "terraform", "--role", "admin", "--json").stdout)
    assert (made["username"], made["role"], made["state"]) == ("terraform", "admin", "active")
    anywhere("tokens", "issue", "-u", "ci", "-e", "1d")
    assert anywhere.rows("bots", "list") == [
        {"USERNAME": "ci", "ROLE": "requester", "TOKENS": "1"},
        {"USERNAME": "terraform", "ROLE": "admin", "TOKENS": "0"},
    ]
    assert json.loads(anywhere("bots", "list", "--json").stdout)[0]["tokens"] == 1


def test_both_ways_give_the_same_documents(symflow: Symflow, store: Store) -> None:
    for name in ("a", "b", "c"):
        symflow("bots", "create", name)
    symflow("bots", "delete", "b", "--force")
    with through_server(symflow, store) as far:
        for arguments in (("bots", "list", "--json"), ("bots", "list", "--all", "--json"),
                          ("bots", "list-identities", "a", "--json")):  # fmt: skip
            assert far(*arguments).stdout == symflow(*arguments).stdout


def test_revoked_tokens_do_not_count(anywhere: Symflow) -> None:
    anywhere("bots", "create", "ci")
    anywhere("tokens", "issue", "-u", "ci", "-e", "1d")
    anywhere("tokens", "revoke", anywhere.rows("tokens", "list", "-u", "ci")[0]["ID"])
    assert anywhere.rows("bots", "list")[0]["TOKENS"] == "0"


def test_a_name_is_taken_once(anywhere: Symflow) -> None:
    anywhere("bots", "create", "ci")
    assert "already" in anywhere("bots", "create", "Ci", code=1).stderr


@pytest.mark.parametrize("name", ["", "a@b.example", "a b", "-", "ä", "x" * 64, "a\n"])
def test_a_name_can_be_no_address(symflow: Symflow, name: str) -> None:
    symflow("bots", "create", "--", name, code=2)
    assert symflow.rows("bots", "list") == []


def test_guests_are_people(symflow: Symflow) -> None:
    symflow("bots", "create", "ci", "--role", "guest", code=2)


def test_a_bot_gets_another_role(anywhere: Symflow) -> None:
    anywhere("bots", "create", "ci")
    anywhere("bots", "set-role", "CI", "--role", "member")
    assert anywhere.rows("bots", "list")[0]["ROLE"] == "member"
    anywhere("bots", "set-role", "other", "--role", "member", code=4)
    anywhere("bots", "set-role", "ci", code=2)


def test_a_deleted_bot_is_gone_until_it_comes_back(anywhere: Symflow) -> None:
    anywhere("bots", "create", "ci")
    anywhere("tokens", "issue", "-u", "ci", "-e", "1d")
    assert anywhere("bots", "delete", "ci", "--force").stderr == "Deleted the bot ci; revoked tokens: 1.\n"
    assert anywhere.rows("bots", "list") == []
    assert [(row["USERNAME"], row["STATE"]) for row in anywhere.rows("bots", "list", "--all")] == [
        ("ci", "deactivated")
    ]
    assert [row["STATE"] for row in anywhere.rows("tokens", "list", "-u", "ci")] == ["revoked"]
    assert "deactivated" in anywhere("tokens", "issue", "-u", "ci", "-e", "1d", code=1).stderr
    assert "bots reactivate" in anywhere("bots", "create", "ci", code=1).stderr
    anywhere("bots", "reactivate", "ci")
    assert anywhere.rows("bots", "list") == [{"USERNAME": "ci", "ROLE": "requester", "TOKENS": "0"}]
    anywhere("bots", "delete", "other", "--force", code=4)
    anywhere("bots", "reactivate", "other", code=4)


def test_nothing_is_deleted_unasked(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    assert "--yes" in symflow("bots", "delete", "ci", code=2).stderr
    symflow("bots", "update-identity", "ci", *OKTA, "--new-value", "x")
    assert "--yes" in symflow("bots", "delete-identity", "ci", *OKTA, code=2).stderr
    assert len(symflow.rows("bots", "list")) == len(symflow.rows("bots", "list-identities", "ci")) == 1


def test_a_bot_has_identities(anywhere: Symflow) -> None:
    anywhere("bots", "create", "ci")
    anywhere("bots", "update-identity", "ci", *OKTA, "--new-value", "00u1")
    anywhere("bots", "update-identity", "ci", *OKTA, "--new-value", "00u2")
    row = {"SERVICE": "okta", "ACCOUNT": "acme.okta.com", "USER ID": "00u2"}
    assert anywhere.rows("bots", "list-identities", "ci") == [row]
    anywhere("bots", "create", "other")
    anywhere("bots", "update-identity", "other", *OKTA, "--new-value", "00u2", code=1)
    anywhere("bots", "delete-identity", "ci", *OKTA, "--force")
    assert anywhere.rows("bots", "list-identities", "ci") == []
    anywhere("bots", "delete-identity", "ci", *OKTA, "--force", code=4)
    anywhere("bots", "list-identities", "nobody", code=4)


@pytest.mark.parametrize(
    ("given", "named"),
    [((), "--service-type and --external-id"), (("--service-type", "okta"), "--external-id"), (OKTA, "--new-value")],
)
def test_what_is_missing_is_named_where_nobody_can_be_asked(
    symflow: Symflow, given: tuple[str, ...], named: str
) -> None:
    symflow("bots", "create", "ci")
    for account in ("acme.okta.com", "other.okta.com"):
        place = ("--service-type", "okta", "--external-id", account)
        symflow("bots", "update-identity", "ci", *place, "--new-value", "x")
    said = symflow("bots", "update-identity", "ci", *given, code=2).stderr
    assert named in " ".join(said.replace("│", " ").split())


def test_only_admins_may_through_a_server(symflow: Symflow, store: Store) -> None:
    symflow("bots", "create", "ci")
    with through_server(symflow, store, "ci") as far:
        for arguments in (("list",), ("create", "x"), ("delete", "ci", "--force"),
                          ("set-role", "ci", "--role", "admin"),
                          ("reactivate", "ci"), ("list-identities", "ci")):  # fmt: skip
            assert "Only admins" in far("bots", *arguments, code=4).stderr
    assert symflow.rows("bots", "list") == [{"USERNAME": "ci", "ROLE": "requester", "TOKENS": "1"}]


def test_what_changes_is_in_the_audit_log(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    symflow("bots", "set-role", "ci", "--role", "member")
    symflow("bots", "update-identity", "ci", *OKTA, "--new-value", "00u1")
    symflow("bots", "delete-identity", "ci", *OKTA, "--force")
    symflow("bots", "delete", "ci", "--force")
    symflow("bots", "reactivate", "ci")
    assert [row["WHAT"] for row in symflow.rows("audit", "list")][-6:] == [
        "bot.created", "user.role_changed", "identity.saved", "identity.deleted", "user.deactivated",
        "user.reactivated",
    ]  # fmt: skip
