"""One process of the product, to be killed, frozen, and given a wrong clock."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.chaos.system import SECONDS, descendants, is_alive, wait_until

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
FAKETIME = str(next(Path("/usr").glob("lib*/**/faketime/libfaketimeMT.so.1"), ""))
"""The library that shows a process a wrong time; "" if it is not installed (Debian: apt-get install libfaketime)."""


class ServerProcess:
    """One ``symflow serve``. ``clock`` is how far its clock is off, such as ``+1h``."""

    def __init__(self, folder: Path, name: str, environment: dict[str, str], clock: str = "") -> None:
        self.name = name
        self.url = ""
        self.process: subprocess.Popen[str] | None = None
        self._folder = folder
        self._listening = threading.Event()
        self._environment = dict(environment)
        if clock:
            # The monotonic clock stays true: a machine's wrong clock is wrong in what time it tells, not in its pace.
            self._environment |= {"LD_PRELOAD": FAKETIME, "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                                  "DONT_FAKE_MONOTONIC": "1"}  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        assert self.becomes_ready(), f"{self.name} did not start:\n{self.log()[-2000:]}"

    def launch(self) -> None:
        """Start it."""
        assert self.process is None, f"{self.name} runs already"
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.server_main", str(self._folder), "serve", "--port", "0"], cwd=ROOT,
            env=self._environment, text=True, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.process, self._listening = process, threading.Event()
        threading.Thread(target=self._read, args=(process, self._listening), daemon=True).start()

    def becomes_ready(self) -> bool:
        """Wait until it answers; False, and it is gone, if it does not."""
        assert self.process is not None, f"{self.name} was not started"
        is_ready = self._listening.wait(START_SECONDS) and self.url != "" and self.process.poll() is None
        if not is_ready:
            self.kill()
        return is_ready

    def _read(self, process: subprocess.Popen[str], listening: threading.Event) -> None:
        assert process.stderr is not None
        with (self._folder / f"{self.name}.log").open("a") as log, process.stderr as stream:
            for line in stream:
                if "listening on " in line and process is self.process:
                    self.url = line.split("listening on ")[1].strip()
                    listening.set()
                log.write(line)
                log.flush()
        listening.set()

    def log(self) -> str:
        """What the process has said."""
        return (self._folder / f"{self.name}.log").read_text()

    def kill(self) -> None:
        """End it as a power cut would, and see that nothing it started lives on."""
        if self.process is None:
            return
        family = descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        self.process, self.url = None, ""
        for pid, _ in family:
            self._signal(pid, signal.SIGCONT)  # a frozen child cannot notice that its parent is gone
        wait_until(lambda: not [pid for pid in family if is_alive(*pid)], "what the killed server started still lives")

    def freeze(self) -> None:
        """Stop the process and everything it started, as if its machine stood still."""
        for pid in self._everyone():
            self._signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        for pid in reversed(self._everyone()):
            self._signal(pid, signal.SIGCONT)

    def has(self, pid: int) -> bool:
        """Whether it started the process ``pid``."""
        return pid in self._everyone()

    def _everyone(self) -> list[int]:
        if self.process is None:
            return []
        return [self.process.pid, *(pid for pid, _ in descendants(self.process.pid))]

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(SECONDS) == 0, self.log()[-2000:]
            self.process, self.url = None, ""

    @staticmethod
    def _signal(pid: int, number: Any) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
