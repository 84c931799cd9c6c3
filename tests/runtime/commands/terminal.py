"""``symflow`` at a terminal: the real executable behind a pseudo-terminal, read and typed to as by a person."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 60.0
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


# What is started in the background of a shell ignores Ctrl-C, and so would all that it starts.
_RUN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from sym.commands import main; main()"


class Terminal:
    """A command that runs at a terminal of its own, in ``folder``."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self.raw = ""
        self._behind = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        own = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _RUN, *arguments], cwd=folder,
            env={**own, "PROMPT_TOOLKIT_NO_CPR": "1", **environment}, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE)
        os.close(self._master)

    @property
    def text(self) -> str:
        """What is to be read so far, without control sequences."""
        return _CONTROL.sub("", self.raw)

    def expect(self, text: str) -> None:
        """Wait until ``text`` is to be read after what was expected before; then that is behind us."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.text.find(text, self._behind)) < 0:
            assert time.monotonic() < deadline, f"{text!r} did not come:\n{self.text}"
            assert self._read(1.0) or self._process.poll() is None, f"it ended without {text!r}:\n{self.text}"
        self._behind = found + len(text)

    def type(self, text: str) -> None:
        """Type ``text`` and Enter."""
        self.press(f"{text}\r")

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def interrupt(self) -> None:
        """As Ctrl-C would: the terminal is not the one that controls the command, and cannot."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Wait until the command has ended; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.text}"
            self._read(0.2)
        while self._read(0.2):
            pass
        return self._process.returncode

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            found = os.read(self._master, 65536).decode(errors="replace")
        except OSError:  # Linux says so when the other side is closed
            return False
        self.raw += found
        return bool(found)
