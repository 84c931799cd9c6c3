"""How soon `symflow` explains itself: ``python -m bench.cli [--quick]``.

Beside the least that could do it, a Python that imports click and ends. Each figure is the median of the rounds, in
each of which every candidate has its turn, at a pipe; and what the fastest round took, which other work on this machine
disturbs least. The aim is 150 ms.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import click

from sym.commands import root

BARE = "python -c 'import click'"
SYMFLOW = str(Path(sys.executable).with_name("symflow"))
ROUNDS, QUICK_ROUNDS = 15, 3
AIM_MS = 150


def candidates() -> dict[str, tuple[list[str], dict[str, str]]]:
    """Command lines by what they are called, with the variables they need."""
    ctx = click.Context(root)
    groups = [name for name in root.list_commands(ctx) if isinstance(root.get_command(ctx, name), click.Group)]
    found: dict[str, tuple[list[str], dict[str, str]]] = {BARE: ([sys.executable, "-c", "import click"], {})}
    found["symflow --help"] = ([SYMFLOW, "--help"], {})
    found |= {f"symflow {name} --help": ([SYMFLOW, name, "--help"], {}) for name in groups}
    completing = {"_SYMFLOW_COMPLETE": "bash_complete", "COMP_WORDS": "symflow users li", "COMP_CWORD": "2"}
    found["completing symflow users li"] = ([SYMFLOW], completing)
    return found


def took(command: list[str], more: dict[str, str]) -> float:
    """The milliseconds that a command takes."""
    began = time.perf_counter()
    subprocess.run(command, env={**os.environ, **more}, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Print the table."""
    rounds = QUICK_ROUNDS if "--quick" in sys.argv else ROUNDS
    known = candidates()
    times: dict[str, list[float]] = {name: [] for name in known}
    for _ in range(rounds):
        for name, (command, more) in known.items():
            times[name].append(took(command, more))
    bare = statistics.median(times[BARE])
    print(f"{'':<34}{'median ms':>10}{'least ms':>10}{'times bare':>12}")
    for name, found in times.items():
        late = "" if min(found) <= AIM_MS else f"  more than {AIM_MS} ms"
        median = statistics.median(found)
        print(f"{name:<34}{median:>10.0f}{min(found):>10.0f}{median / bare:>12.1f}{late}")


if __name__ == "__main__":
    main()
