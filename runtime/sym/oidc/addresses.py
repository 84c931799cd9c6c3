"""Which addresses tokens and keys are taken from, and sent to: https, or this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_safe(url: object, *, loopback: bool = True) -> bool:
    """Whether ``url`` is an https address without a password and a fragment; with ``loopback`` http on this machine
    is one too."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url or len(url) > 2048:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or "@" in parts.netloc or "\\" in url or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and loopback and host in LOOPBACK)


def is_loopback(url: str) -> bool:
    """Whether ``url`` is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def is_issuer(url: object) -> bool:
    """Whether ``url`` can be an issuer's name: a safe address without a query, its host in small letters."""
    if not is_safe(url):
        return False
    text = str(url)
    parts = urlsplit(text)
    return "?" not in text and "#" not in text and parts.netloc == parts.netloc.lower()
