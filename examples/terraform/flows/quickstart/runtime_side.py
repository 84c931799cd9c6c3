"""The demo's runtime: started, killed and stopped, and asked through its API."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from telling import Failed, say


class Runtime:
    """`symflow serve`, started and killed."""

    def __init__(self, folder, environment):
        self.process = None
        self.url = ""
        self._folder, self._environment = folder, environment

    def start(self):
        """Start it, and wait until it is ready."""
        path = self._folder / "serve.log"
        with path.open("a") as log:
            begin = log.tell()
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / "symflow"), "serve", "--port", "0"],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while self.process.poll() is None:
            lines = path.read_text()[begin:].splitlines(keepends=True)
            for line in lines:
                if "listening on " in line and line.endswith("\n"):
                    self.url = line.split("listening on ")[1].strip()
                    say(f"  {line.strip()}")
                    return
            time.sleep(0.05)
        raise Failed(f"the runtime did not start; see {path}")

    def kill(self):
        """Kill it the hard way, as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Stop it, and whatever it has started."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def api(runtime, token, method, path, body=None):
    """Call the API; give the status and the JSON answer."""
    request = urllib.request.Request(
        f"{runtime.url}/api/v1{path}",
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def call(runtime, name, token, method, path, body=None):
    """Call the API as somebody, and print both sides."""
    print(f"   {name}: {method} /api/v1{path} {json.dumps(body) if body else ''}".rstrip(), flush=True)
    status, answer = api(runtime, token, method, path, body)
    shown = {
        key: answer[key] for key in ("run_id", "event_id", "status", "code", "message", "expires_at") if answer.get(key)
    }
    print(f"     {status} {json.dumps(shown)}", flush=True)
    return status, answer


def wait_for(runtime, token, run_id, wanted, seconds=30):
    """Wait until the run has a status."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status = api(runtime, token, "GET", f"/runs/{run_id}")[1].get("status")
        if status == wanted:
            say(f"The run is now: {status}")
            return
        if status in ("errored", "denied", "ignored"):
            break
        time.sleep(0.1)
    raise Failed(f"the run should be {wanted}, but is {status}")
