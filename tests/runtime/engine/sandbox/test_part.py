"""A part of a sandbox has places of its own."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sym.engine.sandbox.call import Call
from sym.engine.sandbox.part import Part
from sym.engine.sandbox.sandbox import Sandbox
from sym.errors import Retryable

NOBODY: Any = None


def sleeping(seconds: float, deadline: float = 10.0) -> Call:
    text = "import time\nfrom sym.sdk.annotations import hook\n@hook\ndef on_request(event):\n    time.sleep({})\n"
    return Call(source="impl.py", text=text.format(seconds), kind="hook", function="on_request", arguments=[None],
                deadline=deadline)  # fmt: skip


def test_a_part_is_full_while_the_whole_has_places() -> None:
    with Sandbox(concurrency=3) as whole, ThreadPoolExecutor(1) as pool:
        part = Part(whole, 1)
        slow = pool.submit(part.call, sleeping(3), NOBODY)
        until = time.monotonic() + 30
        while part._places._value and time.monotonic() < until:
            threading.Event().wait(0.01)
        with pytest.raises(Retryable):
            part.call(sleeping(0, deadline=0.2), NOBODY)
        assert whole.call(sleeping(0), NOBODY).value is None
        slow.result()
        part.close()
        assert part.call(sleeping(0), NOBODY).value is None
