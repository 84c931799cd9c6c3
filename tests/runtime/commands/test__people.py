"""``symflow users`` in both ways it works: what it prints is the same."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sym.audit.events import Actor
from sym.commands import _asking, _people_identities, users
from sym.commands._people import LocalPeople
from sym.commands._people_table import decoded, read_table, write_table
from sym.commands.users import command
from sym.store.database import Store
from sym.store.identities import Identity, save_identity
from sym.store.users import create_user, find_user, rename
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.people_server import served, through

OKTA = ("--service-type", "okta", "--external-id", "acme.okta.com")
ANN = "ann@acme.example"


@pytest.fixture(params=["local", "remote"])
def way(request: pytest.FixtureRequest, symflow: Symflow, store: Store) -> Iterator[Symflow]:
    """``symflow`` on the store, then through a server, as the admin."""
    if request.param == "local":
        yield symflow
        return
    with served(store, symflow.folder) as url:
        yield through(symflow, url, "root@acme.example")


def last(symflow: Symflow, count: int) -> list[str]:
    """What the newest entries of the audit log say."""
    return [row["WHAT"] for row in symflow.rows("audit", "list")][-count:]


def shown(way: Symflow, name: str = ANN) -> dict[str, object]:
    person: dict[str, object] = json.loads(way("users", "show", name, "--json").stdout)
    return person


def test_a_person_from_joining_to_leaving(way: Symflow, symflow: Symflow) -> None:
    way("users", "create", "Ann@acme.example", "--identity", "okta:acme.okta.com=00u=1", "--first-name", "Ann")
    assert last(symflow, 2) == ["user.created", "identity.saved"]
    assert {"USERNAME": ANN, "ROLE": "member", "NAME": "Ann", "STATE": "active"} in way.rows("users", "list")
    assert shown(way)["identities"] == [
        {"service_type": "okta", "external_id": "acme.okta.com", "user_id": "00u=1"}
    ]  # fmt: skip
    assert "okta:acme.okta.com\t00u=1" in way("users", "show", ANN).stdout
    way("users", "update-name", ANN, "Ann", "van", "Ash")
    assert (shown(way)["first_name"], shown(way)["last_name"]) == ("Ann", "van Ash")
    way("users", "set-role", ANN, "--role", "admin")
    assert way.rows("users", "list", "--role", "admin", "--state", "active")[0]["USERNAME"] == ANN
    changed = json.loads(way("users", "update-identity", ANN, *OKTA, "--new-value", "00u2", "--json").stdout)
    assert changed == {"service_type": OKTA[1], "external_id": OKTA[3], "user_id": "00u2"}
    assert way.rows("users", "list-identities") == [
        {"sym:cloud": ANN, "okta:acme.okta.com": "00u2"}, {"sym:cloud": "root@acme.example", "okta:acme.okta.com": ""},
    ]  # fmt: skip
    gone = json.loads(way("users", "delete-identity", ANN, *OKTA, "--force", "--json").stdout)
    assert gone == {"service_type": OKTA[1], "external_id": OKTA[3]}
    assert shown(way)["identities"] == []
    assert "no identity in okta:acme.okta.com" in way("users", "delete-identity", ANN, *OKTA, "--force", code=4).stderr
    way("users", "delete", ANN, "--force")
    assert shown(way)["state"] == "deactivated"
    assert [row["sym:cloud"] for row in way.rows("users", "list-identities")] == ["root@acme.example"]
    way("users", "reactivate", ANN)
    assert shown(way, str(shown(way)["id"]).upper())["state"] == "active"
    assert last(symflow, 6) == [
        "user.renamed", "user.role_changed", "identity.saved", "identity.deleted", "user.deactivated",
        "user.reactivated",
    ]  # fmt: skip


def test_refusals_are_the_same_both_ways(way: Symflow) -> None:
    for arguments in (("show",), ("set-role", "--role", "guest"), ("update-name", "Zoe"), ("delete", "--force"),
                      ("reactivate",), ("update-identity", *OKTA, "--new-value", "x")):  # fmt: skip
        verb, *options = arguments
        assert "There is no person zoe@x" in way("users", verb, "zoe@x", *options, code=4).stderr
    root = "root@acme.example"
    assert "is the last admin" in way("users", "set-role", root, "--role", "member", code=1).stderr
    assert "is the last admin" in way("users", "delete", root, "--force", code=1).stderr
    way("users", "create", ANN, "--identity", "okta:acme.okta.com=00u1")
    assert ANN in way("users", "update-identity", root, *OKTA, "--new-value", "00u1", code=1).stderr
    assert "is no type" in way("users", "create", "bo@x", "--identity", "slakc:T1=U1", code=1).stderr
    assert "already" in way("users", "create", ANN, code=1).stderr
    for bad in ("okta", "okta:=x", "okta:a=", ":a=b"):
        way("users", "create", "bo@x", "--identity", bad, code=2)


def test_somebody_without_an_address_goes_by_their_username(way: Symflow, store: Store) -> None:
    with store.transaction() as conn:
        create_user(conn, username="slack-T9-U9", email=None, type="normal", role="guest", actor=Actor.SYSTEM,
                    now=datetime.now(UTC))  # fmt: skip
    assert shown(way, "slack-T9-U9")["role"] == "guest"


def test_whoever_is_no_admin_gets_nothing_from_a_server(symflow: Symflow, store: Store) -> None:
    symflow("users", "create", ANN)
    with served(store, symflow.folder) as url:
        ann = through(symflow, url, ANN)
        for arguments in (
            ("list",),
            ("show", ANN),
            ("list-identities",),
            ("delete", ANN, "--force"),
            ("create", "b@c"),
        ):
            assert "Only admins" in ann("users", *arguments, code=4).stderr


def write(folder: Path, text: str) -> str:
    (folder / "people.csv").write_text(text)
    return str(folder / "people.csv")


def test_a_table_that_was_written_changes_nothing(way: Symflow, store: Store, tmp_path: Path) -> None:
    way("users", "create", ANN)
    with store.transaction() as conn:
        ann = find_user(conn, email=ANN)
        assert ann is not None
        for service_id, value in (("=1+1", "@x"), ("a,b", "'=x\"\n\r\x85"), ("T1", "-1")):
            one = Identity(user_id=ann.id, service="custom", service_id=service_id, external_user_id=value)
            save_identity(conn, one, datetime.now(UTC))
    file = str(tmp_path / "out.csv")
    assert way("users", "list-identities", "-o", file).stdout == ""
    assert way("users", "list-identities", "-o", "-").stdout == Path(file).read_bytes().decode()
    assert "Nothing changes." in way("users", "update", "-i", file, "--yes").stderr


WRITABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)


@given(
    st.dictionaries(st.tuples(st.sampled_from(["okta", "intranet"]), WRITABLE), WRITABLE, max_size=4),
    st.one_of(st.none(), WRITABLE),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_known_of_people_a_table_of_it_changes_nothing(
    symflow: Symflow, store: Store, known: dict[tuple[str, str], str], name: str | None
) -> None:
    now = datetime.now(UTC)
    with store.transaction() as conn:
        root = find_user(conn, email="root@acme.example")
        assert root is not None
        conn.execute(sa.text("delete from sym_identity"))
        rename(conn, root.id, name, name, actor=Actor.SYSTEM, now=now)
        for (service, service_id), value in known.items():
            one = Identity(user_id=root.id, service=service, service_id=service_id, external_user_id=value)
            save_identity(conn, one, now)
    people = LocalPeople(store)
    for has_details in (True, False):
        text = write_table(people.list(state="active"), people.accounts(), has_details=has_details)
        table: dict[str, Any] = {"rows": read_table(decoded(text.encode())), "missing": "delete", "dry_run": True}
        assert people.arrange(table)["changes"] == []


def test_many_are_changed_at_once(way: Symflow, symflow: Symflow, tmp_path: Path) -> None:
    way("users", "create", ANN, "--identity", "okta:acme.okta.com=00u1")
    way("users", "create", "bob@acme.example")
    file = write(tmp_path, f"sym:cloud,okta:acme.okta.com,role\nroot@acme.example,,\n{ANN},00u2,guest\nzoe@x,00u1,\n")
    refused = way("users", "update", "-i", file, "--yes", code=2)
    assert "bob@acme.example" in refused.stderr
    assert "--missing" in refused.stderr
    planned = json.loads(way("users", "update", "-i", file, "--dry-run", "--json").stdout)
    assert (planned["applied"], planned["missing"]) == (False, ["bob@acme.example"])
    count = len(symflow.rows("audit", "list"))
    assert "--missing" in way("users", "update", "-i", file, code=2).stderr
    assert len(symflow.rows("audit", "list")) == count
    done = way("users", "update", "-i", file, "--yes", "--missing", "delete")
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"~ {ANN}", "    role: member -> guest", "    okta:acme.okta.com: 00u1 -> 00u2", "+ zoe@x",
        "    role: (none) -> member", "    okta:acme.okta.com: (none) -> 00u1", "- bob@acme.example",
        "People: 1 to create, 1 to change, 1 to delete.", "Done.",
    ]  # fmt: skip
    assert [(row["USERNAME"], row["ROLE"], row["STATE"]) for row in way.rows("users", "list")] == [
        (ANN, "guest", "active"), ("bob@acme.example", "member", "deactivated"),
        ("root@acme.example", "admin", "active"), ("zoe@x", "member", "active"),
    ]  # fmt: skip
    assert "Nothing changes." in way("users", "update", "-i", file, "--yes").stderr


def test_a_script_of_the_original_that_names_a_file_is_not_asked(way: Symflow, tmp_path: Path) -> None:
    way("users", "create", ANN)
    file = write(tmp_path, f"sym:cloud,okta:acme.okta.com\nroot@acme.example,\n{ANN},00u2\nzoe@acme.example,00u1\n")
    assert way("users", "update", "-i", file).stderr.endswith("People: 1 to create, 1 to change.\nDone.\n")
    assert [row["USERNAME"] for row in way.rows("users", "list")] == [ANN, "root@acme.example", "zoe@acme.example"]


def test_a_mistake_anywhere_in_the_table_changes_nothing(way: Symflow, tmp_path: Path) -> None:
    file = write(tmp_path, "sym:cloud,role,slakc:T1\nroot@acme.example,,\nann@x,king,\nbob@x,,U1\n")
    said = way("users", "update", "-i", file, "--yes", code=1).stderr
    assert "line 3, column role: 'king'" in said
    assert "line 4, column slakc:T1: 'slakc'" in said
    assert len(way.rows("users", "list")) == 1
    file = write(tmp_path, "sym:cloud\n")
    assert "last admin" in way("users", "update", "-i", file, "--yes", "--missing", "delete", code=1).stderr


def test_what_is_missing_without_a_terminal_is_a_usage_error_that_names_the_option(symflow: Symflow) -> None:
    symflow("users", "create", ANN, "--identity", "okta:acme.okta.com=00u1")
    for arguments, option in (
        (("create", "b@c", "-s", "okta"), "--identity okta:acme.okta.com=USER_ID"),
        (("create", "b@c", "-s", "slack"), "--identity"), (("update",), "--input-file"), (("delete", ANN), "--yes"),
        (("delete-identity", ANN, *OKTA), "--yes"), (("delete-identity", ANN, *OKTA[:2]), "--external-id"),
        (("update-identity", ANN, *OKTA), "--new-value"), (("update-identity", ANN), "--service-type"),
        (("set-role", ANN), "--role"), (("update-name", ANN), "NAME"),
    ):  # fmt: skip
        said = " ".join(symflow("users", *arguments, code=2).stderr.replace("│", " ").split())
        assert option in said, arguments
    assert "Created" in symflow("users", "create", "b@c", "-s", "okta", "--identity", "okta:acme.okta.com=00u2").stderr


@pytest.fixture
def answer(symflow: Symflow, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Calls a command of the group with somebody at the terminal, who answers; gives what they see."""
    from click.testing import CliRunner

    for module in (_asking, _people_identities, users):
        monkeypatch.setattr(module, "is_terminal", lambda: True)

    def call(*arguments: str, answers: str, code: int = 0, **environment: str) -> str:
        result = CliRunner().invoke(command, list(arguments), input=answers,
                                    env={**symflow.environment, **environment})  # fmt: skip
        assert result.exit_code == code, result.stderr
        return result.stderr

    return call


