"""Sending to the app: over Socket Mode if it is connected, else by HTTP to its request URL."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Condition, Event
from typing import Any

from sym.simulator.http_delivery import post
from sym.simulator.parcels import Parcel, Undelivered
from sym.simulator.slack import Slack
from sym.simulator.sockets import Sockets


class Delivery:
    """``ack_seconds`` is the time the app has; ``retry_waits`` are the pauses before an event is sent again: in Slack
    none, a minute and five."""

    def __init__(
        self, slack: Slack, *, ack_seconds: float = 3.0, retry_waits: tuple[float, ...] = (0, 60, 300)
    ) -> None:
        self._slack = slack
        self.ack_seconds = ack_seconds
        self.retry_waits = retry_waits
        self.sockets = Sockets(slack.app.id)
        self.sent: deque[Parcel] = deque(maxlen=1_000)
        self._later = ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack-delivery")
        self._stopping = Event()
        self._idle = Condition()
        self._pending = 0

    @property
    def by(self) -> str | None:
        """How the app is reached: ``socket``, ``http`` or not at all."""
        if self.sockets.is_connected:
            return "socket"
        return "http" if self._slack.app.request_url else None

    def deliver(self, parcel: Parcel, *, url: str | None = None) -> Any:
        """What the app answered. Raises Undelivered. The lock must not be held."""
        started = time.monotonic()
        outcome, details = "ok", [f"{parcel.retry[1]}, attempt {parcel.retry[0]}"] if parcel.retry else []
        self.sent.append(parcel)
        try:
            return self._send(parcel, url)
        except Undelivered as error:
            outcome, details = error.code, [*details, error.details]
            raise
        finally:
            spent = round((time.monotonic() - started) * 1000)
            self._slack.journal.add(
                "delivery", parcel.what, outcome, at=self._slack.now(), team=parcel.team, details=details,
                milliseconds=spent,
            )  # fmt: skip
            self._slack.changes.add("log", team=parcel.team)

    def _send(self, parcel: Parcel, url: str | None) -> Any:
        if self._slack.faults.is_down:
            raise Undelivered("dispatch_failed", "Slack is down")
        if self.sockets.is_connected:
            return self.sockets.deliver(parcel, self.ack_seconds)
        target = url or self._slack.app.request_url
        if target is None:
            raise Undelivered("dispatch_failed", "the app has no request URL and no connection in Socket Mode")
        timestamp = int(self._slack.clock().timestamp())
        return post(
            target, parcel, secret=self._slack.app.signing_secret, timestamp=timestamp, seconds=self.ack_seconds
        )

    def deliver_later(self, parcel: Parcel) -> None:
        """Send it in the background; an event is sent again up to three times if the app does not take it."""
        with self._idle:
            if self._stopping.is_set():
                return
            self._pending += 1
        self._later.submit(self._try, parcel).add_done_callback(self._done)

    def _done(self, _: Future[None]) -> None:
        with self._idle:
            self._pending -= 1
            self._idle.notify_all()

    def _try(self, parcel: Parcel) -> None:
        waits = self.retry_waits if parcel.kind == "events_api" else ()
        reason = ""
        for number, wait in enumerate((0.0, *waits)):
            if self._stopping.wait(wait):
                return
            retry = (number, reason) if number else None
            try:
                self.deliver(replace(parcel, retry=retry))
            except Undelivered as error:
                reason = "http_timeout" if error.code == "operation_timeout" else "http_error"
            else:
                return

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until nothing is being sent in the background. Raises TimeoutError."""
        with self._idle:
            if not self._idle.wait_for(lambda: self._pending == 0, timeout=seconds):
                raise TimeoutError(f"{self._pending} deliveries are still under way after {seconds} s")

    def stop(self) -> None:
        """Send nothing more in the background."""
        self._stopping.set()
        self.sockets.give_up()
        self._later.shutdown(wait=True, cancel_futures=True)
