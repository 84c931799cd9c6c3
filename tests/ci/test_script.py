"""``ci/sym.sh``: what it sends, what it keeps, and when it says no."""

from __future__ import annotations

import base64
import json
import re
import signal
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.ci.api_double import EXCHANGED, IDENTITY, REQUEST_TOKEN, TOKEN, SymApi
from tests.ci.shells import SCRIPT, Job, in_every_shell, kept

FLOW = "acme:flow:deploy:latest"
RUN = str(uuid.UUID(int=7))
KEYLESS = {"SYM_JWT": "", "GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN}


def asking(**more: str) -> dict[str, str]:
    return {"SYM_COMMAND": "request", "SYM_PARAM_FLOW_SRN": FLOW, **more}


# request


@in_every_shell
def test_a_request_is_sent_and_kept_under_its_slug(job: Job, api: SymApi) -> None:
    finished = job("request", "--flow", FLOW, "--inputs", '{"commit": "abc", "n": 1.5}', "--slug", "one")
    assert api.asked == [{"flow_srn": FLOW, "flow_inputs": {"commit": "abc", "n": 1.5}, "context": {}}]
    answer = kept(job.folder, "requests.json")["one"]
    assert answer.keys() == {"run_id", "event_id", "request_body"}
    assert json.loads(finished.stdout) == {"run_id": answer["run_id"], "event_id": answer["event_id"]}
    job("request", "--flow", FLOW)
    assert kept(job.folder, "requests.json").keys() == {"one", ""}
    assert kept(job.folder, "requests.json")["one"] == answer


def test_on_whose_behalf_can_be_said(job: Job, api: SymApi) -> None:
    job("request", "--flow", FLOW, "--user-email", "ada@acme.example")
    job("request", "--flow", FLOW, "--user-id", RUN)
    assert [(body.get("user_email"), body.get("user_id")) for body in api.asked] == [
        ("ada@acme.example", None), (None, RUN),
    ]  # fmt: skip


@in_every_shell
def test_every_parameter_has_variables(job: Job, api: SymApi) -> None:
    job(**asking(
        A="deploy", SHA="abc", SYM_PARAM_FLOW_SRN="acme:flow:${A}:latest", SYM_PARAM_FLOW_INPUTS='{"commit": "$SHA"}',
        SYM_PARAM_FLOW_CONTEXT='{"${SHA}": ["x${A}y", "$UNSET"]}', SYM_PARAM_REQUEST_SLUG="s-$SHA",
        SYM_PARAM_API_URL="${OTHER_URL}", OTHER_URL=f"{api.url}/api/v1/", SYM_API_URL="http://127.0.0.1:1",
    ))  # fmt: skip
    assert api.asked == [{"flow_srn": FLOW, "flow_inputs": {"commit": "abc"}, "context": {"abc": ["xdeployy", ""]}}]
    assert list(kept(job.folder, "requests.json")) == ["s-abc"]


TEXTS = ["$A", "${A}", "$A$B", "x${A}y$B.", "$", "$$A", "${", "${A", "$1", "${A-b}", "$AB", "\\$A", "a$\nb", "ä$Aö"]


@in_every_shell
def test_variables_are_replaced_as_envsubst_does(job: Job, api: SymApi) -> None:
    text = "|".join(TEXTS)
    more = {"A": "va l", "B": 'v"b', "SYM_PARAM_FLOW_SRN": text}
    job(**asking(**more))
    wanted = subprocess.run(["envsubst"], input=text, env=job.environment(**more), capture_output=True, text=True,
                            check=True).stdout  # fmt: skip
    assert api.asked[0]["flow_srn"] == wanted


@in_every_shell
def test_a_value_cannot_become_more_than_a_value(job: Job, api: SymApi) -> None:
    """Whoever names a branch does not write the request."""
    branch = '", "approved": "yes\\'
    job(**asking(BRANCH=branch, N="3", M='{"a": [1]}', SYM_PARAM_FLOW_INPUTS='{"b": "<$BRANCH>", "n": ${N}, "m": $M}'))
    assert api.asked[0]["flow_inputs"] == {"b": f"<{branch}>", "n": 3, "m": {"a": [1]}}
    for value in ('1, "approved": true', "", "x"):
        refused = job(code=1, **asking(N=value, SYM_PARAM_FLOW_INPUTS='{"n": $N}'))
        assert "N stands outside of quotes and is not one JSON value" in refused.stderr
    assert len(api.asked) == 1


SECRETS = ["SYM_JWT", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "npm_token", "DB_PASSWORD", "DATADOG_APIKEY"]


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_not_sent_whoever_asks_for_it(job: Job, api: SymApi, name: str) -> None:
    for text in (f'{{"branch": "${{{name}}}"}}', f'{{"branch": ${name}}}'):
        refused = job(code=1, **asking(**{name: TOKEN, "SYM_PARAM_FLOW_INPUTS": text}))
        assert f"{name} looks like a secret" in refused.stderr
        assert TOKEN not in refused.stderr
    assert api.asked == []


def test_flags_are_taken_as_they_are(job: Job, api: SymApi) -> None:
    job("request", "--flow", FLOW, "--inputs", '{"branch": "$SYM_JWT ${HOME}"}')
    assert api.asked[0]["flow_inputs"] == {"branch": "$SYM_JWT ${HOME}"}


@in_every_shell
def test_the_context_is_that_of_the_workspace_unless_one_is_given(job: Job, api: SymApi) -> None:
    job.write("sym/context.json", '{"kept": {"a": 1}, "note": "old"}')
    texts = {"note": "new\n", "data.json": '{"b": 2}', "two words": "ä\n\n$HOME", "empty": "", ".hidden": "x"}
    for name, text in texts.items():
        job.write(f"sym/context/{name}", text)
    job.write("sym/context/deeper/not", "this")
    (job.folder / "sym/context/link").symlink_to("/etc/passwd")
    for given in ("", "{}", " { } "):
        job(**asking(SYM_PARAM_FLOW_CONTEXT=given))
        assert api.asked.pop()["context"] == {"kept": {"a": 1}, **texts}
    assert kept(job.folder, "context.json") == {"kept": {"a": 1}, **texts}
    job(**asking(SYM_PARAM_FLOW_CONTEXT='{"mine": true}'))
    assert api.asked.pop()["context"] == {"mine": True}


@in_every_shell
def test_files_alone_make_a_context(job: Job, api: SymApi) -> None:
    job.write("sym/context/long", "line\n" * 12_000)
    job("request", "--flow", FLOW)
    assert api.asked[0]["context"] == {"long": "line\n" * 12_000}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\x00b", b"\xed\xa0\x80"])
def test_what_is_not_text_is_no_context(job: Job, api: SymApi, content: bytes) -> None:
    job.write("sym/context/image", content)
    assert "sym/context/image is not text" in job("request", "--flow", FLOW, code=1).stderr
    assert api.asked == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("FLOW_INPUTS", "[]"), ("FLOW_INPUTS", "{"), ("FLOW_INPUTS", "{} {}"), ("FLOW_CONTEXT", '"text"')],
)
def test_what_is_no_object_is_refused_here(job: Job, api: SymApi, name: str, text: str) -> None:
    refused = job(code=1, **asking(**{f"SYM_PARAM_{name}": text}))
    assert f"{name.lower()} is no JSON object" in refused.stderr
    assert api.requests == 0