def test_a_newcomer_is_asked_who_they_are_in_every_account(answer: Callable[..., str], symflow: Symflow) -> None:
    for number, account in enumerate(("a.okta.com", "b.okta.com", "c.okta.com")):
        symflow("users", "update-identity", "root@acme.example", "--service-type", "okta", "--external-id", account,
                "--new-value", f"r{number}")  # fmt: skip
    said = answer("create", ANN, "-s", "okta", "--identity", "okta:a.okta.com=00u1", answers="00u2\n\n")
    assert "okta:a.okta.com" not in said
    assert shown(symflow)["identities"] == [
        {"service_type": "okta", "external_id": "a.okta.com", "user_id": "00u1"},
        {"service_type": "okta", "external_id": "b.okta.com", "user_id": "00u2"},
    ]


def test_what_was_left_out_is_asked_for(answer: Callable[..., str], symflow: Symflow) -> None:
    symflow("users", "create", ANN)
    answer("update-identity", ANN, answers="okta\nacme.okta.com\n00u1\n")
    said = answer("update-identity", ANN, answers="\n\n00u2\n")  # one type, one account: they are proposed
    assert "[okta]" in said
    assert "[acme.okta.com]" in said
    answer("delete-identity", ANN, answers="\n\nn\n", code=1)
    assert shown(symflow)["identities"] != []
    answer("delete-identity", ANN, answers="\n\ny\n")
    assert shown(symflow)["identities"] == []
    answer("delete", ANN, answers="n\n", code=1)
    assert shown(symflow)["state"] == "active"
    answer("delete", ANN, answers="y\n")
    assert shown(symflow)["state"] == "deactivated"


