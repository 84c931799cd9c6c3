"""What a call leaves behind, which is nothing, and what it cannot see."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sym.engine.sandbox import landlock
from sym.engine.sandbox.sandbox import Answer, Call, CallFailed, Sandbox

Run = Callable[..., Answer]
Fails = Callable[..., CallFailed]
CallOf = Callable[..., Call]
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")


def test_state_of_the_module_does_not_leak_into_the_next_call(run: Run) -> None:
    for _ in range(3):
        answer = run("seen.append(1); return len(seen)", before="seen = []\n")
        assert answer.value == 1


def test_a_patched_library_does_not_leak_into_the_next_call(run: Run) -> None:
    run("import json, sym.sdk; json.marked = sym.sdk.marked = True")
    assert run("import json, sym.sdk; return [hasattr(it, 'marked') for it in (json, sym.sdk)]").value == [False, False]


def test_a_thread_left_behind_ends_with_the_call(run: Run, wait_until_gone: Any) -> None:
    body = "import os, threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nreturn os.getpid()"
    wait_until_gone(run(body, deadline=5).value)


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.fork()",
        "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)",
        "import os; os.posix_spawn('/bin/sleep', ['sleep', '60'], {})",
        "import os; os.execv('/bin/sleep', ['sleep', '60'])",
        "import os; os.system('sleep 60')",
    ],
)
def test_neither_processes_nor_programs_are_started(fails: Fails, body: str) -> None:
    failure = fails(body)
    assert failure.message == "PermissionError: The sandbox starts no other programs and no other processes."
    assert failure.line == 4


def test_the_environment_of_the_worker_is_not_there(
    call_of: CallOf, host: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKER_PASSWORD", "hunter2")
    with Sandbox() as own:
        seen = own.call(call_of("import os; return dict(os.environ)"), host).value
    assert sorted(seen) == ["HOME", "LANG", "MALLOC_ARENA_MAX", "PATH", "TZ"]


def test_the_environment_of_the_worker_cannot_be_read_from_its_process_either(fails: Fails) -> None:
    failure = fails(f"return open('/proc/{os.getpid()}/environ').read()")
    assert failure.message.startswith(("PermissionError", "FileNotFoundError"))


def test_what_the_environment_is_given_on_purpose_is_there(call_of: CallOf, host: Any) -> None:
    with Sandbox(environment={"HTTPS_PROXY": "http://proxy.example:3128"}) as own:
        answer = own.call(call_of("import os; return os.environ['HTTPS_PROXY']"), host)
    assert answer.value == "http://proxy.example:3128"


COUNTS = """
import os
from sym.sdk.annotations import hook

def is_open(fd):
    try:
        return bool(os.fstat(fd))
    except OSError:
        return False

@hook
def on_request(e):
    return [fd for fd in range(256) if is_open(fd)]
"""


def test_descriptors_of_the_worker_are_not_inherited(call_of: CallOf, host: Any, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        with Sandbox() as own:
            made = dataclasses.replace(call_of(""), text=COUNTS)
            assert own.call(made, host).value == [0, 1, 2, 3, 4]


def test_standard_input_is_empty(run: Run) -> None:
    assert run("import sys; return sys.stdin.read()").value == ""


@needs_landlock
def test_files_of_the_worker_cannot_be_read(fails: Fails, tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("rows")
    for body in (f"open({str(tmp_path / 'store.db')!r})", f"import os; os.listdir({str(tmp_path)!r})"):
        assert fails(body).message.startswith("PermissionError")


@needs_landlock
def test_nothing_can_be_written_to_be_found_by_the_next_call(fails: Fails, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert fails(f"open({str(tmp_path / 'state')!r}, 'w')").message.startswith("PermissionError")
    assert not list(tmp_path.iterdir())


def test_what_libraries_need_of_the_system_can_be_read(run: Run) -> None:
    body = """
        import ftplib, ssl, socket, subprocess, sqlite3, multiprocessing, asyncio, uuid, platform
        asyncio.run(asyncio.sleep(0)); platform.platform(); uuid.getnode()
        ssl.create_default_context()
        socket.getaddrinfo("localhost", 80)
        import requests
        return requests.certs.where() is not None
    """
    assert run(body).value is True


def test_a_file_named_by_a_variable_of_the_environment_can_be_read(call_of: CallOf, host: Any, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificates")
    with Sandbox(environment={"SSL_CERT_FILE": str(tmp_path / "ca.pem")}) as own:
        assert (
            own.call(call_of("import os; return open(os.environ['SSL_CERT_FILE']).read()"), host).value
            == "certificates"
        )


@pytest.mark.skipif(landlock.version() < 6, reason="needs Landlock of Linux 6.12")
def test_neither_worker_nor_zygote_can_be_signalled(fails: Fails) -> None:
    for pid in (os.getpid(), "os.getppid()"):
        assert fails(f"import os; os.kill({pid}, 0)").message.startswith("PermissionError")
