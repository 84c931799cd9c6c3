"""Authors' code under the sandbox: what comes back, what is stopped, and what the next call notices of it: nothing."""

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

from sym.engine.sandbox import landlock
from sym.engine.sandbox.sandbox import Answer, Call, CallFailed, Limits, Sandbox
from sym.errors import AuthorCodeFailed, Retryable, Unavailable
from sym.sdk.exceptions import OktaError
from sym.sdk.exceptions.identity import IdentityNotFound

Run = Callable[..., Answer]
MIB = 1024 * 1024
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")


def _failure(run: Run, body: str, **options: Any) -> CallFailed:
    with pytest.raises(AuthorCodeFailed) as caught:
        run(body, **options)
    assert isinstance(caught.value, CallFailed)
    # Whatever one call does, the next one is not to notice.
    assert run("return 'unharmed'").value == "unharmed"
    return caught.value


def _wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < until, f"process {pid} is still there"
        time.sleep(0.01)


def _text(body: str) -> str:
    return f"from sym.sdk.annotations import hook\n@hook\ndef on_request(e):\n    {body}\n"


def _call(body: str, deadline: float = 20.0) -> Call:
    return Call(source="impl.py", text=_text(body), kind="hook", function="on_request", arguments=[None],
                deadline=deadline)  # fmt: skip


# --- results and output


def test_a_result_comes_back_as_json(run: Run) -> None:
    assert run("return {'list': [1, 2.5, None, True], 'text': 'ü'}").value == {
        "list": [1, 2.5, None, True],
        "text": "ü",
    }


def test_what_is_printed_comes_back_as_the_log(run: Run) -> None:
    answer = run("import sys; print('to stdout'); print('to stderr', file=sys.stderr)")
    assert answer.log == "to stdout\nto stderr\n"
    assert answer.value is None


def test_what_other_programs_print_is_in_the_log_too(run: Run) -> None:
    assert "from a shell" in run("import subprocess; subprocess.run(['echo', 'from a shell'], check=True)").log


def test_a_huge_print_is_cut_and_holds_nobody_up(run: Run) -> None:
    answer = run("print('x' * 20_000_000); return 'done'")
    assert answer.value == "done"
    assert len(answer.log) < 70_000
    assert "more bytes were not kept" in answer.log


def test_what_was_printed_before_a_failure_is_kept(run: Run) -> None:
    assert _failure(run, "print('just before'); raise ValueError").log == "just before\n"


def test_a_closed_stdout_does_not_matter(run: Run) -> None:
    assert run("import os, sys; sys.stdout.close(); os.close(1); return 'answered'").value == "answered"


def test_a_result_longer_than_allowed_is_refused(run: Run) -> None:
    assert "message of more than" in _failure(run, "return 'x' * 9_000_000").message


def test_an_answer_that_is_not_json_is_refused(run: Run) -> None:
    failure = _failure(run, "import os; os.write(3, b'\\x80\\x04nonsense\\n'); import time; time.sleep(9)")
    assert "not JSON" in failure.message


def test_a_forged_failure_is_refused(run: Run) -> None:
    body = "import os; os.write(3, b'{\"failed\": 1}\\n'); import time; time.sleep(9)"
    assert "not described" in _failure(run, body).message


# --- exceptions


def test_an_exception_is_told_with_file_line_and_handler(run: Run) -> None:
    failure = _failure(run, "x = 1\nraise ValueError('no such team')")
    assert failure.message == "ValueError: no such team"
    assert (failure.source, failure.line, failure.handler) == ("impl.py", 5, "on_request")
    assert failure.code == "Handler:FAILED"
    assert not failure.retryable


def test_the_line_is_the_deepest_one_in_the_authors_file(run: Run) -> None:
    failure = _failure(run, "import json\nreturn load(json)", before="def load(json):\n    return json.loads('{')\n")
    assert failure.line == 3
    assert failure.message.startswith("JSONDecodeError: ")


def test_an_sdk_error_keeps_its_message_and_code(run: Run) -> None:
    failure = _failure(run, "from sym.sdk.exceptions import OktaError\nraise OktaError('GROUP_NOT_FOUND', 'No group.')")
    assert (failure.message, failure.code) == ("No group.", "Okta:GROUP_NOT_FOUND")


