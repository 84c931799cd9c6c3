"""The audit log on the command line."""

from __future__ import annotations

import json

from tests.runtime.commands.conftest import Symflow


def test_entries_come_in_order_with_who_and_what(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    rows = symflow.rows("audit", "list")
    assert [row["WHAT"] for row in rows] == ["organization.created", "user.created", "bot.created"]
    assert {row["WHO"] for row in rows} == {"system"}
    assert [int(row["NO"]) for row in rows] == sorted(int(row["NO"]) for row in rows)


def test_json_has_whole_entries(symflow: Symflow) -> None:
    entries = json.loads(symflow("audit", "list", "--json").stdout)
    assert [entry["name"] for entry in entries] == ["organization.created", "user.created"]
    assert all(entry["meta"]["schema_version"] for entry in entries)


def test_a_long_log_is_continued(symflow: Symflow) -> None:
    result = symflow("audit", "list", "--limit", "1", "--json")
    (first,) = json.loads(result.stdout)
    assert f"--after {first['sequence']}" in result.stderr
    assert [row["WHAT"] for row in symflow.rows("audit", "list", "--after", str(first["sequence"]))] == ["user.created"]


def test_a_run_nobody_knows_has_no_entries(symflow: Symflow) -> None:
    assert symflow.rows("audit", "list", "--run", "nothing") == []
