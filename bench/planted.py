"""A type of strategy that is installed, beside the product's own: each of its methods is one call of the vendor.

Installed strategies run in the worker, so that the fork of authors' code is not what is measured.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import vendor
from sym.sdk.strategies import AccessStrategy

KIND = "bench_loopback"
SHELF_ITEM = '''
"""A strategy of a measurement."""
from sym.sdk.schema import attribute, schema
from bench.planted import Loopback as Strategy

integration = "custom"

@schema
class Settings:
    """None."""

@schema
class Target:
    """A door."""
    identifier: str = attribute("Its name.")

targets = {"bench_loopback": Target}
multiple = frozenset()
'''


class Loopback(AccessStrategy):
    """Calls the vendor at ``port``; ``called`` is told (method, run id) before."""

    port = 0
    called: Callable[[str, str], None] = staticmethod(lambda *_: None)

    def fetch_remote_identity(self, user: Any) -> str:
        """The part of the address before the @."""
        return str(user.email).partition("@")[0]

    def escalate(self, target_id: str, event: Any) -> None:
        """Grant."""
        self._call("escalate", target_id, event)

    def deescalate(self, target_id: str, event: Any) -> None:
        """End."""
        self._call("deescalate", target_id, event)

    def _call(self, method: str, target_id: str, event: Any) -> None:
        self.called(method, str(event.run.srn).rpartition(":")[2])
        vendor.call(self.port, method, target_id)


@contextmanager
def strategies_call(port: int, called: Callable[[str, str], None] = lambda *_: None) -> Iterator[None]:
    """The type :data:`KIND` is on the shelf of strategies, and calls the vendor at ``port``."""
    package = importlib.import_module("sym.strategies")
    Loopback.port, Loopback.called = port, staticmethod(called)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{KIND}.py").write_text(SHELF_ITEM)
        package.__path__.append(folder)
        importlib.invalidate_caches()
        try:
            yield
        finally:
            package.__path__.remove(folder)
            sys.modules.pop(f"sym.strategies.{KIND}", None)
            if hasattr(package, KIND):
                delattr(package, KIND)
