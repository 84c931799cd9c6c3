"""Every command that changes something leaves its entry; a command that is new must say here what it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest

from sym.commands import root
from tests.runtime.commands.conftest import Symflow

READS = {
    "assess", "audit destinations", "audit list", "audit public-key", "audit verify", "bots list",
    "bots list-identities", "completion", "config get", "docs", "doctor", "domains list", "generate", "init",
    "keys list",
    "leases drift", "leases export", "leases list", "lint", "migrate", "organization configure-mfa", "resources list",
    "runs list", "runs show", "runs validate", "runs wait", "services list", "simulate", "slack manifest",
    "slack simulator", "status", "tokens list", "trust list", "users list", "users list-identities", "users show",
    "version",
}  # fmt: skip
# What a worker does of it is in the log of the run; the engine's tests look at that.
BY_THE_WORKER = {
    "runs approve", "runs deny", "runs extend", "runs remove", "runs request", "runs retry", "runs revoke", "serve",
    "worker",
}  # fmt: skip
# On a server: tests/runtime/api/routes/test_log_in.py. Needs trust: test_trust.py.
OF_LOGIN = {"login", "logout", "trust add", "trust remove"}
IN_TEST_USERS = {"users delete", "users delete-identity", "users reactivate", "users set-role", "users update"}
# Tables, and nothing in them; needs entries that are old enough; needs a store that was restored.
ELSEWHERE = {
    # Need a bot, an identity or a second key: see their own tests.
    "bots delete",
    "bots delete-identity",
    "bots reactivate",
    "bots set-role",
    "bots update-identity",
    "keys retire",
    "services delete",
    "services update",
} | {"store migrate", "audit prune", "tokens revoke", "recover"}
WRITES = {
    "audit export": ((), ["audit.exported"]),
    "bots create": (("ci",), ["bot.created"]),
    "keys rotate": ((), ["key.rotated"]),
    "init-org": (("acme", "--admin", "ann@acme.example"), ["organization.created", "user.created", "domain.added"]),
    "domains add": (("example.org",), ["domain.added"]),
    "domains remove": (("acme.example",), ["domain.removed"]),
    "tokens issue": (("-u", "root@acme.example", "-e", "1d"), ["token.issued"]),
    "users create": (("eve@acme.example",), ["user.created"]),
    "users update-identity": (
        ("root@acme.example", "--service-type", "okta", "--external-id", "acme.okta.com", "--new-value", "00u1"),
        ["identity.saved"],
    ),
    "users update-name": (("root@acme.example", "Rita", "Root"), ["user.renamed"]),
    "users erase": (("root@acme.example", "--yes"), ["user.deactivated", "user.erased"]),
}


def commands(group: click.Group, *path: str) -> Iterator[str]:
    """Every command there is."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name))


def test_every_command_says_what_it_leaves_in_the_log() -> None:
    missing = set(commands(root)) - READS - BY_THE_WORKER - ELSEWHERE - IN_TEST_USERS - OF_LOGIN - set(WRITES)
    assert missing == set(), "add them to the tables above"


@pytest.mark.parametrize("name", sorted(WRITES))
def test_a_command_that_changes_something_leaves_its_entry(bare: Symflow, name: str) -> None:
    arguments, names = WRITES[name]
    before = 0
    if name != "init-org":
        bare("init-org", "acme", "--admin", "root@acme.example")
        before = 3
    bare(*name.split(), *arguments)
    assert [row["WHAT"] for row in bare.rows("audit", "list")][before:] == names


def test_revoking_a_token_leaves_its_entry(symflow: Symflow) -> None:
    symflow("tokens", "issue", "-u", "root@acme.example", "-e", "1d")
    (token,) = json.loads(symflow("tokens", "list", "--json").stdout)
    symflow("tokens", "revoke", token["jti"])
    assert symflow.rows("audit", "list")[-1]["WHAT"] == "token.revoked"
