"""The decorators of a flow's handlers.

Only decorated functions are handlers; a function that merely has a handler's name does nothing.
"""

from __future__ import annotations

from sym.sdk._handlers import hook, prefetch, reducer

__all__ = ["hook", "prefetch", "reducer"]
