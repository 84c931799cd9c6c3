"""Watches what the code of a call does through the interpreter, and refuses what no rule of the kernel can see.

An audit hook: the interpreter calls it, and there is no way to remove it from Python. It refuses connections to the
services that hand credentials to machines, to this product's own ports and to its database, whatever library makes
them. The kernel's rules see no addresses; so what would get round the interpreter is refused here too: ``ctypes``,
extension modules from folders the code may write, the garbage collector's view of our own functions.
"""

from __future__ import annotations

import _socket
import sys
from collections.abc import Iterable
from typing import Any

_METADATA_V4 = frozenset({
    bytes((100, 100, 100, 200)),  # Alibaba Cloud
    bytes((168, 63, 129, 16)),  # Azure
    bytes((192, 0, 0, 192)),  # Oracle Cloud
})  # fmt: skip
"""Besides all of 169.254.0.0/16."""
_METADATA_V6 = (b"\xfd\x00\x0e\xc2", b"\xfd\x20\x00\xce")
"""Amazon's fd00:ec2::/32 and Google's fd20:ce::/32, besides all of fe80::/10."""
_METADATA_NAMES = frozenset({
    "metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "instance-data",
    "instance-data.ec2.internal", "metadata.tencentyun.com",
})  # fmt: skip
_V4_IN_V6 = (b"\0" * 10 + b"\xff\xff", b"\0" * 8 + b"\xff\xff\0\0", b"\0" * 12, b"\0\x64\xff\x9b" + b"\0" * 8)
"""Prefixes of IPv6 addresses whose last four bytes are an IPv4 address."""

METADATA = "The sandbox connects to no link-local address and no metadata service: they hand out the machine's keys."
OURS = "The sandbox does not connect to this product's own ports or to its database."
LOCAL = "The sandbox does not connect to local sockets."
NAME = "The sandbox connects to addresses alone; let socket.create_connection look the name up."
PROGRAMS = "The sandbox starts no other programs and no other processes."
NATIVE = "The sandbox does not let code reach behind the interpreter."

_PROGRAMS = frozenset({
    "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen", "pty.spawn",
})  # fmt: skip
_INSIGHTS = frozenset({
    "gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames", "sys._current_exceptions",
})  # fmt: skip
_CHANGES = frozenset({"object.__setattr__", "object.__delattr__"})
_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_RESOLVING = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


def packed_address(  # noqa: PLR0913,PLR0917 - the defaults are its world: see ``install``
    address: Any, item: Any = tuple.__getitem__, kind: Any = type, plain: Any = str.__str__,
    parse: Any = _socket.inet_pton, text: Any = str, data: Any = bytes, whole: Any = int, pair: Any = tuple,
    is_a: Any = isinstance, error: Any = OSError, families: Any = (_socket.AF_INET, _socket.AF_INET6),
    sockets: str = LOCAL, names: str = NAME,
) -> tuple[bytes, int] | str:  # fmt: skip
    """The 4 or 16 bytes of ``address``, as ``socket.connect`` takes it, with its port; or why it cannot be one."""
    if not is_a(address, pair):
        return sockets
    # What the code made may lie about itself: no method of a subclass is called.
    host, port = item(address, 0), item(address, 1)
    if is_a(host, text):
        host = plain(host).partition("%")[0]
    elif kind(host) is data:
        host = host.decode("latin-1")
    if kind(host) is not text or kind(port) is not whole:
        return names
    for family in families:
        try:
            return parse(family, host), port
        except error:
            continue
    return names


def refusal(  # noqa: PLR0913,PLR0917 - the defaults are its world: see ``install``
    address: Any, ports: frozenset[int], ours: frozenset[bytes], closed: frozenset[tuple[bytes, int]],
    read: Any = packed_address, kind: Any = type, text: Any = str, v4: Any = _METADATA_V4, v6: Any = _METADATA_V6,
    inside: Any = _V4_IN_V6, metadata: str = METADATA, ours_too: str = OURS,
) -> str | None:  # fmt: skip
    """Why the code may not connect to ``address``, as ``socket.connect`` takes it; None if it may.

    ``ports`` are closed on this machine, whose addresses besides loopback are ``ours``; ``closed`` are pairs of an
    address elsewhere and a port. Addresses are packed: 4 or 16 bytes.
    """
    found = read(address)
    if kind(found) is text:
        return found  # type: ignore[no-any-return]
    packed, port = found
    local = packed == b"\0" * 16 or packed == b"\0" * 15 + b"\1"
    if packed[:12] in inside and not local:
        packed = packed[12:]
    elif packed[:2] == b"\x20\x02" and packed[4:]:
        packed = packed[2:6]
    if packed[4:] == b"":
        if packed[:2] == b"\xa9\xfe" or packed in v4:
            return metadata
        local = packed[0] in (0, 127)
    elif packed[:4] in v6 or (packed[0] == 0xFE and packed[1] & 0xC0 == 0x80):
        return metadata
    is_ours = (port in ports and (local or packed in ours)) or (packed, port) in closed
    return ours_too if is_ours else None


def install(ports: Iterable[int], ours: Iterable[bytes], closed: Iterable[tuple[bytes, int]],
            libraries: Iterable[str]) -> None:  # fmt: skip
    """Begin to watch this process, for good. See :func:`refusal`; extension modules are loaded from ``libraries``
    alone, which are folders.

    The code can change every module and every function it gets hold of. So hook and check look nothing up when they
    run: all they use are built-in functions and constants they were given when they were made.
    """
    world = (frozenset(ports), frozenset(ours), frozenset(closed))
    trusted = tuple(f"{library.rstrip('/')}/" for library in libraries)

    def watch(  # noqa: PLR0913,PLR0917
        event: str, arguments: Any, check: Any = refusal, read: Any = packed_address, world: Any = world,
        connecting: Any = _CONNECTING, resolving: Any = _RESOLVING, names: Any = _METADATA_NAMES,
        programs: Any = _PROGRAMS, no_programs: str = PROGRAMS, insights: Any = _INSIGHTS, changes: Any = _CHANGES,
        trusted: Any = trusted, native: str = NATIVE, metadata: str = METADATA, text: Any = str, data: Any = bytes,
        plain: Any = str.__str__, is_a: Any = isinstance, kind: Any = type, denied: Any = PermissionError,
    ) -> None:  # fmt: skip
        reason = None
        if event in connecting:
            address = arguments[1]
            reason = check(address, *world) if address is not None else None
        elif event in resolving:
            name = arguments[0]
            name = plain(name) if is_a(name, text) else name.decode("latin-1") if kind(name) is data else ""
            reason = metadata if name.lower().rstrip(".") in names else None
        elif event in programs:
            reason = no_programs
        elif event == "import":
            path = arguments[1]
            if path is not None and (kind(path) is not text or not path.startswith(trusted) or "/../" in path):
                reason = native
        elif event in changes:
            reason = native if arguments[0] is check or arguments[0] is read else None
        elif event in insights or event[:7] == "ctypes.":
            reason = native
        if reason is not None:
            raise denied(reason)

    sys.addaudithook(watch)
