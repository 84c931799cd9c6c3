"""Some of a sandbox's places, for one use of it: whatever takes long there, the others have theirs."""

from __future__ import annotations

from sym.engine.sandbox.call import Answer, Call
from sym.engine.sandbox.sandbox import Sandbox
from sym.errors import Retryable
from sym.sdk._host import Host


class Part(Sandbox):
    """Up to ``places`` calls at once in ``whole``, which is started and closed by whoever made it."""

    def __init__(self, whole: Sandbox, places: int) -> None:
        super().__init__(concurrency=places)
        self._whole = whole

    def start(self) -> None:
        """See ``Sandbox.start``."""
        self._whole.start()

    def close(self) -> None:
        """The whole is left alone."""

    def call(self, call: Call, host: Host) -> Answer:
        """See ``Sandbox.call``."""
        if not self._places.acquire(timeout=call.seconds):
            raise Retryable("The sandbox is busy.", hint="Try again.")
        try:
            return self._whole.call(call, host)
        finally:
            self._places.release()