# the server


@in_every_shell
def test_a_failure_prints_the_body_and_ends_with_1(job: Job, api: SymApi) -> None:
    api.fail_next(400)
    refused = job("request", "--flow", FLOW, code=1)
    assert "answered with 400" in refused.stderr
    assert "It was failed on purpose." in refused.stderr
    assert refused.stdout == ""
    assert not (job.folder / "sym" / "requests.json").exists()
    assert "The token is not valid." in job("validate", "--run-id", RUN, SYM_JWT="other", code=1).stderr


@in_every_shell
def test_a_busy_server_is_asked_again_with_the_same_key(job: Job, api: SymApi) -> None:
    api.faults += ["throttle", "status 503", "crash"]
    job("request", "--flow", FLOW)
    assert len(api.idempotency) == 4
    assert len(set(api.idempotency)) == 1
    assert len(api.idempotency[0]) >= 32
    job("request", "--flow", FLOW)
    assert len(set(api.idempotency)) == 2, "another attempt of the job is another request"


def test_a_server_that_stays_busy_is_given_up(job: Job, api: SymApi) -> None:
    api.fail_next(503, times=20)
    assert "answered with 503" in job("validate", "--run-id", RUN, code=1).stderr
    assert api.requests == 6
    api.faults.clear()


def test_it_waits_as_long_as_the_server_says(job: Job, api: SymApi) -> None:
    api.retry_after = "1"
    api.throttle_next()
    began = time.monotonic()
    job("validate", "--run-id", RUN)
    assert time.monotonic() - began >= 1


