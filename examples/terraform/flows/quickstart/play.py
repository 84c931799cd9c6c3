"""After the demo: everything stays up, to be played with and to be broken."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from telling import say, title

CHOICES = """
   k  kill the runtime with SIGKILL, and start it again: while somebody has access, say
   e  edit a row of the audit log behind its back, and let `symflow audit verify` name it
   q  stop everything
"""


def wants_to_play():
    """Whether to stay: as DEMO_STAY says, else as somebody at a terminal answers."""
    wish = os.environ.get("DEMO_STAY", "")
    if wish or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return wish not in ("", "0")
    try:
        return input("\n   Keep it running, to play with it? [y/N] ").strip().lower().startswith("y")
    except (EOFError, KeyboardInterrupt):
        return False


def play(runtime, slack, environment):
    """Stay until told otherwise: by `q`, Ctrl-C or SIGTERM."""
    title(f"Open {slack.url}")
    say("Switch between people, type /sym in #access-requests, fill in the form, press the buttons.")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    try:
        if not sys.stdin.isatty():
            say("It stays up until you press Ctrl-C.")
            stopped.wait()
            return
        while not stopped.is_set():
            print(CHOICES)
            choice = input("   > ").strip().lower()[:1]
            if choice == "k":
                runtime.kill()
                say("Killed. Buttons in Slack do nothing now; access that was granted is still there.")
                input("   Enter starts it again. ")
                runtime.start()
            elif choice == "e":
                edit_and_verify(environment)
            elif choice == "q":
                return
    except (EOFError, KeyboardInterrupt):
        print()


def edit_and_verify(environment):
    """Turn the newest approval into a denial, in a copy of the store, and verify that."""
    store = Path(environment["SYM_STORE_URL"].removeprefix("sqlite:///"))
    copy = store.with_name("edited.db")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(store) as original, sqlite3.connect(copy) as edited:
        original.backup(edited)
        number = edited.execute("SELECT max(sequence) FROM sym_audit_entry WHERE name = 'run.approved'").fetchone()[0]
        say(f"In a copy of the store, entry {number} becomes run.denied.")
        edited.execute("UPDATE sym_audit_entry SET name = 'run.denied' WHERE sequence = ?", (number,))
    say("$ symflow audit verify")
    done = subprocess.run(
        ["symflow", "audit", "verify"],
        env=environment | {"SYM_STORE_URL": f"sqlite:///{copy}", "SYM_KEYS_DIR": str(store.parent / "keys")},
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (done.stdout + done.stderr).splitlines():
        say(f"  {line}")
    say("It ended with status " + str(done.returncode) + ".")
