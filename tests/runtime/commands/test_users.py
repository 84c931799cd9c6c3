"""People."""

from __future__ import annotations

import json

import pytest

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