def test_an_sdk_error_with_a_hint_keeps_it(run: Run) -> None:
    body = "from sym.sdk.exceptions.identity import IdentityNotFound\nraise IdentityNotFound('a@acme.example', 'T1')"
    failure = _failure(run, body)
    assert failure.hint == IdentityNotFound("a@acme.example", "T1").hint
    assert failure.code == "Identity:NOT_FOUND"


def test_a_syntax_error_has_its_line(run: Run) -> None:
    failure = _failure(run, "x = 1\ny = = 2")
    assert failure.line == 5
    assert "Syntax error" in failure.message


def test_an_error_while_the_file_loads_has_its_line(run: Run) -> None:
    failure = _failure(run, "return 1", before="x = 1\nraise RuntimeError('loading')\n")
    assert (failure.line, failure.message) == (3, "RuntimeError: loading")


def test_an_undecorated_hook_is_never_called(sandbox: Sandbox, host: Any) -> None:
    text = "def on_request(e):\n    return 'called'\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[None])
    with pytest.raises(AuthorCodeFailed, match="no hook named on_request"):
        sandbox.call(call, host)


@pytest.mark.parametrize("raised", ["SystemExit(3)", "KeyboardInterrupt()", "GeneratorExit()", "BaseException('x')"])
def test_what_is_no_exception_proper_is_a_failure_all_the_same(run: Run, raised: str) -> None:
    failure = _failure(run, f"raise {raised}")
    assert failure.message.startswith(raised.partition("(")[0])
    assert failure.line == 4


def test_an_exception_that_cannot_be_shown_is_still_reported(run: Run) -> None:
    before = "class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\n"
    assert _failure(run, "raise Odd", before=before).message == "Odd: (its text cannot be shown)"


def test_endless_recursion_is_an_exception_like_others(run: Run) -> None:
    assert _failure(run, "return deeper(1)", before="def deeper(n):\n    return deeper(n + 1)\n").line == 3


# --- running too long, using too much, ending early


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(60)", "while True: print('again')"])
def test_what_runs_too_long_is_stopped_and_its_line_told(run: Run, body: str) -> None:
    failure = _failure(run, f"x = 1\n{body}", deadline=0.6)
    assert "ran longer than 0.6 s and was stopped" in failure.message
    assert failure.line == 5
    assert failure.retryable


def test_code_that_swallows_every_exception_is_stopped(run: Run) -> None:
    body = "import signal\nfor number in (2, 15): signal.signal(number, signal.SIG_IGN)\nwhile True:\n"
    failure = _failure(run, f"{body}    try: pass\n    except BaseException: pass", deadline=0.5)
    assert "ran longer than" in failure.message


def test_eating_all_memory_is_stopped_and_reported_with_its_line(run: Run) -> None:
    failure = _failure(run, "x = []\nwhile True: x.append(bytearray(1 << 20))")
    assert "used more than 96 MiB of memory" in failure.message
    assert failure.line == 5


def test_one_allocation_that_is_too_large_is_reported_too(run: Run) -> None:
    assert "used more than 96 MiB" in _failure(run, "return len(bytearray(1 << 30))").message


@pytest.mark.parametrize("body", ["import os; os._exit(0)", "import os; os._exit(3)", "import os; os.abort()"])
def test_ending_the_process_is_not_an_answer(run: Run, body: str) -> None:
    failure = _failure(run, body)
    assert "ended without an answer" in failure.message
    assert not failure.retryable


def test_a_crash_of_the_interpreter_is_told_with_its_line(run: Run) -> None:
    failure = _failure(run, "import ctypes\nctypes.string_at(0)")
    assert "SIGSEGV" in failure.message
    assert failure.line == 5


@pytest.mark.parametrize("then", ["return 1", "import time; time.sleep(60)"])
def test_closing_every_descriptor_is_not_an_answer(run: Run, then: str) -> None:
    failure = _failure(run, f"import os; os.closerange(0, 256); {then}", deadline=5)
    assert "without an answer" in failure.message
    assert not failure.retryable


def test_files_can_not_grow_without_end(run: Run) -> None:
    failure = _failure(run, "import os\nfd = os.memfd_create('x')\nfor _ in range(9): os.write(fd, bytes(1 << 20))")
    assert failure.message.startswith("OSError: [Errno 27]")


# --- nothing is left behind


def test_state_of_the_module_does_not_leak_into_the_next_call(run: Run) -> None:
    for _ in range(3):
        answer = run("seen.append(1); return len(seen)", before="seen = []\n")
        assert answer.value == 1