def test_other_failures_are_not_tried_again(job: Job, api: SymApi) -> None:
    api.fail_next(500)
    job("validate", "--run-id", RUN, code=1)
    assert api.requests == 1


def test_a_server_that_is_not_there_is_said_to_be(job: Job) -> None:
    assert "cannot be reached" in job("validate", "--run-id", RUN, code=1, SYM_API_URL="http://127.0.0.1:1").stderr


@pytest.mark.parametrize("url", ["", "sym.example.com", "file:///etc/passwd", 'http://x" y'])
def test_there_is_no_address_but_the_one_given(job: Job, url: str) -> None:
    refused = job("validate", "--run-id", RUN, code=1, SYM_API_URL=url)
    assert "SYM_API_URL" in refused.stderr
    assert "symops" not in SCRIPT.read_text()


def test_an_answer_that_is_not_json_is_no_answer(job: Job, api: SymApi) -> None:
    api.run = {"status": "approved\nrequested"}
    assert "the status should be an id" in job("validate", "--run-id", RUN, code=1).stderr


# validate


@pytest.mark.parametrize("status", ["approved", "escalated"])
def test_what_is_approved_is_valid(job: Job, api: SymApi, status: str) -> None:
    api.statuses = [status]
    assert job("validate", "--run-id", RUN).stdout == f"{status}\n"
    assert api.log == [f"GET /api/v1/runs/{RUN}"]


@pytest.mark.parametrize("status", ["prompted", "requested", "denied", "expired", "deescalated", "errored", "ignored"])
def test_nothing_else_is_valid(job: Job, api: SymApi, status: str) -> None:
    api.statuses = [status]
    refused = job("validate", "--run-id", RUN, code=1)
    assert f"is {status}, not approved" in refused.stderr
    assert refused.stdout == ""


@in_every_shell
def test_the_run_is_that_of_the_slug(job: Job, api: SymApi) -> None:
    job("request", "--flow", FLOW, "--slug", "a")
    job("request", "--flow", FLOW, "--slug", "b")
    job(SYM_COMMAND="validate", SYM_PARAM_REQUEST_SLUG="$S", S="a")
    assert api.log[-1] == f"GET /api/v1/runs/{kept(job.folder, 'requests.json')['a']['run_id']}"
    assert 'nothing under the slug "c"' in job("validate", "--slug", "c", code=1).stderr


def test_without_a_request_there_is_nothing_to_validate(job: Job, api: SymApi) -> None:
    assert "did an earlier job make the request" in job("validate", "--slug", "a", code=1).stderr
    assert "should be an id" in job("validate", "--run-id", "../tokens", code=1).stderr
    assert api.requests == 0


@in_every_shell
def test_an_approval_that_is_being_written_down_is_waited_for(job: Job, api: SymApi) -> None:
    api.run = {"events": [{"name": "approve", "status": "processing"}]}
    api.statuses = ["requested", "approved"]
    job("validate", "--run-id", RUN)
    assert api.requests == 2


APPROVED: dict[str, Any] = {
    "flow_srn": "acme:flow:deploy:3.0.0", "duration": 600, "target_srn": "acme:access_target:custom:prod:latest:17",
    "fields": {"commit": "abc", "failures": 3, "force": False, "tags": ["a", "b"], "none": None, "version": "1"},
}  # fmt: skip


