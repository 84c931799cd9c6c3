"""Which addresses are closed to authors' code, worked out once, before any of it runs."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

_HERE = ""
_POSTGRES = 5432


@dataclass(frozen=True)
class Closed:
    """``ports`` of this machine, whose own addresses are ``ours``; ``elsewhere`` are pairs of an address and a port.
    Addresses are packed: 4 or 16 bytes."""

    ports: frozenset[int]
    ours: frozenset[bytes]
    elsewhere: frozenset[tuple[bytes, int]]


def closed_endpoints(store_url: str, port: int | None = None) -> tuple[tuple[str, int], ...]:
    """What authors' code may not connect to, by host and port (an empty host is this machine): our own ``port``, if we
    listen, and the servers that the URL of the store names."""
    own = ((_HERE, port),) if port is not None else ()
    if store_url.startswith("sqlite:"):
        return own
    # A URL may name several.
    servers = urlsplit(store_url).netloc.rpartition("@")[2].split(",")
    found = [urlsplit(f"//{server}") for server in servers]
    return (*own, *((server.hostname or _HERE, server.port or _POSTGRES) for server in found))


def resolve(endpoints: Iterable[tuple[str, int]]) -> Closed:
    """Look the hosts up; an empty one is this machine. One that cannot be looked up is left out: it cannot be reached
    either, and what it is later comes with the next start."""
    ports, elsewhere = set(), set()
    ours = own_addresses()
    for host, port in endpoints:
        found = _lookup(host) if host else set()
        elsewhere |= {(address, port) for address in found}
        if not host or any(_is_here(address) or address in ours for address in found):
            ports.add(port)
    return Closed(frozenset(ports), ours, frozenset(elsewhere))


def own_addresses() -> frozenset[bytes]:
    """The addresses of this machine, as the kernel lists them."""
    found = set()
    with contextlib.suppress(OSError):
        lines = Path("/proc/net/fib_trie").read_text().splitlines()
        for line, following in pairwise(lines):
            if following.strip() == "/32 host LOCAL":
                found.add(socket.inet_aton(line.split()[-1]))
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/if_inet6").read_text().splitlines():
            found.add(bytes.fromhex(line.split()[0]))
    return frozenset(found)


def _lookup(host: str) -> set[bytes]:
    try:
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return set()
    return {socket.inet_pton(family, str(address[0]).partition("%")[0]) for family, _, _, _, address in infos}


def _is_here(address: bytes) -> bool:
    return (address[0] in (0, 127)) if len(address) == 4 else address[:15] == bytes(15) and address[15] <= 1
