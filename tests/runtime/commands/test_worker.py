"""Two processes on one PostgreSQL store: one takes requests, the other works them off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from sym.commands._server import _local_port
from tests.runtime.commands.conftest import VARIABLES, Symflow
from tests.runtime.commands.test_serve import serving


def test_a_worker_makes_a_server_without_one_ready_and_stops_cleanly(tmp_path: Path, postgres_url: str) -> None:
    symflow = Symflow(tmp_path)
    symflow.environment |= {"SYM_STORE_URL": postgres_url, "SYM_KEYS_DIR": str(tmp_path / "keys")}
    symflow("store", "migrate")
    symflow("init-org", "acme", "--admin", "root@acme.example")
    with serving(symflow, "--no-worker") as (_, url, lines):
        assert any("no worker is alive" in line for line in lines)
        assert requests.get(f"{url}/readyz", timeout=30).status_code == 503
        environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
        environment |= {key: value for key, value in symflow.environment.items() if value is not None}
        command = [sys.executable, "-c", "from sym.commands import main; main()", "worker"]
        worker = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            assert worker.stderr is not None
            assert "working" in worker.stderr.readline()
            assert requests.get(f"{url}/readyz", timeout=30).status_code == 200
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=60)
            assert worker.returncode == 0
        finally:
            worker.kill()
            worker.communicate()
        deadline = time.monotonic() + 30
        while requests.get(f"{url}/readyz", timeout=30).status_code == 200:
            assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("address", "port"),
    [(None, None), ("http://127.0.0.1:8000/api/v1", 8000), ("http://localhost/api/v1", 80), ("https://[::1]", 443),
     ("https://sym.example.com:8000/api/v1", None)],
)  # fmt: skip
def test_a_worker_closes_the_port_of_a_server_on_its_machine(address: str | None, port: int | None) -> None:
    assert _local_port(address) == port