@pytest.mark.parametrize(
    "wanted",
    [
        ["--flow", "acme:flow:deploy:latest"],
        ["--flow", "acme:flow:deploy:3.0.0"],
        ["--flow", "deploy"],
        ["--input", "commit=abc", "--input", "failures=3", "--input", "force=false", "--input", "duration=600"],
        ["--inputs", '{"commit": "abc", "failures": 3, "force": false, "tags": ["a", "b"], "none": null}'],
        ["--input", 'tags=["a","b"]', "--input", "version=1"],
        ["--input", "target_srn=acme:access_target:custom:prod:latest"],
    ],
)
def test_what_was_approved_is_compared(job: Job, api: SymApi, wanted: list[str]) -> None:
    api.run = APPROVED
    job("validate", "--run-id", RUN, *wanted)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["--flow", "acme:flow:deploy:2.0.0"], "its flow is acme:flow:deploy:3.0.0, not acme:flow:deploy:2.0.0"),
        (["--flow", "acme:flow:deplo:latest"], "its flow is"),
        (["--flow", "other:flow:deploy:latest"], "its flow is"),
        (["--flow", "flow"], "its flow is"),
        (["--input", "commit=abd"], 'its input commit is "abc", not "abd"'),
        (["--input", "commit="], 'its input commit is "abc", not ""'),
        (["--input", "branch=main"], "it has no input branch"),
        (["--inputs", '{"version": 1}'], 'its input version is "1", not 1'),
        (["--inputs", '{"failures": 3, "force": true}'], "its input force is false, not true"),
        (["--input", "target_srn=acme:access_target:custom:pro:latest"], "its input target_srn is"),
        (["--input", "none="], 'its input none is null, not ""'),
    ],
)
def test_an_approval_of_something_else_is_none(job: Job, api: SymApi, wanted: list[str], said: str) -> None:
    api.run = APPROVED
    assert said in job("validate", "--run-id", RUN, *wanted, code=1).stderr


def receipt(**claims: Any) -> str:
    text = json.dumps(claims | {"note": "\u00ff?>"}, ensure_ascii=False)  # what base64 and base64url write differently
    return f"eyJh.{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}.c2ln"


SIGNED = {"sub": RUN, "flow": "acme:flow:deploy:3.0.0", "status": "approved", "inputs_hash": "f" * 64}


@in_every_shell
def test_a_receipt_is_for_this_run(job: Job, api: SymApi) -> None:
    api.run = {**APPROVED, "inputs_hash": "f" * 64, "no_receipt": None, "receipt": receipt(**SIGNED)}
    for padding in ("", "x", "xx"):
        api.run["receipt"] = receipt(**SIGNED, jti=padding)
        job("validate", "--run-id", RUN)
    for change in ({"sub": "x"}, {"flow": FLOW}, {"status": "escalated"}, {"inputs_hash": None}):
        api.run["receipt"] = receipt(**{**SIGNED, **change})
        assert "its receipt is for something else" in job("validate", "--run-id", RUN, code=1).stderr
    for nonsense in ("", "a", "a.b.c", "a.WyJ4Il0.c"):
        api.run["receipt"] = nonsense
        assert "its receipt is for something else" in job("validate", "--run-id", RUN, code=1).stderr


@in_every_shell
def test_an_approval_of_what_was_changed_since_is_none(job: Job, api: SymApi) -> None:
    api.run = {**APPROVED, "receipt": None, "no_receipt": "There is no receipt for this run: its fields were changed."}
    assert "its fields were changed" in job("validate", "--run-id", RUN, code=1).stderr
    assert api.requests == 1


def test_a_receipt_that_is_about_to_be_there_is_waited_for(job: Job, api: SymApi) -> None:
    given = {**APPROVED, "inputs_hash": "f" * 64}
    api.runs = [{**given, "receipt": None, "no_receipt": "pending: There is no receipt for this run: sealing."},
                {**given, "receipt": receipt(**SIGNED), "no_receipt": None}]  # fmt: skip
    job("validate", "--run-id", RUN)
    assert api.requests == 2


@in_every_shell
def test_all_differences_are_said(job: Job, api: SymApi) -> None:
    api.run = APPROVED
    wanted = {"SYM_PARAM_FLOW_SRN": "acme:flow:x:latest", "SYM_PARAM_FLOW_INPUTS": '{"commit": "$SHA"}', "SHA": "x"}
    refused = job(code=1, SYM_COMMAND="validate", SYM_PARAM_RUN_ID=RUN, **wanted)
    assert "its flow is" in refused.stderr
    assert "its input commit is" in refused.stderr


def test_an_approval_that_says_nothing_of_itself_is_none_where_something_is_asked(job: Job, api: SymApi) -> None:
    job("validate", "--run-id", RUN)
    assert "its flow is null" in job("validate", "--run-id", RUN, "--flow", FLOW, code=1).stderr
    assert "it has no input a" in job("validate", "--run-id", RUN, "--input", "a=b", code=1).stderr


# wait, deescalate, validate-event


@in_every_shell
def test_it_waits_until_somebody_decides(job: Job, api: SymApi) -> None:
    api.statuses = ["prompted", "requested", "requested", "approved"]
    waited = job("wait", "--run-id", RUN, "--interval", "0")
    assert waited.stdout == "approved\n"
    assert waited.stderr.count("waiting for a decision") == 1  # and then once a minute
    assert api.requests == 4


