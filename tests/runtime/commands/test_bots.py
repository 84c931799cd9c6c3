"""Bots."""

from __future__ import annotations

import json

import pytest

from tests.runtime.commands.conftest import Symflow


def test_a_bot_may_ask_and_nothing_else_unless_told_so(symflow: Symflow) -> None:
    symflow("bots", "create", "CI")
    symflow("bots", "create", "terraform", "--role", "admin")
    symflow("tokens", "issue", "-u", "ci", "-e", "1d")
    assert symflow.rows("bots", "list") == [
        {"USERNAME": "ci", "ROLE": "requester", "TOKENS": "1"},
        {"USERNAME": "terraform", "ROLE": "admin", "TOKENS": "0"},
    ]
    assert json.loads(symflow("bots", "list", "--json").stdout)[0]["tokens"] == 1


def test_revoked_tokens_do_not_count(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    symflow("tokens", "issue", "-u", "ci", "-e", "1d")
    symflow("tokens", "revoke", symflow.rows("tokens", "list")[0]["ID"])
    assert symflow.rows("bots", "list")[0]["TOKENS"] == "0"


def test_a_name_is_taken_once(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    symflow("bots", "create", "Ci", code=1)


@pytest.mark.parametrize("name", ["", "a@b.example", "a b", "-", "ä", "x" * 64, "a\n"])
def test_a_name_can_be_no_address(symflow: Symflow, name: str) -> None:
    symflow("bots", "create", "--", name, code=2)
    assert symflow.rows("bots", "list") == []


def test_guests_are_people(symflow: Symflow) -> None:
    symflow("bots", "create", "ci", "--role", "guest", code=2)
