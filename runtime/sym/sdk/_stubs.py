"""Functions that do nothing outside of a flow, for whoever asks for that: the environment says ``SYM_SDK_STUBS=1``."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from sym.sdk.exceptions.sdk import NoHost

VARIABLE = "SYM_SDK_STUBS"

_P = ParamSpec("_P")
_R = TypeVar("_R")


def stubbed(fn: Callable[_P, _R]) -> Callable[_P, _R]:
    """Have ``fn``, which asks the host, return None where there is none and ``SYM_SDK_STUBS`` is ``1``.

    Without that variable ``NoHost`` is raised, which is what tells an author's mistake from a "no" of a service. The
    variable is for code that was written to be imported and called where nothing answers.
    """

    @functools.wraps(fn)
    def ask(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return fn(*args, **kwargs)
        except NoHost:
            if os.environ.get(VARIABLE) != "1":
                raise
            return cast("_R", None)

    return ask