@pytest.mark.parametrize("status", ["denied", "expired", "errored"])
def test_it_waits_no_longer_when_it_is_over(job: Job, api: SymApi, status: str) -> None:
    api.statuses = ["requested", status]
    refused = job("wait", "--run-id", RUN, "--interval", "0", code=1)
    assert (refused.stdout, f"is {status}" in refused.stderr) == (f"{status}\n", True)


def test_it_does_not_wait_for_ever(job: Job, api: SymApi) -> None:
    api.statuses = ["requested"]
    assert "nobody decided" in job("wait", "--run-id", RUN, "--timeout", "0", code=1).stderr


def test_a_request_that_failed_is_not_waited_for(job: Job, api: SymApi) -> None:
    api.statuses = ["prompted"]
    api.run = {"events": [{"name": "request", "status": "error", "error": "No such channel."}]}
    assert "No such channel." in job("wait", "--run-id", RUN, code=1).stderr


@in_every_shell
def test_access_is_ended_and_the_event_kept(job: Job, api: SymApi) -> None:
    job("request", "--flow", FLOW, "--slug", "a")
    event = json.loads(job("deescalate", "--slug", "a").stdout)["event_id"]
    answer = kept(job.folder, "deescalates.json")["a"]
    assert answer["event_id"] == event
    assert answer["request_body"] == {"run_id": kept(job.folder, "requests.json")["a"]["run_id"]}
    assert all(api.idempotency)
    job("validate-event", "--slug", "a", "--event-name", "deescalate")
    assert api.log[-1] == f"GET /api/v1/events/{event}"


def test_an_event_is_waited_for(job: Job, api: SymApi) -> None:
    api.event_states = ["processing", "processing", "success"]
    assert job("validate-event", "--event-id", RUN, "--interval", "0").stdout == "success\n"
    assert api.requests == 3


def test_an_event_that_failed_is_a_failure(job: Job, api: SymApi) -> None:
    api.event_states = ["error"]
    assert "The hook said no." in job("validate-event", "--event-id", RUN, code=1).stderr


@in_every_shell
def test_an_event_is_looked_at_a_number_of_times(job: Job, api: SymApi) -> None:
    api.event_states = ["processing"]
    often = ["--event-id", RUN, "--attempts", "3", "--interval", "0"]
    assert "still processing after 3 looks" in job("validate-event", *often, code=1).stderr
    assert api.requests == 3
    assert job("validate-event", *often, "--fail-on-timeout", "false").stdout == "processing\n"


# used wrongly, and secrets


@pytest.mark.parametrize(
    "arguments",
    [[], ["ask"], ["request"], ["request", "--flow"], ["validate", "--other", "x"], ["validate-event"],
     ["validate-event", "--event-name", "approve"], ["wait", "--timeout", "soon"], ["validate", "--input", "novalue"],
     ["validate-event", "--fail-on-timeout", "perhaps"]],
)  # fmt: skip
def test_what_is_used_wrongly_says_so(job: Job, api: SymApi, arguments: list[str]) -> None:
    refused = job(*arguments, code=2)
    assert refused.stderr.startswith("sym: ")
    assert api.requests == 0


@pytest.mark.parametrize("token", ['a"\nurl = "http://127.0.0.1:1', "a b", "tökèn", 'a"b'])
def test_what_is_no_token_is_not_sent(job: Job, api: SymApi, token: str) -> None:
    refused = job("validate", "--run-id", RUN, code=1, SYM_JWT=token.replace(" ", "€"))
    assert "the token is none" in refused.stderr
    assert api.requests == 0


@in_every_shell
@pytest.mark.parametrize("key", ["x\r\nX-Evil: 1", "x\nX-Evil: 1", "x y", "x\x1b[2J"])
def test_a_key_adds_no_headers(job: Job, api: SymApi, key: str) -> None:
    refused = job("request", "--flow", "acme:flow:x:latest", "--inputs", "{}", code=1, SYM_IDEMPOTENCY_KEY=key)
    assert "visible characters" in refused.stderr
    assert api.requests == 0


def test_spaces_around_a_token_are_taken_off(job: Job) -> None:
    job("validate", "--run-id", RUN, SYM_JWT=f" {TOKEN}\r\n")


