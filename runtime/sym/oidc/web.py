"""Asking an issuer: over https, without a detour, not for long, and not for much."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

import requests

from sym.errors import Unavailable
from sym.oidc.addresses import is_safe

_SECONDS = 5.0
_LARGEST = 256 * 1024


class IssuerUnavailable(Unavailable):
    """The issuer does not answer, or not as it should. The message names no more than its address."""


class Refusal(Exception):
    """An issuer's answer that says no: ``status``, and the ``error`` and ``description`` it gives for it."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.error = str(document.get("error", ""))[:100]
        self.description = str(document.get("error_description", ""))[:300]
        super().__init__(f"{self.error}: {self.description}".strip(": ") or f"status {status}")


def fetch(url: str, form: Mapping[str, str] | None = None, *, seconds: float = _SECONDS) -> dict[str, Any]:
    """The JSON object at ``url``, or what posting ``form`` there gives.

    Redirects are not followed; what takes longer than ``seconds`` in all, or is larger than 256 KiB, is refused.
    Raises IssuerUnavailable; Refusal for an OAuth error that answers a form.
    """
    if not is_safe(url):
        raise IssuerUnavailable("The issuer names an address that is not https.")
    answer: queue.SimpleQueue[tuple[int, bytes] | Exception] = queue.SimpleQueue()
    # A thread of its own: the timeouts of sockets bound each wait, and a slow trickle has any number of them.
    threading.Thread(target=_ask, args=(url, form, seconds, answer), daemon=True).start()
    try:
        found = answer.get(timeout=seconds + 0.5)
    except queue.Empty:
        raise IssuerUnavailable(f"{url} took too long to answer.") from None
    if isinstance(found, Exception):
        raise IssuerUnavailable(f"{url} does not answer ({found}).") from None
    status, body = found
    document = _document(body)
    if status == 200 and document is not None:
        return document
    if form is not None and status in (400, 401, 403) and document is not None and "error" in document:
        raise Refusal(status, document)
    raise IssuerUnavailable(f"{url} gave an unexpected answer with status {status}.")


def _ask(
    url: str, form: Mapping[str, str] | None, seconds: float, answer: queue.SimpleQueue[tuple[int, bytes] | Exception]
) -> None:
    until = time.monotonic() + seconds
    try:
        with requests.request(
            "GET" if form is None else "POST", url, data=None if form is None else dict(form), stream=True,
            timeout=(min(3.0, seconds), seconds), allow_redirects=False, auth=_nobody,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        ) as response:  # fmt: skip
            answer.put((response.status_code, _read(response, until)))
    except requests.RequestException as error:
        # Not its text: a proxy's address in it may hold a password.
        answer.put(Exception(type(error).__name__))
    except Exception as error:  # noqa: BLE001 - a thread's end is nobody's to see
        answer.put(Exception(str(error) if isinstance(error, ValueError) else type(error).__name__))


def _read(response: requests.Response, until: float) -> bytes:
    body = b""
    for part in response.iter_content(1024):
        body += part
        if len(body) > _LARGEST:
            raise ValueError("too much")
        if time.monotonic() > until:
            raise ValueError("too slow")
    return body


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # requests would otherwise send what a ~/.netrc says about the host.
    return request


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
