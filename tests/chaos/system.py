"""A whole installation on this machine: `symflow serve` in a process of its own, to be killed, and what it works on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sym.audit.events import Actor
from sym.store import resources
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.events import Event, events_of_run
from sym.store.grants import Lease, lease_of_run

BIN = Path(sys.executable).parent
SECONDS = 30
"""How long anything may take. What is prompt takes a second or two."""

IMPL = '''
import time
from pathlib import Path
from sym.sdk import ApprovalTemplate, RequestPermission, hook, reducer

def pause(event, place):
    """Where the request says so, say that we are here and wait to be let go on."""
    wanted, _, key = (event.payload.fields.get("pause") or "").partition(":")
    if wanted == place:
        folder = Path(event.flow.vars["folder"])
        (folder / f"{key}.entered").touch()
        while not (folder / f"{key}.go").exists():
            time.sleep(0.01)

@reducer
def get_permissions(event):
    pause(event, "get_permissions")
    return RequestPermission(webapp_view="member", approve_deny="member")
''' + "".join(
    f'\n@hook\ndef {name}(event):\n    pause(event, "{name}")\n'
    for name in ("on_request", "on_approve", "on_escalate", "on_deescalate", "after_request", "after_escalate")
)

STRATEGY = """
import sqlite3, time
from contextlib import closing
from pathlib import Path
from sym.sdk.strategies import AccessStrategy

