"""The quickstart from beginning to end, on this machine alone: `make demo`, with a Slack of its own.

Everything happens in one folder (`.demo` of the checkout), which is made anew each time. What is run is printed before
it is run, so that it can be repeated by hand.
"""

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from play import play, wants_to_play
from runtime_side import Runtime, call, wait_for
from slack_side import Slack, buttons, wait_until
from target_system import create, members
from telling import Failed, expect, say, title

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


def show_members():
    """Print who is in which group of the target system, and give it."""
    found = members(ENVIRONMENT["TF_VAR_target_system"])
    say("In the target system: " + (", ".join(f"{name} is in {group}" for name, group in found) or "nobody has access"))
    return found


def prepare():
    """An empty folder with the configuration, the provider and a target system."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in ("work", "home", "store", "target"):
        (FOLDER / name).mkdir(parents=True)
    for name in ("main.tf", "impl.py", "on_change.py", "strategy.py"):
        shutil.copy(HERE / name, FOLDER / "work" / name)
    create(ENVIRONMENT["TF_VAR_target_system"], KEY)


def set_up(slack):
    """Install the provider, make an organization with people, and apply the configuration."""
    title("1. Install the Terraform provider into a local mirror")
    configuration = run("terraform-provider-sym", "install", "--mirror", str(FOLDER / "mirror"), keep="Installed")
    (FOLDER / "terraform.rc").write_text(configuration)

    title("2. Make an organization, two people, a bot, and a token for each; and a Slack to try it with")
    run("symflow", "init-org", "quickstart", "--admin", "ada@acme.test")
    run("symflow", "users", "create", "ben@acme.test")
    run("symflow", "bots", "create", "ci")
    tokens = {}
    for name in ("ci", "ben@acme.test"):
        say(f"$ symflow tokens issue --username {name} --expiry 1d")
        tokens[name] = run("symflow", "tokens", "issue", "--username", name, "--expiry", "1d", show=False).strip()
    say("$ symflow slack simulator --port 0")
    slack.start()
    say(f"  listening on {slack.url}")

    title("3. terraform init and apply: the flow, what it grants and how (main.tf, impl.py, strategy.py)")
    ENVIRONMENT["TF_VAR_slack_workspace"] = slack.team
    run("terraform", "init", "-no-color", "-input=false", keep="successfully")
    run("terraform", "apply", "-no-color", "-input=false", "-auto-approve", keep="complete")
    run("terraform", "plan", "-no-color", "-input=false", "-detailed-exitcode", keep="No changes")
    return tokens["ci"], tokens["ben@acme.test"]


def runtime_environment(slack):
    """What the runtime is started with. The key goes to it alone, and flows may touch no files but those below
    SYM_HANDLER_FOLDERS."""
    given = {"SYM_SECRET_TARGET_SYSTEM_KEY": KEY, "SYM_HANDLER_FOLDERS": str(FOLDER / "target")}
    say("With SYM_SECRET_TARGET_SYSTEM_KEY, SYM_HANDLER_FOLDERS=…/target, and what the simulator told:")
    say(", ".join(slack.variables))
    return ENVIRONMENT | given | slack.variables


def ask_through_api(runtime, ci, ben):
    """A CI job asks, a person approves; the runtime is killed, and the access ends all the same."""
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

    title("6. Ben approves it, and the access is really there")
    status, _ = call(runtime, "ben", ben, "POST", "/events/approve", {"run_id": run_id, "message": "Go ahead"})
    expect(status == 200, "the approval was not accepted")
    wait_for(runtime, ben, run_id, "escalated")
    granted = time.monotonic()
    expect(show_members() == [("ci", "readers")], "the access is not there")

    title("7. Kill the runtime with SIGKILL, while the access is active, and start it again")
    runtime.kill()
    say("Killed. Nothing is running now.")
    expect(show_members() == [("ci", "readers")], "the access should still be there")
    runtime.start()

    title(f"8. After {SECONDS} seconds the access ends by itself")
    wait_for(runtime, ben, run_id, "deescalated")
    say(f"It ended {time.monotonic() - granted:.1f} seconds after it was granted.")
    expect(show_members() == [], "the access is still there")
    return run_id


def ask_in_slack(slack):
    """Ben asks in Slack, Cleo approves there, and Ben gives the access back."""
    title("9. The same in Slack: Ben asks, Cleo approves, and Ben gives the access back")
    channel, ben, cleo = slack.channel("access-requests"), slack.person("Ben Ruiz"), slack.person("Cleo Tran")

    def card(button):
        """Ben's card in the channel, once it has this button (None: once the access has ended)."""

        def look():
            found = [item for item in cleo.messages(channel) if item["is_bot"] and ben.id in json.dumps(item["blocks"])]
            shown = buttons(found[-1]) if found else [""]
            return found[-1] if found and (button in shown if button else is_over(found[-1])) else None

        found = wait_until(look, f"the card in #access-requests is never one with {button or 'no'} button")
        say("  #access-requests: " + found["text"].splitlines()[0].replace(f"<@{ben.id}>", "@Ben Ruiz"))
        return found

    def is_over(message):
        return not buttons(message) and "ended" in message["text"] and "being" not in message["text"]

    say("Ben: /sym req quickstart")
    ben.do("command", channel=channel, text="/sym req quickstart")
    ben.fill(target_id="Readers of the database", reason="Answer a customer", duration="10 minutes")
    asked = card("Approve")
    say('Cleo: "Until the ticket is closed", Approve')
    cleo.press(asked, "Approve", typed="Until the ticket is closed")
    granted = card("Revoke")
    expect(show_members() == [("ben@acme.test", "readers")], "the access is not there")
    say("Ben: Revoke")
    ben.press(granted, "Revoke")
    card(None)
    expect(show_members() == [], "the access is still there")


def audit(run_id):
    """Print what was recorded, and see that nothing is missing."""
    title("10. The audit trail of the CI job's request, and whether anybody has touched it")
    run("symflow", "audit", "list", "--run", run_id)
    entries = json.loads(run("symflow", "audit", "list", "--run", run_id, "--json", show=False))
    names = [entry["name"] for entry in entries]
    wanted = ["run.requested", "action.refused", "run.approved", "run.escalated", "run.deescalated"]
    expect(names == wanted, f"the audit trail should be {wanted}, but is {names}")
    run("symflow", "audit", "verify")
    say("Every entry in full: symflow audit list --json")


def main():
    """Run the demo; 0 if everything was as it should be."""
    started = time.monotonic()
    runtime = slack = None
    try:
        prepare()
        log = (FOLDER / "slack.log").open("a")
        slack = Slack([str(BIN / "symflow")], ENVIRONMENT, log)
        tokens = set_up(slack)
        title("4. Start the runtime: API, Slack and worker in one process")
        runtime = Runtime(FOLDER, runtime_environment(slack))
        runtime.start()
        run_id = ask_through_api(runtime, *tokens)
        ask_in_slack(slack)
        audit(run_id)
        title("Done")
        say(
            f"That took {time.monotonic() - started:.0f} seconds. Everything is in {FOLDER}; look around, then delete it."
        )
        say(f"Slack, to be looked at and played with while this runs: {slack.url}")
        if wants_to_play():
            play(runtime, slack, ENVIRONMENT)
        else:
            say("It stops now; DEMO_STAY=1 make demo keeps it up.")
    except (Failed, RuntimeError) as problem:
        print(f"\nThe demo failed: {problem}.", file=sys.stderr)
        return 1
    finally:
        for side in (runtime, slack):
            if side is not None:
                side.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
