"""A worker process of a measurement: ``python -m bench.worker URL VENDOR_PORT``, until its input ends."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.planted import strategies_call
from bench.product import now, settings
from sym.engine.runtime import Runtime
from sym.store.database import Store

if __name__ == "__main__":
    with strategies_call(int(sys.argv[2])), tempfile.TemporaryDirectory() as folder:
        runtime = Runtime(Store(sys.argv[1]), settings=settings(Path(folder)), clock=now)
        runtime.start()
        print("working", flush=True)
        sys.stdin.readline()
        runtime.stop()