class Membership(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email or user.username

    def escalate(self, target_id, event):
        return self._change("escalate", "insert or ignore into members values (?, ?)", target_id, event)

    def deescalate(self, target_id, event):
        return self._change("deescalate", "delete from members where name = ? or run = ?", target_id, event)

    def _change(self, method, statement, target_id, event):
        run = str(event.run.srn.identifier)
        self._run("insert into calls values (?, ?)", method, run)
        self._pause(event, f"{method}-before")
        self._run(statement, self.get_requester_identity(event), run)
        self._pause(event, f"{method}-after")
        return {"run": run}

    def _run(self, statement, *values):
        with closing(sqlite3.connect(self.integration.external_id, timeout=10)) as database, database:
            database.execute(statement, values)

    def _pause(self, event, place):
        wanted, _, key = (event.payload.fields.get("pause") or "").partition(":")
        if wanted == place:
            folder = Path(event.flow.vars["folder"])
            (folder / f"{key}.entered").touch()
            while not (folder / f"{key}.go").exists():
                time.sleep(0.01)
"""


class System:
    """An organization with the flow ``door``, its people's tokens, and the server."""

    def __init__(self, folder: Path, store_url: str) -> None:
        self.folder = folder
        self.target = folder / "target"
        self.target.mkdir()
        self.database = self.target / "members.db"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "SYM_STORE_URL": store_url,
            "SYM_KEYS_DIR": str(folder / "keys"), "SYM_HANDLER_FOLDERS": str(self.target), "NO_COLOR": "1",
        }  # fmt: skip
        self.store = Store(store_url)
        self.url = ""
        self.process: subprocess.Popen[str] | None = None
        self.tokens: dict[str, str] = {}

    def set_up(self) -> None:
        """Everything but the server."""
        with closing(sqlite3.connect(self.database)) as database, database:
            database.execute("create table members (name text, run text, primary key (name, run))")
            database.execute("create table calls (method text, run text)")
        self._symflow("init-org", "acme", "--admin", "root@example.com")
        for command in (("users", "create", "bob@example.com"), ("bots", "create", "ci")):
            self._symflow(*command)
        for name in ("ci", "bob@example.com"):
            self.tokens[name] = self._symflow("tokens", "issue", "--username", name, "--expiry", "1d").strip()
        self._declare()

    def _symflow(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(BIN / "symflow"), *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def symflow_rows(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command prints as JSON, whether or not it finds everything in order."""
        done = subprocess.run(
            [str(BIN / "symflow"), *arguments, "--json"], env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows

    def _declare(self) -> None:
        integration = {"type": "custom", "name": "door", "external_id": str(self.database)}
        integration_id = self._save("integration", integration)
        target_id = self._save("target", {"type": "custom", "name": "door", "settings": {"identifier": "door"}})
        strategy = {"type": "custom", "name": "door", "targets": [target_id], "integration_id": integration_id,
                    "implementation": STRATEGY}  # fmt: skip
        params = {
            "strategy_id": self._save("strategy", strategy),
            "prompt_field": [
                {"name": "pause", "type": "string", "required": False},
                {"name": "duration", "type": "duration", "allowed_values": ["1s", "2s", "3s", "1h"]},
            ],
        }
        environment_id = self._save("environment", {"name": "local"})
        flow = {"name": "door", "environment_id": environment_id, "implementation": IMPL, "params": [params],
                "vars": {"folder": str(self.target)}}  # fmt: skip
        self._save("flow", flow)

    def _save(self, name: str, document: dict[str, Any]) -> str:
        with self.store.transaction() as conn:
            return resources.save(conn, name, document, actor=Actor.SYSTEM, now=datetime.now(UTC)).id

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        assert self.process is None
        process = subprocess.Popen(
            [str(BIN / "symflow"), "serve", "--port", "0"], env=self.environment, text=True, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stderr is not None
        log: list[str] = []
        for line in process.stderr:
            log.append(line)
            if "listening on " in line:
                break
        else:
            raise AssertionError("the server did not start:\n" + "".join(log))
        self.url = log[-1].split("listening on ")[1].strip()
        threading.Thread(target=self._keep_log, args=(process.stderr,), daemon=True).start()
        self.process = process

    def _keep_log(self, stream: Any) -> None:
        # The stream is closed by whoever ends the process.
        with (self.folder / "serve.log").open("a") as log, stream:
            for line in stream:
                log.write(line)
                log.flush()

    def kill(self) -> None:
        """End the server as a power cut would, and see that nothing it started lives on."""
        assert self.process is not None
        family = descendants(self.process.pid)
        assert family, "there should be the process that authors' code is forked from"
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        wait_until(lambda: not [pid for pid in family if is_alive(*pid)], "what the killed server started still lives")

    def stop(self) -> None:
        """Ask the server to end."""
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(SECONDS) == 0
            self.process = None

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def post(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the API as somebody."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", data=json.dumps(body).encode(), method="POST",
            headers={"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None

    def status(self, run_id: str) -> str:
        """What the store says the run's status is."""
        from sym.store.runs import get_run

        with self.store.reading() as conn:
            run = get_run(conn, run_id)
        assert run is not None
        return run.status

    def lease(self, run_id: str) -> Lease | None:
        with self.store.reading() as conn:
            return lease_of_run(conn, run_id)

    def events(self, run_id: str) -> list[Event]:
        with self.store.reading() as conn:
            return events_of_run(conn, run_id)

    def trail(self, run_id: str) -> list[str]:
        """Names of the run's audit entries."""
        with self.store.reading() as conn:
            return [entry["name"] for entry in entries(conn, run_id=run_id)]

    def rows(self, statement: str, *values: str) -> list[Any]:
        """Ask the target system."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(statement, values).fetchall()

    def is_member(self, run_id: str) -> bool:
        """Whether the run's access is there."""
        return bool(self.rows("select 1 from members where run = ?", run_id))

    def calls(self, run_id: str) -> list[str]:
        """What the strategy was called for on behalf of the run."""
        return [method for (method,) in self.rows("select method from calls where run = ? order by rowid", run_id)]


class Request:
    """One request of the flow, from its beginning to its end."""

    def __init__(self, system: System, pause: str = "", seconds: int = 1) -> None:
        self.system = system
        self.key = uuid.uuid4().hex
        inputs = {"duration": seconds, **({"pause": f"{pause}:{self.key}"} if pause else {})}
        answer = system.post("ci", "/events/request", {"flow_srn": "acme:flow:door:latest", "flow_inputs": inputs})
        self.id: str = answer["run_id"]

    def wait_for(self, status: str) -> None:
        """Wait until the run has this status."""
        reached = lambda: self.system.status(self.id) == status  # noqa: E731
        wait_until(reached, lambda: f"the run should be {status} but is {self.system.status(self.id)}")

    def approve(self) -> None:
        self.system.post("bob@example.com", "/events/approve", {"run_id": self.id})

    def wait_until_inside(self) -> None:
        """Wait until the code is where the request says it shall pause."""
        wait_until((self.system.target / f"{self.key}.entered").exists, "nobody came to the place of the pause")

    def let_go(self) -> None:
        """Let the code go on, now and whenever it comes there again."""
        (self.system.target / f"{self.key}.go").touch()

    def finish(self, *, repeated: tuple[str, ...] = ()) -> None:
        """See the run to its end, and that everything is as if nothing had happened but what is in ``repeated``."""
        if self.system.status(self.id) in ("prompted", "requested"):
            self.wait_for("requested")
            if not any(event.name == "approve" for event in self.system.events(self.id)):
                self.approve()
        self.wait_for("deescalated")
        over = lambda: {event.phase for event in self.system.events(self.id)} == {"done"}  # noqa: E731
        wait_until(over, "an event of the run is not finished")
        trail = ["run.requested", "run.approved", "run.escalated", "run.deescalated"]
        for name in repeated:
            trail.insert(trail.index(f"run.{name}d"), "effect.repeated")
        assert self.system.trail(self.id) == trail
        assert sorted(self.system.calls(self.id)) == sorted(["escalate", "deescalate", *repeated])
        assert not self.system.is_member(self.id)
        assert [event.error for event in self.system.events(self.id)] == [None] * 4
        lease = self.system.lease(self.id)
        assert lease is not None
        assert lease.status == "ended"
        assert lease.ended_at is not None
        assert lease.ends_at is not None
        assert lease.ended_at >= lease.ends_at


def wait_until(condition: Any, complaint: Any) -> None:
    """Wait until the condition is true."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(complaint() if callable(complaint) else complaint)
        time.sleep(0.03)


def descendants(pid: int) -> list[tuple[int, str]]:
    """Every process that this one and its children started: (id, when it was started), which nobody else ever has."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            for child in map(int, task.read_text().split()):
                found += [(child, _stat(child)[19]), *descendants(child)]
    return found


def is_alive(pid: int, started: str) -> bool:
    """Whether it is still that process and still runs. A dead one nobody has asked after yet is dead."""
    try:
        fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[19] == started and fields[0] not in "ZX"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold anything: the state is the first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
