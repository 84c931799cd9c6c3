"""What the guard says to an address. That it is asked, and cannot be got round, is shown by hostile handlers."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from sym.engine.sandbox import guard

OURS = frozenset({socket.inet_aton("10.0.0.5"), socket.inet_pton(socket.AF_INET6, "2001:db8::5")})
CLOSED = frozenset({(socket.inet_aton("192.0.2.7"), 5432)})


def _refusal(address: Any) -> str | None:
    return guard.refusal(address, frozenset({8080}), OURS, CLOSED)


@pytest.mark.parametrize("host", [
    "169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1",
    "::169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200",
])  # fmt: skip
def test_link_local_and_metadata_addresses_are_refused(host: str) -> None:
    assert _refusal((host, 80)) == guard.METADATA
    assert _refusal((host, 80, 0, 0)) == guard.METADATA


@pytest.mark.parametrize("host", [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "10.0.0.5", "::ffff:10.0.0.5", "2001:db8::5",
])  # fmt: skip
def test_our_ports_are_refused_under_every_address_of_ours_and_others_are_not(host: str) -> None:
    assert _refusal((host, 8080)) == guard.OURS
    assert _refusal((host, 8081)) is None


def test_the_database_is_refused_at_its_address_and_port() -> None:
    assert _refusal(("192.0.2.7", 5432)) == guard.OURS
    assert _refusal(("192.0.2.7", 443)) is None
    assert _refusal(("192.0.2.8", 5432)) is None


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:2800:220:1::1946", "10.0.0.6", "fd00::1", "169.253.0.1"])
def test_everything_else_may_be_reached(host: str) -> None:
    assert _refusal((host, 443)) is None


@pytest.mark.parametrize("host", ["localhost", "", "<broadcast>", "127.1", "0x7f000001", "2130706433", "0177.0.0.1",
                                  bytearray(b"1.1.1.1"), None])  # fmt: skip
def test_what_is_no_address_is_refused(host: Any) -> None:
    assert _refusal((host, 80)) == guard.NAME


@pytest.mark.parametrize("port", ["80", True, 80.0, None])
def test_a_port_that_is_no_number_is_refused(port: Any) -> None:
    assert _refusal(("93.184.216.34", port)) == guard.NAME


@pytest.mark.parametrize("address", ["/run/docker.sock", b"\0abstract", ["127.0.0.1", 80]])
def test_local_sockets_are_refused(address: Any) -> None:
    assert _refusal(address) == guard.LOCAL


def test_extension_modules_come_from_the_installation_alone() -> None:
    code = """
        import sys
        from sym.engine.sandbox import guard
        guard.install([], [], [], ["/usr/lib/"])
        for path in ("/usr/lib/x.so", "/usr/lib/../../tmp/x.so", "/tmp/x.so", "x.so", "/usr/library/x.so", None):
            try:
                sys.audit("import", "x", path, None, None, None)
                print("allowed", path)
            except PermissionError:
                pass
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["allowed /usr/lib/x.so", "allowed None"]