def test_a_patched_library_does_not_leak_into_the_next_call(run: Run) -> None:
    run("import json, sym.sdk; json.marked = sym.sdk.marked = True")
    assert run("import json, sym.sdk; return [hasattr(it, 'marked') for it in (json, sym.sdk)]").value == [False, False]


def test_a_thread_left_behind_ends_with_the_call(run: Run) -> None:
    body = "import os, threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nreturn os.getpid()"
    _wait_until_gone(run(body, deadline=5).value)


def test_a_grandchild_is_killed_with_its_group(run: Run) -> None:
    answer = run("import subprocess; return subprocess.Popen(['sleep', '60']).pid")
    _wait_until_gone(answer.value)


def test_a_forked_grandchild_is_killed_when_the_call_runs_too_long(run: Run) -> None:
    body = "import os, time\npid = os.fork()\nif pid: print(pid)\ntime.sleep(60)"
    _wait_until_gone(int(_failure(run, body, deadline=0.8).log))


def test_a_grandchild_that_leaves_the_group_is_killed_too(run: Run) -> None:
    body = "import subprocess; return subprocess.Popen(['sleep', '60'], start_new_session=True).pid"
    _wait_until_gone(run(body).value)


def test_a_call_does_not_wait_for_a_grandchild_that_holds_its_output(run: Run) -> None:
    body = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True); return 'answered'"
    assert run(body, deadline=5).value == "answered"


# --- what the code cannot see


def test_the_environment_of_the_worker_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_PASSWORD", "hunter2")
    seen = run("import os; return dict(os.environ)").value
    assert sorted(seen) == ["HOME", "LANG", "MALLOC_ARENA_MAX", "PATH", "TZ"]


def test_the_environment_of_the_worker_cannot_be_read_from_its_process_either(run: Run) -> None:
    failure = _failure(run, f"return open('/proc/{os.getpid()}/environ').read()")
    assert failure.message.startswith(("PermissionError", "FileNotFoundError"))


def test_what_the_environment_is_given_on_purpose_is_there(host: Any) -> None:
    with Sandbox(environment={"HTTPS_PROXY": "http://proxy.example:3128"}) as own:
        answer = own.call(_call("import os; return os.environ['HTTPS_PROXY']"), host)
    assert answer.value == "http://proxy.example:3128"


