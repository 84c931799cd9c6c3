"""Which addresses are closed to authors' code."""

from __future__ import annotations

import socket

import pytest

from sym.engine.sandbox import addresses


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:////var/lib/sym/store.db", ()),
        ("postgresql://sym:p%40ss@db.example/sym", (("db.example", 5432),)),
        ("postgresql://sym@db.example:6432/sym?sslmode=require", (("db.example", 6432),)),
        ("postgresql://a.example:1,b.example/sym", (("a.example", 1), ("b.example", 5432))),
        ("postgresql+psycopg://[::1]:5433/sym", (("::1", 5433),)),
        ("postgresql:///sym?host=/run/postgresql", (("", 5432),)),
    ],
)
def test_the_servers_of_the_store_and_our_own_port_are_closed(url: str, found: tuple[tuple[str, int], ...]) -> None:
    assert addresses.closed_endpoints(url) == found
    assert addresses.closed_endpoints(url, 8080) == (("", 8080), *found)


def test_a_port_here_is_closed_under_every_address_of_this_machine() -> None:
    closed = addresses.resolve([("", 8080), ("localhost", 5432), ("192.0.2.7", 5433)])
    assert closed.ports == {8080, 5432}
    assert (socket.inet_aton("192.0.2.7"), 5433) in closed.elsewhere
    assert socket.inet_aton("127.0.0.1") in closed.ours


def test_a_host_that_cannot_be_looked_up_closes_nothing() -> None:
    assert addresses.resolve([("does-not-exist.invalid", 1)]).elsewhere == frozenset()
