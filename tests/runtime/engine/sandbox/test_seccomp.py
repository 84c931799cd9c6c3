"""Which system calls are refused, each tried in a process of its own with the rules and without."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from sym.engine.sandbox import seccomp

pytestmark = pytest.mark.skipif(not seccomp.is_available(), reason="this kernel has no seccomp")

CODE = """
    import os, resource, socket, threading
    from sym.engine.sandbox import confinement, seccomp
    def forked():
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
    parent = os.getppid()
    confinement.give_up_privileges()
    if ENFORCED:
        seccomp.prepare().enforce()
    try:
        TRIED
        print("done")
    except OSError as error:
        print(error.errno)
"""


def _tried(code: str, *, enforced: bool) -> str:
    text = textwrap.dedent(CODE).replace("ENFORCED", str(enforced)).replace("TRIED", code)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("code", [
    "forked()",
    "os.posix_spawn('/bin/true', ['true'], {})",
    "socket.socket(socket.AF_UNIX)",
    "resource.prlimit(parent, resource.RLIMIT_NOFILE)",
    "os.setpriority(os.PRIO_PROCESS, 0, 1)",
])  # fmt: skip
def test_what_is_refused_would_be_done_without_the_rules(code: str) -> None:
    assert _tried(code, enforced=True) == "1"
    assert _tried(code, enforced=False) == "done"


@pytest.mark.parametrize("code", [
    "thread = threading.Thread(target=int); thread.start(); thread.join()", "socket.socketpair()",
    "socket.create_server(('127.0.0.1', 0)).close()", "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()",
    "socket.getaddrinfo('localhost', 80)", "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))", "os.pipe()",
])  # fmt: skip
def test_what_libraries_do_is_not_refused(code: str) -> None:
    assert _tried(code, enforced=True) == "done"
