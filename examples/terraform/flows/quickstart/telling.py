"""What the demo prints."""

import os
import sys

COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class Failed(Exception):
    """A step did not do what it should."""


def title(text):
    """Print what comes next."""
    print(f"\n\033[1m{text}\033[0m" if COLOUR else f"\n== {text}", flush=True)


def say(text):
    """Print a remark."""
    print(f"   {text}", flush=True)


def expect(condition, what):
    """Stop the demo if it did not show what it should."""
    if not condition:
        raise Failed(what)
