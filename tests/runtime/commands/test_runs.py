"""Requests on the command line, on the store of this machine."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import pytest

from sym.store.database import Store
from sym.store.runs import get_run, move_run
from sym.store.traces import Trace, insert_trace
from tests.runtime.commands.conftest import Symflow


@pytest.fixture
def people(symflow: Symflow) -> Symflow:
    symflow("users", "create", "ann@acme.example")
    symflow("users", "create", "eve@acme.example", "--role", "guest")
    return symflow


def ask(symflow: Symflow, flow: str, *more: str) -> str:
    arguments = ("runs", "request", flow, "--input", "reason=INC-42 \x1b[2J", "--as", "ann@acme.example", *more)
    return symflow(*arguments).stdout.strip()


def test_a_request_prints_the_id_of_its_run(people: Symflow, store: Store, flow: str) -> None:
    result = people("runs", "request", flow, "-i", "reason=INC=42", "--as", "Ann@acme.example")
    run_id = result.stdout.strip()
    assert run_id in result.stderr
    with store.reading() as conn:
        run = get_run(conn, run_id)
    assert run is not None
    assert (run.flow_slug, run.source, run.fields, run.status) == (flow, "cli", {"reason": "INC=42"}, "prompted")
    assert people.rows("runs", "list") == [
        {"RUN": run_id, "STATUS": "prompted", "FLOW": "acme:flow:deploy:1.0.0", "REQUESTER": "ann@acme.example",
         "CREATED": run.created_at.isoformat(sep=" ", timespec="microseconds"), "EXPIRES": ""},
    ]  # fmt: skip


def test_a_flow_may_be_named_by_its_srn(people: Symflow, flow: str) -> None:
    assert ask(people, f"acme:flow:{flow}:latest")


def test_json_names_run_and_event(people: Symflow, flow: str) -> None:
    accepted = json.loads(ask(people, flow, "--json"))
    assert set(accepted) == {"run_id", "event_id"}
    shown = json.loads(people("runs", "show", accepted["run_id"], "--json").stdout)
    assert [event["event_id"] for event in shown["events"]] == [accepted["event_id"]]
    (listed,) = json.loads(people("runs", "list", "--json").stdout)
    assert listed.items() <= shown.items()
    assert set(shown) - set(listed) == {
        "flow", "inputs", "inputs_hash", "context_hash", "deciders", "approved_at", "receipt", "no_receipt",
    }  # fmt: skip


def test_a_run_is_shown_line_by_line(people: Symflow, flow: str) -> None:
    run_id = ask(people, flow)
    text = people("runs", "show", run_id).stdout
    lines = dict(line.split("\t", 1) for line in text.splitlines())
    assert (lines["run_id"], lines["requester"], lines["status"]) == (run_id, "ann@acme.example", "prompted")
    assert json.loads(lines["fields"]) == {"reason": "INC-42 \x1b[2J"}
    assert lines["event"].endswith(" request processing")
    assert "\x1b" not in text


def test_a_wrong_answer_to_the_form_is_refused_with_its_field(people: Symflow, flow: str) -> None:
    result = people("runs", "request", flow, "--input", "reson=x", "--as", "ann@acme.example", code=1)
    assert "flow_inputs.reson" in result.stderr
    assert people.rows("runs", "list") == []


def test_an_unknown_flow_and_a_guest_are_exit_code_4(people: Symflow, flow: str) -> None:
    people("runs", "request", "other", "--as", "ann@acme.example", code=4)
    people("runs", "request", flow, "-i", "reason=x", "--as", "eve@acme.example", code=4)
    people("runs", "request", flow, "-i", "reason=x", "--as", "nobody", code=4)


@pytest.mark.parametrize(
    ("verb", "code"),
    [(["runs", "extend", "-d", "30m"], 4), (["runs", "retry"], 1), (["runs", "remove", "--reason", "by hand"], 1)],
)
def test_what_is_for_a_run_that_is_elsewhere_is_refused(people: Symflow, flow: str, verb: list[str], code: int) -> None:
    run_id = ask(people, flow)
    people(*verb, str(uuid.uuid4()), "--as", "root@acme.example", code=4)
    assert "Error: " in people(*verb, run_id, "--as", "root@acme.example", code=code).stderr


def test_only_admins_set_a_hook_aside(people: Symflow, flow: str, store: Store) -> None:
    run_id = ask(people, flow)
    with store.transaction() as conn:
        run = get_run(conn, run_id)
        assert run is not None
        move_run(conn, run, status="requested", permissions={"approve_deny": "member", "allow_self_approval": True})
    refused = people("runs", "approve", run_id, "--override", "--as", "ann@acme.example", code=4)
    assert "Only admins" in refused.stderr
    people("runs", "approve", run_id, "--override", "--as", "root@acme.example")


@pytest.mark.parametrize("verb", ["approve", "deny", "revoke"])
def test_a_run_nobody_knows_is_exit_code_4(people: Symflow, verb: str) -> None:
    people("runs", verb, str(uuid.uuid4()), "--as", "root@acme.example", code=4)
    people("runs", verb, "nothing", "--as", "root@acme.example", code=4)
    people("runs", "show", "nothing", code=4)


def test_what_the_engine_refuses_is_refused(people: Symflow, flow: str) -> None:
    run_id = ask(people, flow)
    # Nothing works requests off here: the run is still what it was when it was made.
    assert "still being processed" in people("runs", "approve", run_id, "--as", "root@acme.example", code=1).stderr
    assert people("runs", "revoke", run_id, "--as", "root@acme.example", code=1).stderr.startswith("Error: ")


def test_acting_needs_somebody_who_acts(people: Symflow, flow: str) -> None:
    assert "--as" in people("runs", "request", flow, "-i", "reason=x", code=3).stderr
    people("runs", "approve", "x", code=3)


def test_a_token_says_who_acts_and_must_be_good(people: Symflow, flow: str) -> None:
    token = people("tokens", "issue", "-u", "ann@acme.example", "-e", "1h", "-n").stdout
    people("runs", "request", flow, "-i", "reason=x", SYM_JWT=token)
    assert people.rows("runs", "list")[0]["REQUESTER"] == "ann@acme.example"
    result = people("runs", "request", flow, "-i", "reason=x", code=3, SYM_JWT=token[:-4] + "AAAA")
    assert token not in result.stderr


@pytest.mark.parametrize(
    "inputs", [["reason"], ["=x"], [":=1"], ["a=1", "a=2"], ["n:=x"], ["n:="], ["duration=long"], ["duration=0"]]
)
def test_malformed_answers_are_usage_errors(people: Symflow, inputs: list[str]) -> None:
    options = [part for text in inputs for part in ("--input", text)]
    people("runs", "request", "deploy", *options, "--as", "ann@acme.example", code=2)


@pytest.mark.parametrize("context", ["", "x", "[]", "1"])
def test_a_context_is_a_json_object(people: Symflow, context: str) -> None:
    people("runs", "request", "deploy", "--context", context, "--as", "ann@acme.example", code=2)


def test_runs_are_filtered_by_status(people: Symflow, flow: str) -> None:
    run_id = ask(people, flow)
    assert [row["RUN"] for row in people.rows("runs", "list", "--status", "prompted")] == [run_id]
    assert people.rows("runs", "list", "--status", "denied") == []
    people("runs", "list", "--limit", "0", code=2)


def test_runs_are_filtered_by_flow_requester_and_time(people: Symflow, flow: str) -> None:
    run_id = ask(people, flow)
    asked = ("--requester", "Ann@acme.example", "--flow", "acme:flow:deploy:latest", "--since", "1h")
    assert [row["RUN"] for row in people.rows("runs", "list", *asked)] == [run_id]
    assert [row["RUN"] for row in people.rows("runs", "list", "--flow", "Deploy", "--since", "2026-01-01")] == [run_id]
    for other in (("--requester", "root@acme.example"), ("--flow", "other"), ("--since", "2999-01-01T00:00+02:00")):
        assert people.rows("runs", "list", *other) == []
    people("runs", "list", "--requester", "nobody", code=4)
    people("runs", "list", "--since", "yesterday", code=2)
    assert "more" in people("runs", "list", "--limit", "1").stderr


def test_one_asks_for_others_as_a_bot_or_an_admin(people: Symflow, flow: str) -> None:
    options = ("runs", "request", flow, "-i", "reason=x", "--user-email", "Ann@acme.example")
    for who in ("root@acme.example", "ann@acme.example"):
        people(*options, "--as", who)
    assert [row["REQUESTER"] for row in people.rows("runs", "list")] == ["ann@acme.example"] * 2
    people("users", "create", "bob@acme.example")
    assert "on behalf" in people(*options, "--as", "bob@acme.example", code=4).stderr
    unknown = ("runs", "request", flow, "-i", "reason=x", "--user-email", "nobody@acme.example")
    assert "on behalf" in people(*unknown, "--as", "bob@acme.example", code=4).stderr  # nobody learns whom it knows
    assert "no such user" in people(*unknown, "--as", "root@acme.example", code=1).stderr
    people(*options, "--user-id", "x", "--as", "root@acme.example", code=2)


def test_a_request_that_is_sent_again_is_the_same_request_on_a_store_too(people: Symflow, flow: str) -> None:
    def asked(reason: str, who: str = "ann@acme.example", key: str = "one", code: int = 0) -> str:
        given = ("-i", f"reason={reason}", "--idempotency-key", key, "--as", who)
        done = people("runs", "request", flow, *given, code=code)
        return done.stdout or done.stderr

    first = asked("x")
    assert asked("x") == first
    assert len(people.rows("runs", "list")) == 1
    assert "another request" in asked("y", code=1)
    assert asked("x", key="two") != first
    assert asked("x", who="root@acme.example") != first
    assert "visible characters" in asked("x", key="a b", code=1)


def test_a_request_that_is_refused_frees_its_idempotency_key(people: Symflow, flow: str) -> None:
    arguments = ("runs", "request", flow, "--idempotency-key", "one", "--as", "ann@acme.example")
    people(*arguments, code=1)
    people(*arguments, "-i", "reason=x")


def test_a_trace_is_shown_with_the_run_and_moves_no_cursor(people: Symflow, store: Store, flow: str) -> None:
    run_id = ask(people, flow)
    step = {
        "handler": "on_request",
        "kind": "hook",
        "source": "impl.py",
        "ms": 12.0,
        "returned": None,
        "printed": "one\ntwo \x1b[2J",
        "asked": [{"what": "okta.members", "arguments": {"g": 1}, "answer": [2]}],
    }
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with store.transaction() as conn:
        insert_trace(
            conn,
            Trace(
                run_id=run_id,
                event_id=str(uuid.uuid4()),
                event_name="request",
                phase="decide",
                attempt=2,
                started_at=now,
                finished_at=now,
                outcome="requested",
                reason="on_request returned nothing.",
                steps=[step],
            ),
        )
    text = people("runs", "show", run_id, "--trace").stdout
    assert text.endswith(
        "2026-11-01 00:00:00.000000+00:00  request (decide, attempt 2): requested\n"
        "    on_request (impl.py, 12 ms) returned nothing\n"
        '        asked okta.members {"g": 1} -> [2]\n'
        "        printed: one\n"
        "        printed: two \\x1b[2J\n"
        "    because: on_request returned nothing.\n"
    )
    assert "because" not in people("runs", "show", run_id).stdout
    shown = json.loads(people("runs", "show", run_id, "--trace", "--json").stdout)
    assert [phase["steps"] for phase in shown["trace"]] == [[step]]
