"""Code that runs too long, uses too much, or ends early."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.engine.sandbox.sandbox import CallFailed

Fails = Callable[..., CallFailed]


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(60)", "while True: print('again')"])
def test_what_runs_too_long_is_stopped_and_its_line_told(fails: Fails, body: str) -> None:
    failure = fails(f"x = 1\n{body}", deadline=0.6)
    assert "ran longer than 0.6 s and was stopped" in failure.message
    assert failure.line == 5
    assert failure.retryable


def test_code_that_swallows_every_exception_is_stopped(fails: Fails) -> None:
    body = "import signal\nfor number in (2, 15): signal.signal(number, signal.SIG_IGN)\nwhile True:\n"
    failure = fails(f"{body}    try: pass\n    except BaseException: pass", deadline=0.5)
    assert "ran longer than" in failure.message


def test_eating_all_memory_is_stopped_and_reported_with_its_line(fails: Fails) -> None:
    failure = fails("x = []\nwhile True: x.append(bytearray(1 << 20))")
    assert "used more than 96 MiB of memory" in failure.message
    assert failure.line == 5


def test_one_allocation_that_is_too_large_is_reported_too(fails: Fails) -> None:
    assert "used more than 96 MiB" in fails("return len(bytearray(1 << 30))").message


@pytest.mark.parametrize(
    "body",
    [
        "import os; os._exit(0)",
        "import os; os._exit(3)",
        "import os; os.abort()",
        "import os; os.kill(os.getpid(), 40)",
    ],
)
def test_ending_the_process_is_not_an_answer(fails: Fails, body: str) -> None:
    failure = fails(body)
    assert "ended without an answer" in failure.message
    assert not failure.retryable


def test_a_crash_of_the_interpreter_is_told_with_its_line(fails: Fails) -> None:
    failure = fails("import faulthandler\nfaulthandler._sigsegv()")
    assert "by signal 11" in failure.message
    assert failure.line == 5


@pytest.mark.parametrize("then", ["return 1", "import time; time.sleep(60)"])
def test_closing_every_descriptor_is_not_an_answer(fails: Fails, then: str) -> None:
    failure = fails(f"import os; os.closerange(0, 256); {then}", deadline=5)
    assert "without an answer" in failure.message
    assert not failure.retryable


def test_files_can_not_grow_without_end(fails: Fails) -> None:
    failure = fails("import os\nfd = os.memfd_create('x')\nfor _ in range(9): os.write(fd, bytes(1 << 20))")
    assert failure.message.startswith("OSError: [Errno 27]")
