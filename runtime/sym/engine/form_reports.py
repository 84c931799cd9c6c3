"""Failures of authors' code before there is a request, told to the error loggers.

There is no run yet that a message or an audit entry could be about. So a report is handed to the surface directly, by a
thread of its own, and is lost if it cannot be delivered; the log has it in any case.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from sym.engine import cards
from sym.engine.cards import Told
from sym.engine.lifecycle import Decision
from sym.engine.outbound import ErrorReport, Outbound
from sym.engine.views import World
from sym.observability import watch

log = logging.getLogger(__name__)
MOST_WAITING = 8
SAME_SECONDS = 300.0
"""What was told is not told again for so long: a form that fails does so with every click."""
MOST_KNOWN = 256
Document = dict[str, Any]


class FormReports:
    """Hands reports over, one after the other. More than a few that wait are left out: they say the same."""

    def __init__(self, outbound: Outbound, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._outbound = outbound
        self._seconds = seconds
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._waiting: queue.Queue[ErrorReport | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def tell(self, destinations: list[Document], content: Document) -> None:
        """Tell the error loggers of ``destinations``, soon. ``content`` is that of :func:`about_form` or
        :func:`about_filter`. Never raises."""
        log.warning("a form, %s: %s", content["event"], content["text"])
        watch.reported(content["what"])
        for destination in destinations if self._outbound.is_bound else ():
            if not self._is_news(destination, content):
                continue
            report = ErrorReport(id=str(uuid.uuid4()), attempt=1, run_id="", destination=destination, content=content)
            try:
                self._waiting.put_nowait(report)
            except queue.Full:
                log.warning("too many reports wait for the error logger: this one is left out")
                return
            self._begin()

    def close(self, timeout: float = 2.0) -> None:
        """Hand over what waits, for at most ``timeout`` seconds, and stop."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            try:
                self._waiting.put(None, timeout=timeout)
            except queue.Full:
                return
            thread.join(timeout)

    def _is_news(self, destination: Document, content: Document) -> bool:
        key = json.dumps(destination, sort_keys=True), f"{content['run']['flow']['name']}: {content['text']}"
        with self._lock:
            last, now = self._told.pop(key, None), self._seconds()
            is_news = last is None or now - last >= SAME_SECONDS
            self._told[key] = now if is_news or last is None else last
            while len(self._told) > MOST_KNOWN:
                self._told.popitem(last=False)
        return is_news

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sym-form-reports", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (report := self._waiting.get()) is not None:
            try:
                self._outbound.report(report)
            except Exception as error:  # noqa: BLE001 - whatever a surface raises, the report is lost
                log.warning("the report %s could not be delivered (%s)", report.id, type(error).__name__)


def about_form(world: World, event: str, text: str) -> Document:
    """What an error logger hears of a form's failure, shaped as :func:`sym.engine.cards.error` has it; its run has no
    ``id`` and no ``srn``, as nobody has asked yet."""
    summary = cards.summary(Told(world=world, run=world.run, lease=None, decision=Decision()))
    return _report(event, {**summary, "id": None, "srn": None}, text)


def about_filter(org: str, user: Mapping[str, Any], text: str) -> Document:
    """What error loggers hear of a failure of the flows filter; ``user`` is who was to be shown the flows."""
    run: Document = {"id": None, "srn": None, "flow": {"name": "get_flows.py", "label": "The flows filter"},
                     "environment": org, "requester": dict(user), "target": None, "duration": None,
                     "fields": []}  # fmt: skip
    return _report("flows_filter", run, text)


def _report(event: str, run: Document, text: str) -> Document:
    return {"what": "event.failed", "event": event, "user": run["requester"], "run": run, "text": text,
            "retry_at": None, "instructions": None}  # fmt: skip


__all__ = ["FormReports", "about_filter", "about_form"]
