"""Signed HTTP requests to the app, as Slack sends them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from sym.simulator.parcels import Parcel, Undelivered


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Slack-Signature``: HMAC-SHA256 over version, time and body."""
    text = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def post(url: str, parcel: Parcel, *, secret: str, timestamp: int, seconds: float) -> Any:
    """Send it; what the app answered: JSON read, else text, None if nothing. Raises Undelivered."""
    kind, body = parcel.as_http()
    headers = {
        "Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", "Accept": "*/*",
        "X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": signature(secret, str(timestamp), body),
    }  # fmt: skip
    if parcel.retry:
        headers |= {"X-Slack-Retry-Num": str(parcel.retry[0]), "X-Slack-Retry-Reason": parcel.retry[1]}
    try:
        status, kind, answer = _exchange(url, body, headers, seconds)
    except TimeoutError:
        raise Undelivered("operation_timeout", f"no answer within {seconds:g} s") from None
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered("dispatch_failed", type(error).__name__) from None
    if not 200 <= status < 300:
        raise Undelivered("dispatch_failed", f"the app answered with HTTP {status}")
    return _read(kind, answer)


def _exchange(url: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int, str, bytes]:
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Content-Type", ""), response.read()
    finally:
        connection.close()


def _read(kind: str, body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        text = body.decode()
        return json.loads(text) if "json" in kind else text
    except ValueError:
        raise Undelivered("dispatch_failed", "the app's answer cannot be read") from None
