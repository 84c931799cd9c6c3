"""Waiting for a run to become something."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rich_click as click
from click.exceptions import Exit

from sym import config
from sym.commands._output import say
from sym.errors import Retryable, Unavailable

Document = dict[str, Any]
GOALS: Mapping[str, frozenset[str]] = {
    "approved": frozenset({"approved", "escalated"}),
    "escalated": frozenset({"escalated"}),
    "ended": frozenset({"deescalated"}),
    "decided": frozenset({"approved", "escalated", "deescalated", "denied"}),
}
"""What can be waited for, and the statuses that are it."""
# After these nothing comes by itself; only an admin may still try a failed grant again.
_FINAL = frozenset({"denied", "expired", "ignored", "deescalated", "errored"})
_INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What is waited for, how long at most, and how often it is looked: spans in seconds."""

    goal: str
    timeout: int
    interval: int


def waited(show: Callable[[], Document], patience: Patience, *, pause: Callable[[float], None] = time.sleep,
           clock: Callable[[], datetime] = config.now) -> tuple[Document, bool]:  # fmt: skip
    """The run as ``show`` gives it in the end, and whether it has become what is waited for; it has not if its status
    is another final one, or the time was over.

    A server that cannot be reached is asked again, unless it is the first question that it does not answer.
    """
    run, began = show(), clock()
    until = began + timedelta(seconds=patience.timeout)
    while not is_reached(run, patience.goal) and run["status"] not in _FINAL and clock() < until:
        _progress(f"{run['status']}, waiting for {patience.goal} since {int((clock() - began).total_seconds())} s")
        pause(min(float(patience.interval), max((until - clock()).total_seconds(), 0.0)))
        try:
            run = show()
        except (Unavailable, Retryable):
            continue
    _progress("")
    return run, is_reached(run, patience.goal)


def is_reached(run: Document, goal: str) -> bool:
    """Whether the run is what is waited for."""
    was_approved = run["status"] == "errored" and "approve" in run.get("actors", {})
    return run["status"] in GOALS[goal] or (goal == "decided" and was_approved)


def wait_and_tell(show: Callable[[], Document], patience: Patience) -> Document:
    """Wait; gives the run. Ends the command with 1, saying what became of it, if it is not what was waited for, and
    with 130 when it is interrupted."""
    try:
        run, reached = waited(show, patience)
    except KeyboardInterrupt:
        _progress("")
        say("Interrupted; the request goes on.")
        raise Exit(_INTERRUPTED) from None
    if reached:
        return run
    if run["status"] in _FINAL:
        say(f"The run is {run['status']}; that is not {patience.goal}, and nothing more will come.")
    else:
        say(f"The run is still {run['status']} after {patience.timeout} seconds; that is not {patience.goal}.")
    raise Exit(1)


def _progress(text: str) -> None:
    # A line that is written over is for eyes only: a log would keep every state of it.
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)
