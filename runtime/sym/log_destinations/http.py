"""``type = "http"``: a web service that takes each entry of the audit log as JSON, by POST.

Only ``url`` was ever documented elsewhere; the other settings are this project's own. An entry counts as taken when the
service answers 2xx, within 20 seconds; redirections are not followed. After anything else it is sent again later, and
the entries after it wait: an entry may come twice, with the same ``id``, and never before one of its run that it
follows.

Each request has the headers ``X-Sym-Entry`` (the entry's id), and with ``signing_secret`` ``X-Sym-Timestamp`` (seconds
since 1970) and ``X-Sym-Signature``: ``v1=`` and, in hexadecimal, the HMAC-SHA256 of ``v1:``, the timestamp, ``:`` and
the body as it came, with the secret as its key. Whoever takes entries verifies them so, and refuses a timestamp that is
more than five minutes old:

    expected = "v1=" + hmac.new(secret.encode(), b"v1:" + timestamp.encode() + b":" + body, "sha256").hexdigest()
    assert hmac.compare_digest(expected, signature) and abs(time.time() - int(timestamp)) < 300
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from sym.sdk.connection import Service
from sym.sdk.log_destination import Declared, LogDestinationError, LogEntry, personal_values
from sym.sdk.schema import attribute, schema

integration: str | None = None
integration_optional = True
most_entries = 50


@schema
class Settings:
    """Settings of an HTTP log destination."""

    url: str = attribute("The address entries are sent to.")
    authorization_secret: str | None = attribute(
        "Id of the `sym_secret` with the value of the `Authorization` header.", default=None, references="secret"
    )
    signing_secret: str | None = attribute(
        "Id of the `sym_secret` with the key that requests are signed with.", default=None, references="secret"
    )
    personal_values: str | None = personal_values()


class Destination:
    """One address."""

    def __init__(self, declared: Declared) -> None:
        self._url = declared.required("url")
        if not self._url.startswith(("https://", "http://")):
            raise LogDestinationError("SETTINGS", "The url must begin with https:// or http://.")
        self._authorization = declared.settings.get("authorization_secret")
        self._signing = declared.settings.get("signing_secret")
        self._host = declared.host
        self._http = declared.host.http(
            Service(name="The log destination", base_url="", error=LogDestinationError, headers=self._headers)
        )

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:
        """See ``sym.sdk.log_destination.Destination``."""
        for at, entry in enumerate(entries):
            body = entry.json().encode()
            headers = {"X-Sym-Entry": entry.id, **self._signed(body, now)}
            try:
                self._http.send("POST", self._url, data=body, headers=headers)
            except LogDestinationError as error:
                error.delivered = at
                raise

    def _headers(self) -> Mapping[str, str]:
        known = {"Content-Type": "application/json", "User-Agent": "symflow"}
        return known | ({"Authorization": self._host.secret(self._authorization)} if self._authorization else {})

    def _signed(self, body: bytes, now: datetime) -> Mapping[str, str]:
        if not self._signing:
            return {}
        timestamp = str(int(now.timestamp()))
        return {"X-Sym-Timestamp": timestamp,
                "X-Sym-Signature": signature(self._host.secret(self._signing), timestamp, body)}  # fmt: skip


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Sym-Signature``."""
    return "v1=" + hmac.new(secret.encode(), f"v1:{timestamp}:".encode() + body, "sha256").hexdigest()