def test_descriptors_of_the_worker_are_not_inherited(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        seen = run(
            """
            import os
            found = {}
            for fd in range(256):
                try:
                    found[str(fd)] = os.readlink(f'/proc/self/fd/{fd}')
                except OSError:
                    pass
            return found
            """
        ).value
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert seen["0"] == "/dev/null"
    assert seen["3"].startswith("socket:")


def test_standard_input_is_empty(run: Run) -> None:
    assert run("import sys; return sys.stdin.read()").value == ""


@needs_landlock
def test_files_of_the_worker_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("rows")
    for body in (f"open({str(tmp_path / 'store.db')!r})", f"import os; os.listdir({str(tmp_path)!r})"):
        assert _failure(run, body).message.startswith("PermissionError")


@needs_landlock
def test_nothing_can_be_written_to_be_found_by_the_next_call(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert _failure(run, f"open({str(tmp_path / 'state')!r}, 'w')").message.startswith("PermissionError")
    assert not list(tmp_path.iterdir())


def test_what_libraries_need_of_the_system_can_be_read(run: Run) -> None:
    body = """
        import ftplib, ssl, socket, subprocess, sqlite3
        ssl.create_default_context()
        socket.getaddrinfo("localhost", 80)
        subprocess.run(["true"], check=True, stdout=subprocess.DEVNULL)
        import requests
        return requests.certs.where() is not None
    """
    assert run(body).value is True


def test_a_file_named_by_a_variable_of_the_environment_can_be_read(host: Any, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificates")
    with Sandbox(environment={"SSL_CERT_FILE": str(tmp_path / "ca.pem")}) as own:
        assert (
            own.call(_call("import os; return open(os.environ['SSL_CERT_FILE']).read()"), host).value == "certificates"
        )


@pytest.mark.skipif(landlock.version() < 6, reason="needs Landlock of Linux 6.12")
def test_neither_worker_nor_zygote_can_be_signalled(run: Run) -> None:
    for pid in (os.getpid(), "os.getppid()"):
        assert _failure(run, f"import os; os.kill({pid}, 0)").message.startswith("PermissionError")


# --- the host


def test_a_secret_comes_over_the_line_and_never_into_log_or_message(run: Run, host: Any) -> None:
    host.secrets["s1"] = "correct-horse"
    ask = "from sym.sdk._host import current_host\nvalue = current_host('test').secret('s1')\nprint('it is', value)\n"
    answer = run(ask + "return len(value)")
    assert answer.value == len("correct-horse")
    assert answer.log == "it is ••••\n"
    failure = _failure(run, ask + "raise ValueError(f'bad token {value}')")
    assert "correct-horse" not in str(failure) + failure.log + repr(failure.args)
    assert failure.message == "ValueError: bad token ••••"


def test_questions_to_the_host_and_answers_go_both_ways(run: Run, host: Any) -> None:
    host.outputs["escalate"] = {"body": {"id": 5}}
    host.functions["okta.list_groups"] = lambda arguments: [{"id": arguments["name_filter"]}]
    body = """
        from sym.sdk.integrations import okta
        from sym.sdk.templates import get_step_output
        return [get_step_output('escalate'), okta.list_groups(name_filter='eng')]
    """
    assert run(body).value == [{"body": {"id": 5}}, [{"id": "eng"}]]
    assert host.asked[0] == ("step_output", "escalate")


def test_an_error_of_the_host_is_raised_as_its_class(run: Run, host: Any) -> None:
    def missing(_: dict[str, Any]) -> Any:
        raise OktaError("GROUP_NOT_FOUND", "There is no group 00g1.")

    host.functions["okta.list_groups"] = missing
    body = """
        from sym.sdk.exceptions import OktaError
        from sym.sdk.integrations import okta
        try:
            okta.list_groups(name_filter='x')
        except OktaError as error:
            return [type(error).__name__, error.message, error.error_code, str(error)]
    """
    text = "There is no group 00g1."
    assert run(body).value == ["OktaError", text, "Okta:GROUP_NOT_FOUND", text]


def test_an_error_of_the_host_that_nobody_catches_keeps_its_code_and_the_authors_line(run: Run) -> None:
    failure = _failure(run, "x = 1\nfrom sym.sdk._host import current_host\ncurrent_host('t').secret('other')")
    assert (failure.code, failure.line) == ("Secret:NOT_DECLARED", 6)


def test_a_fault_of_the_worker_is_not_for_the_author_to_swallow(run: Run, host: Any) -> None:
    def broken(_: dict[str, Any]) -> Any:
        raise Unavailable("The store cannot be reached.")

    host.functions["okta.list_groups"] = broken
    body = "from sym.sdk.integrations import okta\ntry: okta.list_groups()\nexcept BaseException: return 'swallowed'"
    with pytest.raises(Unavailable, match="cannot be reached"):
        run(body)
    assert run("return 1").value == 1


@pytest.mark.parametrize(
    "question",
    ['{"host": "__class__", "arguments": {}}', '{"host": "secret", "arguments": {}}', '{"host": 1, "arguments": []}',
     '{"host": "secret", "arguments": {"secret_id": "a", "more": 1}}'],
)  # fmt: skip
def test_the_host_is_asked_nothing_but_its_own_questions(run: Run, host: Any, question: str) -> None:
    line = f"{question}\n".encode()
    failure = _failure(run, f"import os, time; os.write(3, {line!r}); time.sleep(9)")
    assert "neither a result nor a question" in failure.message
    assert host.asked == []


def test_threads_of_the_author_may_ask_the_host_at_once(run: Run, host: Any) -> None:
    host.functions["okta.list_groups"] = lambda arguments: [arguments["name_filter"]]
    body = """
        import contextvars
        from concurrent.futures import ThreadPoolExecutor
        from sym.sdk.integrations import okta
        def ask(name):
            return okta.list_groups(name_filter=name)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(contextvars.copy_context().run, ask, str(number)) for number in range(50)]
        return [one.result() for one in asked]
    """
    assert run(body).value == [[str(number)] for number in range(50)]


def test_time_inside_the_host_counts(run: Run, host: Any) -> None:
    def slow(_: dict[str, Any]) -> Any:
        time.sleep(0.7)

    host.functions["okta.list_groups"] = slow
    failure = _failure(run, "from sym.sdk.integrations import okta\nreturn okta.list_groups()", deadline=0.5)
    assert "ran longer" in failure.message


# --- many at once, and the life of the zygote


def test_many_threads_may_call_at_once(sandbox: Sandbox, host: Any) -> None:
    def one(number: int) -> Any:
        return sandbox.call(_call(f"return {number}"), host).value

    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(one, range(120))) == list(range(120))


def test_failures_of_some_do_not_touch_others_at_the_same_time(sandbox: Sandbox, host: Any) -> None:
    def one(number: int) -> str:
        bodies = ("return 'fine'", "import os; os._exit(1)", "while True: pass", "return bytearray(1 << 30)")
        try:
            return str(sandbox.call(_call(bodies[number % 4], 0.5 if number % 4 == 2 else 20.0), host).value)
        except AuthorCodeFailed as error:
            return error.message.split(" ")[0]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(24))) == ["fine", "ended", "ran", "used"] * 6


