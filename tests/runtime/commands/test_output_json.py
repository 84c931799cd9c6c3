"""``--json`` of the commands that change something: what it is now, and nothing else on stdout."""

from __future__ import annotations

import json
from typing import Any

from tests.runtime.commands.conftest import Symflow


def answer(symflow: Symflow, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(symflow(*arguments, "--json").stdout)
    return found


def test_people(anywhere: Symflow) -> None:
    ann = "ann@acme.example"
    assert answer(anywhere, "users", "create", ann)["email"] == ann
    assert answer(anywhere, "users", "update-name", ann, "Ann", "Arbor")["last_name"] == "Arbor"
    assert answer(anywhere, "users", "set-role", ann, "--role", "guest")["role"] == "guest"
    assert answer(anywhere, "users", "delete", ann, "--force")["state"] == "deactivated"
    assert answer(anywhere, "users", "reactivate", ann)["state"] == "active"


def test_bots_and_tokens(anywhere: Symflow) -> None:
    assert answer(anywhere, "bots", "create", "ci")["username"] == "ci"
    assert answer(anywhere, "bots", "set-role", "ci", "--role", "member")["role"] == "member"
    issued = answer(anywhere, "tokens", "issue", "-u", "ci", "-e", "100d", "-l", "pipeline", "-n")
    (listed,) = [one for one in json.loads(anywhere("tokens", "list", "--json").stdout) if one["username"] == "ci"]
    assert {key: issued[key] for key in ("jti", "username", "label")} == {
        key: listed[key] for key in ("jti", "username", "label")
    }
    assert issued["expires_at"][:19] == listed["expires_at"][:19]
    assert issued["token"].count(".") == 2
    assert answer(anywhere, "tokens", "revoke", issued["jti"])["state"] == "revoked"
    assert answer(anywhere, "bots", "delete", "ci", "--force")["bot"]["username"] == "ci"
    assert answer(anywhere, "bots", "reactivate", "ci")["state"] == "active"


def test_domains(anywhere: Symflow) -> None:
    assert answer(anywhere, "domains", "add", "example.org")["domain"] == "example.org"
    assert answer(anywhere, "domains", "remove", "example.org") == {"domain": "example.org"}
