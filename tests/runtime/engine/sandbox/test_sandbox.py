"""Results, output, many calls at once, and the life of the zygote."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sym.engine.sandbox import measures
from sym.engine.sandbox.sandbox import Answer, Call, CallFailed, Limits, Sandbox
from sym.errors import AuthorCodeFailed, Retryable

Run = Callable[..., Answer]
Fails = Callable[..., CallFailed]
CallOf = Callable[..., Call]
MIB = 1024 * 1024


def test_a_result_comes_back_as_json(run: Run) -> None:
    assert run("return {'list': [1, 2.5, None, True], 'text': 'ü'}").value == {
        "list": [1, 2.5, None, True],
        "text": "ü",
    }


def test_what_is_printed_comes_back_as_the_log(run: Run) -> None:
    answer = run("import sys; print('to stdout'); print('to stderr', file=sys.stderr)")
    assert answer.log == "to stdout\nto stderr\n"
    assert answer.value is None


def test_what_is_logged_is_in_the_log_too(run: Run) -> None:
    body = "import logging; logging.info('told'); logging.getLogger('mine').warning('%s', 'twice'); logging.debug('no')"
    assert run(body).log == "INFO root: told\nWARNING mine: twice\n"


def test_a_huge_print_is_cut_and_holds_nobody_up(run: Run) -> None:
    answer = run("print('x' * 20_000_000); return 'done'")
    assert answer.value == "done"
    assert len(answer.log) < 70_000
    assert "more bytes were not kept" in answer.log


def test_what_was_printed_before_a_failure_is_kept(fails: Fails) -> None:
    assert fails("print('just before'); raise ValueError").log == "just before\n"


def test_a_closed_stdout_does_not_matter(run: Run) -> None:
    assert run("import os, sys; sys.stdout.close(); os.close(1); return 'answered'").value == "answered"


def test_a_result_longer_than_allowed_is_refused(fails: Fails) -> None:
    assert "message of more than" in fails("return 'x' * 9_000_000").message


def test_an_answer_that_is_not_json_is_refused(fails: Fails) -> None:
    failure = fails("import os; os.write(3, b'\\x80\\x04nonsense\\n'); import time; time.sleep(9)")
    assert "not JSON" in failure.message


def test_a_forged_failure_is_refused(fails: Fails) -> None:
    body = "import os; os.write(3, b'{\"failed\": 1}\\n'); import time; time.sleep(9)"
    assert "not described" in fails(body).message


def test_many_threads_may_call_at_once(call_of: CallOf, sandbox: Sandbox, host: Any) -> None:
    def one(number: int) -> Any:
        return sandbox.call(call_of(f"return {number}"), host).value

    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(one, range(120))) == list(range(120))


def test_failures_of_some_do_not_touch_others_at_the_same_time(call_of: CallOf, sandbox: Sandbox, host: Any) -> None:
    def one(number: int) -> str:
        bodies = ("return 'fine'", "import os; os._exit(1)", "while True: pass", "return bytearray(1 << 30)")
        try:
            return str(sandbox.call(call_of(bodies[number % 4], 0.5 if number % 4 == 2 else 20.0), host).value)
        except AuthorCodeFailed as error:
            return error.message.split(" ")[0]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(24))) == ["fine", "ended", "ran", "used"] * 6


def test_no_more_calls_run_at_once_than_allowed(call_of: CallOf, host: Any) -> None:
    running, most = [0], [0]
    lock = threading.Lock()

    def enter(_: dict[str, Any]) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1

    host.functions["okta.list_groups"] = enter
    with Sandbox(concurrency=2) as own, ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: own.call(call_of("from sym.sdk.integrations import okta; okta.list_groups()"), host),
                      range(12)))  # fmt: skip
    assert most[0] == 2


def test_a_call_waits_for_a_free_place_no_longer_than_its_own_deadline(call_of: CallOf, host: Any) -> None:
    with Sandbox(concurrency=1) as own, ThreadPoolExecutor(1) as pool:
        entered, leave = threading.Event(), threading.Event()

        def block(_: dict[str, Any]) -> None:
            entered.set()
            leave.wait(20)

        host.functions["okta.list_groups"] = block
        first = pool.submit(own.call, call_of("from sym.sdk.integrations import okta; okta.list_groups()"), host)
        assert entered.wait(20)
        with pytest.raises(Retryable, match="busy"):
            own.call(call_of("return 1", 0.5), host)
        leave.set()
        first.result()


def test_a_zygote_that_was_killed_is_started_again_by_the_next_call(call_of: CallOf, host: Any) -> None:
    with Sandbox() as own:
        before = own.call(call_of("import os; return os.getppid()"), host).value
        os.kill(before, signal.SIGKILL)
        after = own.call(call_of("import os; return os.getppid()"), host).value
        assert after != before
        assert own.call(call_of("return 1"), host).value == 1


def test_a_call_whose_zygote_is_killed_fails_and_may_be_tried_again(call_of: CallOf, host: Any) -> None:
    with Sandbox() as own:
        zygote = own.call(call_of("import os; return os.getppid()"), host).value

        def kill(_: dict[str, Any]) -> None:
            os.kill(zygote, signal.SIGKILL)

        host.functions["okta.list_groups"] = kill
        with pytest.raises(CallFailed) as caught:
            own.call(
                call_of("from sym.sdk.integrations import okta; okta.list_groups(); import time; time.sleep(9)"), host
            )
        assert caught.value.retryable
        assert own.call(call_of("return 1"), host).value == 1


def test_closing_ends_the_zygote_and_a_later_call_starts_it_anew(
    wait_until_gone: Any, call_of: CallOf, host: Any
) -> None:
    own = Sandbox()
    zygote = own.call(call_of("import os; return os.getppid()"), host).value
    own.close()
    wait_until_gone(zygote)
    assert own.call(call_of("return 1"), host).value == 1
    own.close()
    own.close()


def test_closing_ends_a_call_in_progress(call_of: CallOf, host: Any) -> None:
    own = Sandbox()
    started = threading.Event()
    host.functions["okta.list_groups"] = lambda _: started.set()
    with ThreadPoolExecutor(1) as pool:
        body = "from sym.sdk.integrations import okta; okta.list_groups(); import time; time.sleep(60)"
        call = pool.submit(own.call, call_of(body), host)
        assert started.wait(20)
        own.close()
        with pytest.raises(CallFailed) as caught:
            call.result(20)
    assert caught.value.retryable


def test_no_descriptor_is_left_open_by_any_kind_of_call(call_of: CallOf, sandbox: Sandbox, host: Any) -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = count()
    for body in ("return 1", "raise ValueError", "import os; os._exit(1)", "while True: pass"):
        try:
            sandbox.call(call_of(body, 0.5 if "while" in body else 20.0), host)
        except AuthorCodeFailed:
            assert body != "return 1"
    assert count() == before


def test_limits_are_per_sandbox(call_of: CallOf, host: Any) -> None:
    with Sandbox(Limits(memory_bytes=200 * MIB, log_bytes=10)) as own:
        answer = own.call(call_of("print('0123456789abc'); return len(bytearray(120 << 20))"), host)
    assert answer.value == 120 * MIB
    assert answer.log.startswith("0123456789\n[4 more bytes")


def test_what_is_not_in_force_is_said_at_start_up(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    weakness = measures.Weakness("Nothing holds.", "Move.")
    monkeypatch.setattr("sym.engine.sandbox.sandbox.missing", lambda: [weakness])
    with Sandbox():
        assert "Nothing holds. Move." in caplog.text


def test_what_was_printed_is_logged_on_one_line_with_its_handler(
    run: Run, host: Any, caplog: pytest.LogCaptureFixture
) -> None:
    host.secrets["s"] = "hunter2hunter2"
    body = "print('one\\nERROR forged\\x1b[0m'); from sym.sdk._host import current_host as h; print(h('x').secret('s'))"
    with caplog.at_level("INFO", logger="sym.author"):
        run(body)
    (record,) = [record for record in caplog.records if record.name == "sym.author"]
    said = record.getMessage()
    assert said.startswith("on_request in impl.py printed: one | ERROR forged[0m | ")
    assert "hunter2" not in said
