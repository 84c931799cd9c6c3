"""The measures against the kernel itself, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' own")


def _python(code: str) -> str:
    made = [sys.executable, "-I", "-c", textwrap.dedent(code)]
    done = subprocess.run(made, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_memory_is_counted_from_what_is_used_already() -> None:
    code = """
        import resource
        from sym.engine.sandbox import confinement
        confinement.limit_resources(memory_bytes=50 << 20, file_bytes=1, seconds=5)
        kept = bytearray(30 << 20)
        try:
            bytearray(30 << 20)
        except MemoryError:
            print("stopped")
        confinement.release_memory_reserve()
        kept = [kept, bytearray(30 << 20)]
        print(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_CORE))
    """
    assert _python(code) == "stopped\n(6, 7) (0, 0)"


def test_limits_that_are_lower_already_stay() -> None:
    code = """
        import resource
        from sym.engine.sandbox import confinement
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 100))
        confinement.limit_resources(memory_bytes=50 << 20, file_bytes=1, seconds=5)
        print(resource.getrlimit(resource.RLIMIT_NOFILE))
    """
    assert _python(code) == "(100, 100)"


def test_privileges_given_up_cannot_be_had_again() -> None:
    code = """
        from sym.engine.sandbox import confinement
        confinement.give_up_privileges()
        status = open("/proc/self/status").read()
        print(*(line.split()[1] for line in status.splitlines() if line.startswith(("CapEff", "CapPrm", "NoNewPrivs"))))
    """
    assert _python(code) == "0000000000000000 0000000000000000 1"


def test_orphans_are_adopted_and_killed_and_known_children_are_not() -> None:
    code = """
        import os, subprocess, sys
        from pathlib import Path
        from sym.engine.sandbox import confinement
        confinement.adopt_orphans()
        known = subprocess.Popen(["sleep", "60"])
        start = (
            "import subprocess as s; nul = s.DEVNULL;"
            "print(s.Popen(['sleep', '60'], stdout=nul, stderr=nul, start_new_session=True).pid)"
        )
        pid = int(subprocess.run([sys.executable, "-c", start], capture_output=True, check=True).stdout)
        confinement.kill_orphans({known.pid})
        print(Path(f"/proc/{pid}").exists(), known.poll())
        known.kill()
        known.wait()
    """
    assert _python(code) == "False None"


def test_a_process_ends_with_its_parent() -> None:
    code = """
        import os, time
        from pathlib import Path
        from sym.engine.sandbox import confinement
        confinement.adopt_orphans()
        reading, writing = os.pipe()
        middle = os.fork()
        if middle == 0:
            me = os.getpid()
            if os.fork() == 0:
                confinement.die_with_parent(me)
                os.write(writing, str(os.getpid()).encode())
                time.sleep(60)
                os._exit(0)
            time.sleep(60)
        pid = int(os.read(reading, 20))
        os.kill(middle, 9)
        os.waitpid(middle, 0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """
    assert _python(code) == "-9"