def test_without_a_token_nothing_is_sent(job: Job, api: SymApi) -> None:
    assert "set SYM_JWT" in job("validate", "--run-id", RUN, code=1, SYM_JWT="").stderr
    assert api.requests == 0


@in_every_shell
def test_the_token_is_in_no_argument_and_no_output(job: Job, api: SymApi, tmp_path: Path) -> None:
    """Every program the script starts writes its arguments down; the shell traces what it does."""
    spy = tmp_path / "spy"
    for program in ("curl", "jq", "sed", "tr", "cat"):
        real = subprocess.run(["which", program], capture_output=True, text=True, check=True).stdout.strip()
        path = job.write(f"bin/{program}", f'#!/bin/sh\nprintf "%s\\n" "$0 $*" >> "{spy}"\nexec {real} "$@"\n')
        path.chmod(0o755)
    more = {"PATH": f"{tmp_path / 'bin'}:{job.environment()['PATH']}", "SHELLOPTS": "xtrace"}
    if job.shell != ["bash"]:
        del more["SHELLOPTS"]
        job.shell = [*job.shell, "-x"]
    outputs = [job("request", "--flow", FLOW, **more)]
    url = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{api.url}/oidc?api-version=2"}
    outputs.append(job("validate", "--slug", "", **more, **KEYLESS, **url))
    masked = f"::add-mask::{IDENTITY}\n::add-mask::{EXCHANGED}\n"
    assert outputs[1].stdout == f"{masked}approved\n"
    shown = spy.read_text() + "".join(finished.stdout + finished.stderr for finished in outputs).replace(masked, "")
    assert "curl" in shown
    for secret in (TOKEN, EXCHANGED, IDENTITY, REQUEST_TOKEN):
        assert secret not in shown
    assert [path.name for path in (tmp_path / "sym").iterdir()] == ["requests.json"]
    assert TOKEN not in (tmp_path / "sym" / "requests.json").read_text()


@in_every_shell
def test_nothing_is_left_behind(job: Job, api: SymApi, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    job("request", "--flow", FLOW, TMPDIR=str(scratch))
    job("validate", "--run-id", "..", code=1, TMPDIR=str(scratch))
    assert list(scratch.iterdir()) == []


@in_every_shell
def test_a_job_that_is_cancelled_leaves_nothing_behind(job: Job, api: SymApi, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    api.statuses = ["requested"]
    process = job.start("wait", "--run-id", RUN, "--interval", "1", TMPDIR=str(scratch))
    while api.requests < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert list(scratch.iterdir()) == []


# keyless


@in_every_shell
def test_a_job_of_github_needs_no_token(job: Job, api: SymApi) -> None:
    url = f"{api.url}/oidc?api-version=2"
    output = job.write("output", "")
    finished = job("request", "--flow", FLOW, **KEYLESS, ACTIONS_ID_TOKEN_REQUEST_URL=url, GITHUB_OUTPUT=str(output))
    assert api.audiences == [api.url]
    assert api.log[-1] == "POST /api/v1/events/request"
    assert json.loads(finished.stdout.splitlines()[-1]).keys() == {"run_id", "event_id"}
    assert re.fullmatch(r"run-id=[0-9a-f-]{36}\nevent-id=[0-9a-f-]{36}\n", output.read_text())
    job("validate", "--slug", "", **KEYLESS, ACTIONS_ID_TOKEN_REQUEST_URL=url, SYM_OIDC_AUDIENCE="a b&c=d")
    assert api.audiences[-1] == "a b&c=d"


@pytest.mark.parametrize("name", ["SYM_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2"])
def test_a_job_with_a_token_of_its_issuer_exchanges_it_once(job: Job, api: SymApi, name: str) -> None:
    token_file = job.folder / "token"
    more = {"SYM_JWT": "", name: IDENTITY, "SYM_TOKEN_FILE": str(token_file)}
    job("validate", "--run-id", RUN, **more)
    assert "add-mask" not in job("validate", "--run-id", RUN, **more).stdout
    assert api.log.count("POST /api/v1/tokens/exchange") == 1
    assert token_file.stat().st_mode & 0o777 == 0o600


def test_an_exchange_that_is_refused_says_why(job: Job, api: SymApi) -> None:
    api.is_replayed = True
    refused = job("validate", "--run-id", RUN, code=1, SYM_JWT="", SYM_OIDC_TOKEN=IDENTITY)
    assert "This token was exchanged before." in refused.stderr
    assert IDENTITY not in refused.stderr
