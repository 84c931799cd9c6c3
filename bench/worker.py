"""A worker process of a measurement: ``python -m bench.worker URL VENDOR_PORT``, until its input ends."""

from __future__ import annotations

import sys

from bench.product import now, strategies_call
from sym.engine.runtime import Runtime, RuntimeSettings
from sym.store.database import Store

if __name__ == "__main__":
    with strategies_call(int(sys.argv[2])):
        runtime = Runtime(Store(sys.argv[1]), settings=RuntimeSettings(), clock=now)
        runtime.start()
        print("working", flush=True)
        sys.stdin.readline()
        runtime.stop()
