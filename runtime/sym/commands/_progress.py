"""What long work says meanwhile: on stderr, to people at a terminal, and gone when it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
Tell = Callable[[str], None]
_EVERY = 500


@contextmanager
def working(text: str) -> Iterator[Tell]:
    """Show ``text`` while the block runs; what it is given says something else. Elsewhere than at a terminal nothing
    is ever shown: a log would keep every state of it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(escape(text)) as status:
        yield lambda told: status.update(escape(told))


def counted(items: Iterable[T], tell: Tell, text: str) -> Iterator[T]:
    """``items``, of which every five hundredth is told: ``text`` with ``{}`` for the number."""
    for number, item in enumerate(items, 1):
        if number % _EVERY == 0:
            tell(text.format(f"{number:,}"))
        yield item