def editor(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_the_table_is_changed_in_the_editor(answer: Callable[..., str], symflow: Symflow, tmp_path: Path) -> None:
    symflow("users", "create", ANN, "--first-name", "Ann")
    adds = editor(tmp_path, "adds", 'sed -i -e /^ann/d "$1"; echo "zoe@x,guest,Zoe," >> "$1"')
    answer("update", answers="n\n", code=1, VISUAL=adds)
    assert len(symflow.rows("users", "list")) == 2
    said = answer("update", answers="y\n", VISUAL=adds)
    assert f"- {ANN}" in said
    assert [(row["USERNAME"], row["NAME"], row["STATE"]) for row in symflow.rows("users", "list")] == [
        (ANN, "Ann", "deactivated"), ("root@acme.example", "", "active"), ("zoe@x", "Zoe", "active"),
    ]  # fmt: skip
    assert "Nothing changes." in answer("update", answers="", VISUAL=editor(tmp_path, "same", "true"))


def test_a_table_with_a_mistake_is_opened_again_as_it_was_left(
    answer: Callable[..., str], symflow: Symflow, tmp_path: Path
) -> None:
    mends = editor(tmp_path, "mends", 'grep -q king "$1" && sed -i s/king/guest/ "$1" || echo "zoe@x,king,," >> "$1"')
    said = answer("update", answers="y\ny\n", VISUAL=mends)
    assert "line 3, column role: 'king'" in said
    assert shown(symflow, "zoe@x")["role"] == "guest"


def test_a_terminal_is_one_that_can_be_asked(symflow: Symflow) -> None:
    symflow("users", "create", ANN)
    environment = {key: value for key, value in {**os.environ, **symflow.environment}.items() if value is not None}
    ours, theirs = pty.openpty()
    try:
        os.write(ours, b"y\n")
        arguments = [str(Path(sys.executable).with_name("symflow")), "users", "delete", ANN]
        done = subprocess.run(arguments, env=environment, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE,
                              timeout=60, check=False)  # fmt: skip
        said = os.read(ours, 65536)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, said
    assert done.stdout == b""
    assert b"Delete ann@acme.example?" in said
    assert shown(symflow)["state"] == "deactivated"
