"""People who ask for access, decide and give back, at random, through whichever server answers."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from typing import Any

from tests.chaos.installation import APPROVERS, FLOWS, REQUESTERS, TARGETS, Installation

PATIENCE = 40.0
"""Seconds that somebody keeps trying."""
EXPECTED = frozenset({200, 503})
"""What a server may answer to somebody who is allowed to do what they do, whatever happens to it."""
TOO_EARLY = ("still being processed", "status 'requested'", "status 'approved'", "Only the requester, the approver")
"""How it says that something cannot be done yet."""


class Crowd:
    """``size`` people at once. What was answered is kept: ``accepted`` are the runs somebody was told of."""

    def __init__(self, installation: Installation, seed: int, size: int = 4) -> None:
        self._installation = installation
        self._leaving = threading.Event()
        self._lock = threading.Lock()
        self.accepted: set[str] = set()
        self.odd: Counter[str] = Counter()
        self._threads = [
            threading.Thread(target=self._live, args=(random.Random(f"{seed}:{number}"),), daemon=True)
            for number in range(size)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        """Ask nothing more, and wait until everybody has finished what they began."""
        self._leaving.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)
            assert not thread.is_alive(), "somebody of the crowd never came back"

    def _live(self, chance: random.Random) -> None:
        while not self._leaving.is_set():
            try:
                self._one_request(chance)
            except Exception as error:
                self._note(f"a person failed: {type(error).__name__}: {error}")
            self._leaving.wait(chance.uniform(0.0, 0.4))

    def _one_request(self, chance: random.Random) -> None:
        kind = chance.choice(list(TARGETS))
        target, seconds = chance.choice(list(TARGETS[kind])), chance.randint(1, 6)
        inputs = {"duration": seconds, "target_srn": f"acme:access_target:{kind}:{target}:latest"}
        body = {"flow_srn": f"acme:flow:{FLOWS[kind]}:latest", "flow_inputs": inputs}
        requester, approver = chance.choice(REQUESTERS), chance.choice(APPROVERS)
        fate, pause = chance.random(), chance.uniform(0.0, 1.2 * seconds)
        answer = self._do(requester, "/events/request", body, chance)
        if answer is None:
            return
        run_id = answer["run_id"]
        with self._lock:
            self.accepted.add(run_id)
        if fate < 0.05:
            return  # nobody ever decides
        self._insist(approver, "deny" if fate < 0.1 else "approve", run_id, chance)
        if fate > 0.7:
            self._leaving.wait(pause)
            # Whoever has not approved yet may not end it; neither can what has not begun.
            self._insist(requester if fate > 0.85 else approver, "deescalate", run_id, chance)

    def _insist(self, who: str, what: str, run_id: str, chance: random.Random) -> None:
        """Do something to a run as soon as it can be done, and give up when it cannot be done any more."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self._do(who, f"/events/{what}", {"run_id": run_id}, chance, also=(400, 403, 409))
            if answer is None or not any(word in answer.get("refused", "") for word in TOO_EARLY):
                return  # done; or an earlier try of ours was heard, although its answer was lost
            time.sleep(0.3)

    def _do(self, who: str, path: str, body: dict[str, Any], chance: random.Random,
            also: tuple[int, ...] = ()) -> dict[str, Any] | None:  # fmt: skip
        """Call the API until somebody answers; None if nobody ever does. ``also`` are refusals to be expected."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            urls = [server.url for server in self._installation.servers if server.url]
            if not urls:
                time.sleep(0.1)
                continue
            status, answer = self._call(chance.choice(urls) + "/api/v1" + path, who, body)
            if status == 200:
                return answer
            if status in also:
                return {"refused": str(answer.get("message"))}
            if status not in (0, *EXPECTED):
                self._note(f"{path} was answered {status}: {answer}")
                return None
            time.sleep(0.2)
        return None

    def _call(self, url: str, who: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and the body of one answer; 0 if there was none."""
        request = urllib.request.Request(
            url, data=json.dumps(body).encode(), method="POST",
            headers={"Authorization": f"Bearer {self._installation.tokens[who]}", "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=8) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error, contextlib.suppress(OSError, http.client.HTTPException):
                return error.code, json.loads(error.read() or b"{}")
            return 0, {}
        except (OSError, ValueError, http.client.HTTPException):
            return 0, {}  # the server was killed before or in the middle of its answer

    def _note(self, text: str) -> None:
        with self._lock:
            self.odd[text] += 1
