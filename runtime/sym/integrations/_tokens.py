"""Services that give out a token first: it is fetched when it is needed, kept while it is good, and fetched anew when
the service refuses it."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sym.sdk.connection import Http, Reply
from sym.sdk.exceptions.sym_exception import SymException

MOST = 256
"""As many tokens are kept at once by a process."""
MARGIN = 60.0
"""Seconds before its end that a token is not used any more."""

_kept: OrderedDict[str, tuple[Token, float]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token, and for how many seconds it is good from now."""

    value: str = field(repr=False)
    seconds: float


class TokenHttp:
    """Requests as :class:`sym.sdk.connection.Http` has them, each with a bearer token.

    Args:
        http: the service.
        proof: gives what the token is had for: the address and the credentials. It is asked each time, so that
            credentials that were changed get a token of their own; only its hash is kept.
        fetch: asks the service for a token.
    """

    def __init__(self, http: Http, *, proof: Callable[[], tuple[str, ...]], fetch: Callable[[], Token]) -> None:
        self._http = http
        self._proof = proof
        self._fetch = fetch

    def get(self, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        """See ``Http.get``."""
        return self._with_token(lambda given: self._http.get(path, accept=accept, **given), options)

    def send(self, method: str, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        """See ``Http.send``."""
        return self._with_token(lambda given: self._http.send(method, path, accept=accept, **given), options)

    def _with_token(self, ask: Callable[[dict[str, Any]], Reply], options: dict[str, Any]) -> Reply:
        key = hashlib.sha256(json.dumps(self._proof()).encode()).hexdigest()
        known = _recall(key)
        try:
            return ask(_signed(options, known or self._fresh(key)))
        except SymException as error:
            # Nothing was done. A token that was just fetched would be refused again.
            if known is None or getattr(error, "status", None) != 401:
                raise
        return ask(_signed(options, self._fresh(key)))

    def _fresh(self, key: str) -> Token:
        token = self._fetch()
        with _lock:
            _kept[key] = (token, time.monotonic() + token.seconds - MARGIN)
            _kept.move_to_end(key)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return token


def forget() -> None:
    """Let go of every token."""
    with _lock:
        _kept.clear()


def _recall(key: str) -> Token | None:
    with _lock:
        token, until = _kept.get(key, (None, 0.0))
        return token if time.monotonic() < until else None


def _signed(options: dict[str, Any], token: Token) -> dict[str, Any]:
    headers = {**(options.get("headers") or {}), "Authorization": f"Bearer {token.value}"}
    return {**options, "headers": headers}
