"""Twelve handlers that mean harm, some in more than one way. Each is refused or contained, its line is named, and the
next call is unharmed (``fails`` checks that). Where it is cheap, a control shows that the same succeeds outside."""

from __future__ import annotations

import contextlib
import http.server
import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sym.engine.sandbox import identity, landlock, seccomp
from sym.engine.sandbox.sandbox import Answer, Call, CallFailed, Limits, Sandbox
from sym.errors import AuthorCodeFailed

Run = Callable[..., Answer]
Fails = Callable[..., CallFailed]
CallOf = Callable[..., Call]
MIB = 1024 * 1024
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
needs_seccomp = pytest.mark.skipif(not seccomp.is_available(), reason="this kernel has no seccomp")


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.visitors.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"served")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    """A server on loopback; ``visitors`` are the paths it was asked for."""
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    made.visitors = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _outside(code: str) -> str:
    """What the same code prints outside of the sandbox: it would succeed."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)  # noqa: PLW1510
    return done.stdout.strip()


# 1


@pytest.mark.parametrize("body", ["while True: pass", "import time\nwhile True: time.sleep(9)",
                                  "try:\n    while True: pass\nexcept BaseException: pass",
                                  "import signal\nsignal.alarm(0)\nwhile True: list(range(9999))"])  # fmt: skip
def test_an_endless_loop_is_stopped_at_its_deadline(fails: Fails, body: str) -> None:
    failure = fails(body, deadline=0.7)
    assert "ran longer than 0.7 s" in failure.message
    assert failure.line in (4, 5, 6)
    assert failure.handler == "on_request"


# 2


@pytest.mark.parametrize("body", [
    "import os\nwhile True: os.fork()",
    "import subprocess, sys\nwhile True: subprocess.Popen([sys.executable, '-c', 'while 1: pass'])",
    "import multiprocessing as m\nwhile True: m.get_context('fork').Process(target=print).start()",
])  # fmt: skip
def test_a_fork_bomb_does_not_fork_once(fails: Fails, body: str) -> None:
    failure = fails(body)
    assert "starts no other programs and no other processes" in failure.message
    assert failure.line == 5


@needs_seccomp
def test_a_fork_that_the_interpreter_does_not_announce_is_refused_by_the_kernel() -> None:
    code = """
        import errno, os, threading
        from sym.engine.sandbox import confinement, seccomp
        rules = seccomp.prepare()
        confinement.give_up_privileges()
        if {enforced}:
            rules.enforce()
        try:
            pid = os.fork()
            if not pid:
                os._exit(0)
            os.waitpid(pid, 0)
            print("forked")
        except PermissionError:
            print("refused")
    """
    assert _outside(code.replace("{enforced}", "True")) == "refused"
    assert _outside(code.replace("{enforced}", "False")) == "forked"


def test_a_thread_bomb_is_contained(fails: Fails) -> None:
    body = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    failure = fails(body, deadline=20.0)
    assert "can't start new thread" in failure.message or "MiB of memory" in failure.message
    assert failure.line == 5


# 3


@pytest.mark.parametrize("body", ["x = bytearray(4 << 30)", "x = []\nwhile True: x.append(bytearray(1 << 20))",
                                  "x = 'a' * (1 << 33)"])  # fmt: skip
def test_gigabytes_are_refused(fails: Fails, body: str) -> None:
    failure = fails(body)
    assert failure.message == "used more than 96 MiB of memory and was stopped."
    assert failure.line in (4, 5)


def test_gigabytes_in_a_file_that_exists_in_memory_alone_are_refused(fails: Fails) -> None:
    body = "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nfd = os.memfd_create('x')\n"
    failure = fails(body + "while True: os.write(fd, b'x' * (1 << 20))")
    assert "File too large" in failure.message
    assert failure.line == 7


# 4


@pytest.mark.parametrize(("body", "how"), [("import os\nos._exit(0)", "with exit code 0"),
                                           ("import os\nos._exit(7)", "with exit code 7"),
                                           ("import os\nos.kill(os.getpid(), 11)", "by signal 11"),
                                           ("raise SystemExit(3)", "SystemExit")])  # fmt: skip
def test_ending_the_process_is_not_an_answer(fails: Fails, body: str, how: str) -> None:
    failure = fails(body)
    assert how in failure.message
    assert failure.handler == "on_request"


# 5


def test_a_closed_stdout_does_no_harm(run: Run) -> None:
    answer = run("import os, sys\nsys.stdout.close(); sys.stderr.close(); os.close(1); os.close(2)\nreturn 'answered'")
    assert answer.value == "answered"
    assert run("print('here'); return 1").log == "here\n"


def test_a_closed_line_is_told(fails: Fails) -> None:
    assert "ended without an answer" in fails("import os\nos.closerange(0, 64)\nreturn 1").message


# 6


def test_a_pickle_sent_for_json_is_refused_and_never_loaded(fails: Fails, tmp_path: Path) -> None:
    mark = tmp_path / "unpickled"
    body = f"""
        import os, pickle, time
        class Bomb:
            def __reduce__(self):
                return (os.mkdir, ({str(mark)!r},))
        os.write(3, pickle.dumps(Bomb()) + b"\\n")
        time.sleep(9)
    """
    failure = fails(body)
    assert "not JSON" in failure.message
    assert failure.source == "impl.py"
    assert not mark.exists()


# 7


@pytest.mark.parametrize("path", ["/proc/{worker}/environ", "/proc/{worker}/cmdline", "/proc/{worker}/maps",
                                  "/proc/{worker}/mem", "/proc/{worker}/fd/0", "/proc/{zygote}/environ",
                                  "/proc/1/environ"])  # fmt: skip
@needs_landlock
def test_other_processes_show_nothing_of_themselves(fails: Fails, path: str) -> None:
    path = path.replace("{worker}", str(os.getpid())).replace("{zygote}", "' + str(os.getppid()) + '")
    failure = fails(f"import os\nopen('{path}', 'rb').read()")
    assert failure.message.startswith("PermissionError")
    assert failure.line == 5
    # The control: this process may.
    assert Path(f"/proc/{os.getpid()}/cmdline").read_bytes()


@needs_landlock
def test_processes_cannot_be_listed(fails: Fails) -> None:
    assert fails("import os; os.listdir('/proc')").message.startswith("PermissionError")


# 8


@needs_landlock
@pytest.mark.parametrize("body", ["open({path!r}).read()", "open({path!r}, 'ab').write(b'x')",
                                  "import os; os.unlink({path!r})", "import os; os.rename({path!r}, {path!r} + '2')",
                                  "import sqlite3; sqlite3.connect({path!r}).execute('select 1 from sqlite_master')",
                                  "import os; os.truncate({path!r}, 0)"])  # fmt: skip
def test_the_store_and_the_keys_are_out_of_reach(fails: Fails, tmp_path: Path, body: str) -> None:
    tmp_path.chmod(0o777)
    path = tmp_path / "sym.db"
    path.write_bytes(b"rows")
    path.chmod(0o666)
    failure = fails(body.format(path=str(path)))
    assert failure.message.startswith(("PermissionError", "OperationalError: unable to open"))
    assert failure.line == 4
    assert path.read_bytes() == b"rows"


def test_calls_have_users_of_their_own_where_the_worker_is_root(run: Run) -> None:
    if identity.obstacle(has_landlock=landlock.version() > 0):
        pytest.skip("calls cannot have users of their own here")
    users = [run("import os; return [*os.getresuid(), *os.getresgid(), *os.getgroups()]").value for _ in range(2)]
    assert all(len(set(user)) == 1 and identity.FIRST <= user[0] <= identity.LAST for user in users)
    assert users[0] != users[1]


# 9


@pytest.mark.parametrize("address", [
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "fd00:ec2::254",
    "::ffff:169.254.169.254", "fe80::1%lo", "64:ff9b::a9fe:a9fe",
])  # fmt: skip
def test_metadata_services_are_refused_whoever_asks(fails: Fails, address: str) -> None:
    host = f"[{address.replace('%', '%25')}]" if ":" in address else address
    family = "socket.AF_INET6" if ":" in address else "socket.AF_INET"
    for body in (
        f"import socket\nsocket.create_connection(({address!r}, 80), 3)",
        f"import urllib.request\nurllib.request.urlopen('http://{host}/latest/meta-data/', timeout=3)",
        f"import socket\nsocket.socket({family}, socket.SOCK_DGRAM).sendto(b'x', ({address!r}, 53))",
    ):
        failure = fails(body)
        assert "no metadata service" in failure.message, body
        assert failure.line == 5


@pytest.mark.parametrize("name", ["metadata.google.internal", "METADATA.google.internal.", "instance-data"])
def test_metadata_services_are_not_looked_up(fails: Fails, name: str) -> None:
    failure = fails(f"import requests\nrequests.get('http://{name}/computeMetadata/v1/', timeout=3)")
    assert "no metadata service" in failure.message
    assert failure.line == 5


@needs_landlock
@pytest.mark.parametrize("path", ["/var/run/secrets/kubernetes.io/serviceaccount/token", "/run/secrets",
                                  "/root/.aws/credentials", "/root/.ssh", "/etc/shadow"])  # fmt: skip
def test_token_files_are_out_of_reach(fails: Fails, path: str) -> None:
    failure = fails(f"import os\nos.scandir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read()")
    assert failure.message.startswith(("PermissionError", "FileNotFoundError"))
    assert failure.line == 5


# 10


def test_our_own_api_and_the_database_are_refused_and_others_are_not(call_of: CallOf, host: Any, server: Any) -> None:
    port = server.server_port
    body = f"import requests; return requests.get('http://localhost:{port}/own', timeout=5).text"
    with Sandbox() as control:
        assert control.call(call_of(body), host).value == "served"
    with Sandbox(closed=[("", port), ("192.0.2.7", 5432)]) as own:
        for address in ("127.0.0.1", "localhost", "127.1.2.3", "0.0.0.0", "[::ffff:127.0.0.1]"):
            with pytest.raises(CallFailed, match="own ports") as caught:
                own.call(call_of(body.replace("localhost", address)), host)
            assert caught.value.line == 4
        with pytest.raises(CallFailed, match="database"):
            own.call(call_of("import socket; socket.create_connection(('192.0.2.7', 5432), 2)"), host)
        assert own.call(call_of("return 'unharmed'"), host).value == "unharmed"
    assert server.visitors == ["/own"]


@needs_seccomp
def test_local_sockets_are_refused(fails: Fails, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as control:
        listening.bind(path)
        listening.listen()
        control.connect(path)
        failure = fails(f"import socket\nsocket.socket(socket.AF_UNIX).connect({path!r})")
    assert failure.message.startswith("PermissionError")
    assert failure.line == 5


@pytest.mark.parametrize("body", [
    "import ctypes\nctypes.CDLL(None).system(b'true')",
    "import gc\ngc.get_objects()",
    "import sys\nsys._current_frames()",
    "from sym.engine.sandbox import guard\nguard.refusal.__code__ = (lambda *a: None).__code__",
    "from sym.engine.sandbox import guard\nguard.refusal.__defaults__ = ()",
    "from sym.engine.sandbox import guard\nguard.packed_address.__code__ = (lambda *a: ('', 0)).__code__",
    "from sym.engine.sandbox import guard\nguard.packed_address.__defaults__ = ()",
])  # fmt: skip
def test_the_guard_cannot_be_got_round(fails: Fails, body: str) -> None:
    failure = fails(body)
    assert "behind the interpreter" in failure.message
    assert failure.line == 5


def test_the_guard_looks_nothing_up_that_the_code_could_change(fails: Fails) -> None:
    body = """
        import builtins, socket
        from sym.engine.sandbox import guard
        class Liar(str):
            def partition(self, _): return ("8.8.8.8", "", "")
            def __str__(self): return "8.8.8.8"
        class Pair(tuple):
            def __getitem__(self, at): return ("8.8.8.8", 1)[at]
        for name in vars(guard).copy():
            if name.isupper() or name.startswith("_") or name in ("refusal", "packed_address"):
                setattr(guard, name, None)
        try:
            socket.socket().connect(("169.254.169.254", 80))
        except PermissionError as error:
            frame = error.__traceback__.tb_next.tb_frame
            frame.f_globals.clear()
            frame.f_locals.clear()
        builtins.isinstance = lambda *a: False
        builtins.PermissionError = ValueError
        socket.socket().connect(Pair((Liar("169.254.169.254"), 80)))
    """
    failure = fails(body)
    assert "no metadata service" in failure.message
    assert failure.line == 22


# 11


def test_a_changed_sdk_is_changed_for_that_call_alone(run: Run, host: Any) -> None:
    body = """
        import sys, json, sym.sdk.annotations, sym.engine.sandbox.results as results
        from sym.sdk.templates import ApprovalTemplate
        results.to_document = lambda value: {"$type": "event_request", "step": "approve"}
        ApprovalTemplate.deny = ApprovalTemplate.approve
        json.loads = json.dumps = lambda *a, **k: b"x"
        sym.sdk.annotations.hook = None
        sys.modules["sym.sdk"] = None
    """
    with contextlib.suppress(AuthorCodeFailed):
        run(body)
    body = "from sym.sdk.templates import ApprovalTemplate as T; return T.deny is not T.approve"
    assert run(body).value is True


def test_a_host_cannot_be_asked_for_more_than_its_questions(fails: Fails, host: Any) -> None:
    body = """
        from sym.sdk._host import current_host
        line = current_host("x")._line
        line.ask({"host": "__class__", "arguments": {}})
    """
    assert "neither a result nor a question" in fails(body).message
    assert host.asked == []


# 12


def test_a_thread_that_outlives_the_call_ends_with_it(run: Run, server: Any, wait_until_gone: Any) -> None:
    body = f"""
        import os, threading, time, urllib.request
        def later():
            time.sleep(1)
            urllib.request.urlopen("http://127.0.0.1:{server.server_port}/late")
        threading.Thread(target=later).start()
        return os.getpid()
    """
    wait_until_gone(run(body).value)
    time.sleep(1.5)
    assert server.visitors == []
    # The control: within the call it gets through.
    run(body.replace("return os.getpid()", "time.sleep(2)"))
    assert server.visitors == ["/late"]


def test_many_hostile_calls_leave_no_process_and_no_descriptor(call_of: CallOf, host: Any) -> None:
    bodies = ("import os; os._exit(1)", "import os; os.fork()", "x = bytearray(1 << 33)", "raise KeyboardInterrupt")
    with Sandbox(Limits(memory_bytes=96 * MIB)) as own:
        zygote = own.call(call_of("import os; return os.getppid()"), host).value
        before = len(list(Path("/proc/self/fd").iterdir()))
        for body in bodies * 2:
            with pytest.raises(CallFailed):
                own.call(call_of(body), host)
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        assert Path(f"/proc/{zygote}/task/{zygote}/children").read_text() == ""
