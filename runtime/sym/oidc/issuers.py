"""The keys of issuers: found by discovery, kept for a while, asked for again when a new one signs."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from sym.oidc.addresses import is_loopback, is_safe
from sym.oidc.web import IssuerUnavailable, fetch

_LOG = logging.getLogger(__name__)
_KEPT = timedelta(hours=1)
# How long keys are believed while the issuer cannot be asked: no longer, or a key it withdrew would count for ever.
_STALE = timedelta(hours=6)
_REFRESH = timedelta(seconds=60)
_RETRY = timedelta(seconds=10)
_MOST_KEYS = 64
_WAIT_SECONDS = 6.0
_SMALLEST_RSA = 2048

Fetch = Callable[[str], dict[str, Any]]


@dataclass
class _Known:
    """What is known of one issuer. ``tried`` and ``failed`` are when it was asked last, and in vain."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: dict[str, Key] | None = None
    fetched: datetime | None = None
    tried: datetime | None = None
    failed: datetime | None = None


class Issuers:
    """Issuers' keys. Nobody is asked but for an issuer that the caller names: never one that a token names alone.

    Safe to share between threads.
    """

    def __init__(self, ask: Fetch = fetch) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def key(self, issuer: str, key_id: str | None, now: datetime) -> Key | None:
        """The key of ``issuer`` that is called ``key_id`` (without an id: its only one), or None.

        A key that is not known makes the issuer asked again, at most once a minute. Raises IssuerUnavailable.
        """
        with self._lock:
            known = self._known.setdefault(issuer, _Known())
        if known.keys is not None and known.fetched is not None and now - known.fetched < _KEPT:
            found = _chosen(known.keys, key_id)
            if found is not None or (known.tried is not None and now - known.tried < _REFRESH):
                return found
        # Whoever waits for long would keep others from being served.
        if not known.lock.acquire(timeout=_WAIT_SECONDS):
            raise IssuerUnavailable(f"{issuer} takes too long to answer.")
        try:
            self._refresh(known, issuer, key_id, now)
        finally:
            known.lock.release()
        return _chosen(known.keys or {}, key_id)

    def _refresh(self, known: _Known, issuer: str, key_id: str | None, now: datetime) -> None:
        is_fresh = known.fetched is not None and now - known.fetched < _KEPT
        if is_fresh and (
            _chosen(known.keys or {}, key_id) or (known.tried is not None and now - known.tried < _REFRESH)
        ):
            return  # somebody else has asked meanwhile
        is_usable = known.fetched is not None and now - known.fetched < _STALE
        if known.failed is not None and now - known.failed < _RETRY:
            if is_usable:
                return
            raise IssuerUnavailable(f"{issuer} did not answer a moment ago.", hint="Try again in a few seconds.")
        known.tried = now
        try:
            known.keys = self._fetched(issuer)
        except IssuerUnavailable as error:
            known.failed = now
            _LOG.warning("the keys of %s cannot be had: %s", issuer, error.message)
            if not is_usable:
                raise
        else:
            known.fetched, known.failed = now, None

    def _fetched(self, issuer: str) -> dict[str, Key]:
        url = discovery(issuer, self._ask).get("jwks_uri")
        if not isinstance(url, str) or not is_safe(url, loopback=is_loopback(issuer)):
            raise IssuerUnavailable(f"{issuer} names no usable address of its keys.")
        listed = self._ask(url).get("keys")
        if not isinstance(listed, list):
            raise IssuerUnavailable(f"{issuer} gives no list of keys.")
        if len(listed) > _MOST_KEYS:
            raise IssuerUnavailable(f"{issuer} gives more than {_MOST_KEYS} keys.")
        return _usable(listed)


def discovery(issuer: str, ask: Fetch = fetch) -> dict[str, Any]:
    """What ``issuer`` says of itself. Raises IssuerUnavailable, also if it says to be another one."""
    document = ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        hint = "It is configured exactly as its tokens name it: letter case and slash count."
        raise IssuerUnavailable(f"The issuer at {issuer} says to be another one.", hint=hint)
    return document


def _usable(listed: list[Any]) -> dict[str, Key]:
    """The public keys that may sign, by id; those without one are numbered."""
    found: dict[str, Key] = {}
    twice: set[str] = set()
    for number, item in enumerate(listed):
        key = _key(item) if isinstance(item, dict) else None
        if key is None:
            continue
        name = str(item.get("kid") or f"#{number}")
        twice |= {name} & found.keys()
        found[name] = key
    # Two keys of one name: it is not known which is meant.
    return {name: key for name, key in found.items() if name not in twice}


def _key(document: Mapping[str, Any]) -> Key | None:
    # "oct" would be a password, known to whoever reads the page.
    if document.get("kty") not in ("RSA", "EC", "OKP") or document.get("use", "sig") != "sig" or "d" in document:
        return None
    allowed = ("kty", "n", "e", "crv", "x", "y", "kid")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            key = JWKRegistry.import_key({name: document[name] for name in allowed if name in document})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= _SMALLEST_RSA else None
    return key if isinstance(key, (ECKey, OKPKey)) else None


def _chosen(keys: Mapping[str, Key], key_id: str | None) -> Key | None:
    if key_id is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return None if key_id.startswith("#") else keys.get(key_id)
