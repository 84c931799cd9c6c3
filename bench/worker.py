"""A worker process of a measurement: ``python -m bench.worker URL VENDOR_PORT [no-ledger]``, until its input ends."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.planted import strategies_call
from bench.product import now, settings
from sym.engine.runtime import Runtime
from sym.store.database import Store

if __name__ == "__main__":
    with strategies_call(int(sys.argv[2])), tempfile.TemporaryDirectory() as folder:
        chosen = settings(Path(folder))
        if "no-ledger" in sys.argv:
            # What was parked is not in a ledger, and would be entered before anything else.
            chosen = replace(chosen, ledger_folder=None)
        runtime = Runtime(Store(sys.argv[1]), settings=chosen, clock=now)
        runtime.start()
        print("working", flush=True)
        sys.stdin.readline()
        runtime.stop()
