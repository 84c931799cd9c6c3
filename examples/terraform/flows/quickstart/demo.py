"""The quickstart from beginning to end, on this machine alone: `make demo`.

Everything happens in one folder (`.demo` of the checkout), which is made anew each time. What is run is printed before
it is run, so that it can be repeated by hand.
"""

import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from target_system import create, members

HERE = Path(__file__).resolve().parent
FOLDER = Path(sys.argv[1]).resolve()
BIN = Path(sys.executable).parent
SECONDS = 8
KEY = secrets.token_hex(8)
ENVIRONMENT = {
    "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    "HOME": str(FOLDER / "home"),
    "SYM_STORE_URL": f"sqlite:///{FOLDER}/store/store.db",
    "TF_CLI_CONFIG_FILE": str(FOLDER / "terraform.rc"),
    "TF_VAR_target_system": str(FOLDER / "target" / "members.db"),
    "CHECKPOINT_DISABLE": "1",
    "NO_COLOR": "1",
}
COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class Failed(Exception):
    """A step did not do what it should."""


def title(text):
    """Print what comes next."""
    print(f"\n\033[1m{text}\033[0m" if COLOUR else f"\n== {text}", flush=True)


def say(text):
    """Print a remark."""
    print(f"   {text}", flush=True)


def run(*command, show=True, keep=None):
    """Run a command, print it and what it prints; give its standard output."""
    if show:
        print(f"   $ {shlex.join(command)}", flush=True)
    done = subprocess.run(command, cwd=FOLDER / "work", env=ENVIRONMENT, capture_output=True, text=True, check=False)
    printed = (done.stdout + done.stderr).strip().splitlines()
    if show or done.returncode:
        for line in printed if keep is None or done.returncode else [line for line in printed if keep in line]:
            print(f"     {line}", flush=True)
    if done.returncode:
        raise Failed(f"{command[0]} ended with status {done.returncode}")
    return done.stdout