def test_no_more_calls_run_at_once_than_allowed(host: Any) -> None:
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
        list(pool.map(lambda _: own.call(_call("from sym.sdk.integrations import okta; okta.list_groups()"), host),
                      range(12)))  # fmt: skip
    assert most[0] == 2


def test_a_call_waits_for_a_free_place_no_longer_than_its_own_deadline(host: Any) -> None:
    with Sandbox(concurrency=1) as own, ThreadPoolExecutor(1) as pool:
        entered, leave = threading.Event(), threading.Event()

        def block(_: dict[str, Any]) -> None:
            entered.set()
            leave.wait(20)

        host.functions["okta.list_groups"] = block
        first = pool.submit(own.call, _call("from sym.sdk.integrations import okta; okta.list_groups()"), host)
        assert entered.wait(20)
        with pytest.raises(Retryable, match="busy"):
            own.call(_call("return 1", 0.5), host)
        leave.set()
        first.result()


def test_a_zygote_that_was_killed_is_started_again_by_the_next_call(host: Any) -> None:
    with Sandbox() as own:
        before = own.call(_call("import os; return os.getppid()"), host).value
        os.kill(before, signal.SIGKILL)
        after = own.call(_call("import os; return os.getppid()"), host).value
        assert after != before
        assert own.call(_call("return 1"), host).value == 1


def test_a_call_whose_zygote_is_killed_fails_and_may_be_tried_again(host: Any) -> None:
    with Sandbox() as own:
        zygote = own.call(_call("import os; return os.getppid()"), host).value

        def kill(_: dict[str, Any]) -> None:
            os.kill(zygote, signal.SIGKILL)

        host.functions["okta.list_groups"] = kill
        with pytest.raises(CallFailed) as caught:
            own.call(
                _call("from sym.sdk.integrations import okta; okta.list_groups(); import time; time.sleep(9)"), host
            )
        assert caught.value.retryable
        assert own.call(_call("return 1"), host).value == 1


def test_closing_ends_the_zygote_and_a_later_call_starts_it_anew(host: Any) -> None:
    own = Sandbox()
    zygote = own.call(_call("import os; return os.getppid()"), host).value
    own.close()
    _wait_until_gone(zygote)
    assert own.call(_call("return 1"), host).value == 1
    own.close()
    own.close()


def test_closing_ends_a_call_in_progress(host: Any) -> None:
    own = Sandbox()
    started = threading.Event()
    host.functions["okta.list_groups"] = lambda _: started.set()
    with ThreadPoolExecutor(1) as pool:
        body = "from sym.sdk.integrations import okta; okta.list_groups(); import time; time.sleep(60)"
        call = pool.submit(own.call, _call(body), host)
        assert started.wait(20)
        own.close()
        with pytest.raises(CallFailed) as caught:
            call.result(20)
    assert caught.value.retryable


def test_no_descriptor_is_left_open_by_any_kind_of_call(sandbox: Sandbox, host: Any) -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = count()
    for body in ("return 1", "raise ValueError", "import os; os._exit(1)", "while True: pass"):
        try:
            sandbox.call(_call(body, 0.5 if "while" in body else 20.0), host)
        except AuthorCodeFailed:
            assert body != "return 1"
    assert count() == before


def test_limits_are_per_sandbox(host: Any) -> None:
    with Sandbox(Limits(memory_bytes=200 * MIB, log_bytes=10)) as own:
        answer = own.call(_call("print('0123456789abc'); return len(bytearray(120 << 20))"), host)
    assert answer.value == 120 * MIB
    assert answer.log.startswith("0123456789\n[4 more bytes")
