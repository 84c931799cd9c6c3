"""How an author marks the functions that Sym calls."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

MARK = "__sym_handler__"
"""The attribute that holds ``(kind, name)``: kind is ``reducer``, ``hook`` or ``prefetch``, name the function's."""

_F = TypeVar("_F", bound=Callable[..., Any])
_P = ParamSpec("_P")
_R = TypeVar("_R")


def reducer(fn: _F) -> _F:
    """Mark a reducer: a function named ``get_…`` that takes an event and returns one value. Returns ``fn`` itself."""
    return _marked("reducer", fn)


def hook(fn: _F) -> _F:
    """Mark a hook. Returns ``fn`` itself.

    A hook named ``on_…`` runs when the event has fired, before Sym's own handling; it may return another event. One
    named ``after_…`` runs when the handling is done.
    """
    return _marked("hook", fn)


def prefetch(field_name: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Mark the function that lists the options of a prompt field; it may have any name.

    Args:
        field_name: the ``name`` of the ``prompt_field``.

    Returns:
        A decorator. The function it returns passes arguments and result through, and has ``field_name``.

    Raises:
        TypeError: written without the field, as a bare ``@prefetch``.
    """
    if not isinstance(field_name, str):
        raise TypeError('@prefetch needs the name of the prompt field: write @prefetch(field_name="...")')

    def decorate(fn: Callable[_P, _R]) -> Callable[_P, _R]:
        @functools.wraps(fn)
        def prefetched(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            return fn(*args, **kwargs)

        prefetched.field_name = field_name  # type: ignore[attr-defined]
        return _marked("prefetch", prefetched)

    return decorate


def _marked(kind: str, fn: _F) -> _F:
    if not callable(fn):
        raise TypeError(f"@{kind} goes above a function, not on {type(fn).__name__}")
    setattr(fn, MARK, (kind, getattr(fn, "__name__", "")))
    return fn