class Runtime:
    """`symflow serve`, started and killed."""

    def __init__(self):
        self.process = None
        self.url = ""

    def start(self):
        """Start it, and wait until it is ready."""
        # The key goes to the runtime alone. Flows may touch no files but those below SYM_HANDLER_FOLDERS.
        say("$ SYM_SECRET_TARGET_SYSTEM_KEY=… SYM_HANDLER_FOLDERS=…/target symflow serve --port 0")
        given = {"SYM_SECRET_TARGET_SYSTEM_KEY": KEY, "SYM_HANDLER_FOLDERS": str(FOLDER / "target")}
        log = (FOLDER / "serve.log").open("a")
        self.process = subprocess.Popen(
            [str(BIN / "symflow"), "serve", "--port", "0"],
            env=ENVIRONMENT | given,
            stdout=log,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for line in self.process.stderr:
            log.write(line)
            if "listening on " in line:
                self.url = line.split("listening on ")[1].strip()
                say(f"  {line.strip()}")
                return
        raise Failed(f"the runtime did not start; see {FOLDER / 'serve.log'}")

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


def show_members():
    """Print who is in which group of the target system, and give it."""
    found = members(ENVIRONMENT["TF_VAR_target_system"])
    say("In the target system: " + (", ".join(f"{name} is in {group}" for name, group in found) or "nobody has access"))
    return found


def expect(condition, what):
    """Stop the demo if it did not show what it should."""
    if not condition:
        raise Failed(what)


def prepare():
    """An empty folder with the configuration, the provider and a target system."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in ("work", "home", "store", "target"):
        (FOLDER / name).mkdir(parents=True)
    for name in ("main.tf", "impl.py", "on_change.py", "strategy.py"):
        shutil.copy(HERE / name, FOLDER / "work" / name)
    create(ENVIRONMENT["TF_VAR_target_system"], KEY)


def set_up():
    """Install the provider, make an organization with people, and apply the configuration."""
    title("1. Install the Terraform provider into a local mirror")
    configuration = run("terraform-provider-sym", "install", "--mirror", str(FOLDER / "mirror"), keep="Installed")
    (FOLDER / "terraform.rc").write_text(configuration)

    title("2. Make an organization, two people, a bot, and a token for each")
    run("symflow", "init-org", "quickstart", "--admin", "root@example.com")
    run("symflow", "users", "create", "bob@example.com")
    run("symflow", "bots", "create", "ci")
    tokens = {}
    for name in ("ci", "bob@example.com"):
        say(f"$ symflow tokens issue --username {name} --expiry 1d")
        tokens[name] = run("symflow", "tokens", "issue", "--username", name, "--expiry", "1d", show=False).strip()

    title("3. terraform init and apply: the flow, what it grants and how (main.tf, impl.py, strategy.py)")
    run("terraform", "init", "-no-color", "-input=false", keep="successfully")
    run("terraform", "apply", "-no-color", "-input=false", "-auto-approve", keep="complete")
    run("terraform", "plan", "-no-color", "-input=false", "-detailed-exitcode", keep="No changes")
    return tokens["ci"], tokens["bob@example.com"]


def tell(runtime, ci, bob):
    """Ask, approve, crash, and see the access end."""
    title("4. Start the runtime: API and worker in one process")
    runtime.start()

    title("5. A CI job asks for access, through the API")
    inputs = {
        "reason": "Look at last night's numbers",
        "duration": SECONDS,
        "target_srn": "quickstart:access_target:custom:readers:latest",
    }
    body = {"flow_srn": "quickstart:flow:quickstart:latest", "flow_inputs": inputs}
    status, accepted = call(runtime, "ci", ci, "POST", "/events/request", body)
    expect(status == 200, "the request was not accepted")
    run_id = accepted["run_id"]
    wait_for(runtime, ci, run_id, "requested")
    expect(show_members() == [], "nobody should have access yet")
    say("It waits. The requester cannot approve it; impl.py says so:")
    status, _ = call(runtime, "ci", ci, "POST", "/events/approve", {"run_id": run_id})
    expect(status == 403, "a requester approved their own request")

    title("6. Bob approves it, and the access is really there")
    status, _ = call(runtime, "bob", bob, "POST", "/events/approve", {"run_id": run_id, "message": "Go ahead"})
    expect(status == 200, "the approval was not accepted")
    wait_for(runtime, bob, run_id, "escalated")
    granted = time.monotonic()
    expect(show_members() == [("ci", "readers")], "the access is not there")

    title("7. Kill the runtime with SIGKILL, while the access is active, and start it again")
    runtime.kill()
    say("Killed. Nothing is running now.")
    expect(show_members() == [("ci", "readers")], "the access should still be there")
    runtime.start()

    title(f"8. After {SECONDS} seconds the access ends by itself")
    wait_for(runtime, bob, run_id, "deescalated")
    say(f"It ended {time.monotonic() - granted:.1f} seconds after it was granted.")
    expect(show_members() == [], "the access is still there")
    return run_id


def audit(run_id):
    """Print what was recorded, and see that nothing is missing."""
    title("9. The audit trail of this run")
    run("symflow", "audit", "list", "--run", run_id)
    entries = json.loads(run("symflow", "audit", "list", "--run", run_id, "--json", show=False))
    names = [entry["name"] for entry in entries]
    wanted = ["run.requested", "action.refused", "run.approved", "run.escalated", "run.deescalated"]
    expect(names == wanted, f"the audit trail should be {wanted}, but is {names}")
    say("Every entry in full: symflow audit list --json")


def main():
    """Run the demo; 0 if everything was as it should be."""
    started = time.monotonic()
    runtime = Runtime()
    try:
        prepare()
        run_id = tell(runtime, *set_up())
        audit(run_id)
    except Failed as problem:
        print(f"\nThe demo failed: {problem}.", file=sys.stderr)
        return 1
    finally:
        runtime.stop()
    title("Done")
    say(f"That took {time.monotonic() - started:.0f} seconds. Everything is in {FOLDER}; look around, then delete it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
