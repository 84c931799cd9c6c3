"""The worker's side of the zygote."""

from __future__ import annotations

import os
import signal
import socket
import sys

import pytest

from sym.engine.sandbox.zygote_process import Ending, ZygoteGone, ZygoteProcess
from sym.errors import Unavailable


def _fork(zygote: ZygoteProcess) -> tuple[int, int | None]:
    """A child that finds nobody at the other end of its line, and ends."""
    (ours, line), pipe = socket.socketpair(), os.pipe()
    ours.close()
    with line:
        forked = zygote.fork([line.fileno(), pipe[1], pipe[1]])
    os.close(pipe[0])
    os.close(pipe[1])
    return forked


def test_children_are_forked_and_buried() -> None:
    zygote = ZygoteProcess({})
    pid, handle = _fork(zygote)
    assert zygote.reap(pid).code == 0
    if handle is not None:
        os.close(handle)
    assert zygote.reap(pid) == Ending()
    zygote.close()
    assert zygote.is_gone


def test_a_dead_zygote_is_noticed() -> None:
    zygote = ZygoteProcess({})
    os.kill(zygote.pid, signal.SIGKILL)
    with pytest.raises(ZygoteGone):
        _fork(zygote)
    assert zygote.is_gone
    assert zygote.reap(1) == Ending()
    zygote.close()


def test_a_zygote_that_does_not_start_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable, match="exit code 1") as caught:
        ZygoteProcess({})
    assert "import sym.engine.sandbox.zygote" in caught.value.hint
