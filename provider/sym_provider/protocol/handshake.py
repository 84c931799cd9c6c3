"""How Terraform and this process meet, stay together and part: HashiCorp's go-plugin, from the plugin's side.

Terraform starts the plugin with a magic cookie in the environment, reads one line from its standard output that says
where to connect, and calls GRPCController.Shutdown when it is done. With ``debug`` a developer starts the process by
hand instead and gives Terraform the address in ``TF_REATTACH_PROVIDERS``.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import grpc

from sym_provider.framework.interfaces import Provider
from sym_provider.protocol.hclog import configure_logging
from sym_provider.protocol.server import make_server
from sym_provider.protocol.tls import Certificate, make_certificate

PROTOCOL_VERSION: Final = 6
MAGIC_COOKIE: Final = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""Not a secret: it tells a start by Terraform from a start by a person."""

GRACE: Final = 30.0
"""Seconds given to calls in hand when the process is to end. A terminal closed during an apply leaves that long."""

_SOCKET_PATH_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class HandshakeEnvironment:
    """What Terraform says to a plugin through environment variables; empty where it says nothing."""

    magic_cookie: str = ""
    protocol_versions: str = ""
    client_certificate: str = ""
    socket_directory: str = ""
    log_level: str = ""

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> HandshakeEnvironment:
        """Pick out of the process's environment what concerns the handshake."""
        return cls(
            magic_cookie=variables.get("TF_PLUGIN_MAGIC_COOKIE", ""),
            protocol_versions=variables.get("PLUGIN_PROTOCOL_VERSIONS", ""),
            client_certificate=variables.get("PLUGIN_CLIENT_CERT", ""),
            socket_directory=variables.get("PLUGIN_UNIX_SOCKET_DIR", ""),
            log_level=variables.get("TF_LOG_PROVIDER") or variables.get("TF_LOG", ""),
        )

    def problem(self) -> str:
        """Return why this is no start Terraform would make, for a person to read; empty when it is one."""
        if self.magic_cookie != MAGIC_COOKIE:
            return (
                "This program is a Terraform provider: Terraform starts it, it does nothing on its own.\n"
                "Name it in required_providers, then run terraform init and terraform plan."
            )
        offered = self.protocol_versions.split(",")
        if self.protocol_versions and str(PROTOCOL_VERSION) not in offered:
            return (
                f"This provider speaks plugin protocol {PROTOCOL_VERSION}, this Terraform only {', '.join(offered)}.\n"
                "Use Terraform 1.0 or newer."
            )
        return ""


def serve(provider: Provider, environment: HandshakeEnvironment, now: datetime, debug_address: str = "") -> int:
    """Serve the provider until Terraform is done with it, and return the process's exit status.

    Must be called on the main thread: it takes over signals, standard output and logging. *now* dates the
    certificate. With *debug_address*, the provider's full source address (``registry.terraform.io/…``), print how to
    reattach and serve until interrupted.
    """
    problem = "" if debug_address else environment.problem()
    if problem:
        print(problem, file=sys.stderr)  # noqa: T201 - read by a person
        return 1
    shutdown = threading.Event()
    _take_over_signals(shutdown, interruptible=bool(debug_address))
    configure_logging(environment.log_level, sys.stderr)
    encrypted = environment.client_certificate and not debug_address
    certificate = make_certificate(now) if encrypted else None
    try:
        with listening(provider, shutdown, certificate, environment.socket_directory) as (network, address):
            if debug_address:
                _announce(_reattach_help(debug_address, network, address))
            else:
                _announce(handshake_line(network, address, certificate))
                _watch_parent(shutdown)
            shutdown.wait()
    except TimeoutError:
        os._exit(1)  # a call that never ends would hold up a normal exit for ever
    return 0


@contextlib.contextmanager
def listening(
    provider: Provider, shutdown: threading.Event, certificate: Certificate | None, directory: str = ""
) -> Iterator[tuple[str, str]]:
    """Run a server for the provider; give its network (``unix`` or ``tcp``) and address.

    The Unix socket lies in a new directory of mode 0700 below *directory* (or the system's temporary one). On the way
    out calls in hand get :data:`GRACE` seconds; ``TimeoutError`` when one takes longer.
    """
    server = make_server(provider, shutdown)
    with contextlib.ExitStack() as stack:
        if hasattr(socket, "AF_UNIX"):
            network, address = "unix", str(stack.enter_context(_private_directory(directory)) / "plugin.sock")
            _add_port(server, f"unix:{address}", certificate)
        else:
            network, address = "tcp", f"127.0.0.1:{_add_port(server, '127.0.0.1:0', certificate)}"
        server.start()
        try:
            yield network, address
        finally:
            shutdown.set()
            if not server.stop(GRACE).wait(GRACE + 5):
                raise TimeoutError("a call did not end")


def handshake_line(network: str, address: str, certificate: Certificate | None) -> str:
    """Return the line go-plugin waits for: its version, ours, where we are, how we speak, and whom to trust."""
    fields = ["1", str(PROTOCOL_VERSION), network, address, "grpc"]
    if certificate is not None:
        fields.append(base64.b64encode(certificate.der).decode().rstrip("="))
    return "|".join(fields)


def reattach_value(provider_address: str, network: str, address: str, pid: int) -> str:
    """Return a value for TF_REATTACH_PROVIDERS. ``Test`` makes Terraform leave the process alone when it is done."""
    where = {"Network": network, "String": address}
    entry = {"Protocol": "grpc", "ProtocolVersion": PROTOCOL_VERSION, "Pid": pid, "Test": True, "Addr": where}
    return json.dumps({provider_address: entry})


def _reattach_help(provider_address: str, network: str, address: str) -> str:
    value = reattach_value(provider_address, network, address, os.getpid())
    return f"The provider is running; Ctrl-C ends it. To use it:\n\n  export TF_REATTACH_PROVIDERS='{value}'\n"


def _announce(text: str) -> None:
    """Print to Terraform, then turn standard output away: a stray print must not end up in the protocol."""
    print(text, flush=True)  # noqa: T201 - the protocol
    sys.stdout = sys.stderr


def _take_over_signals(shutdown: threading.Event, *, interruptible: bool) -> None:
    def stop(_number: int, _frame: object) -> None:
        shutdown.set()

    # Ctrl-C reaches the whole process group. Terraform then tells us what to do: finish what is in hand.
    signal.signal(signal.SIGINT, stop if interruptible else signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)


def _watch_parent(shutdown: threading.Event) -> None:
    """Shut down when nobody reads our standard output any more: Terraform is gone, perhaps killed."""
    if not hasattr(select, "poll"):
        return  # Windows; there the process ends with its job
    output = sys.__stdout__.fileno() if sys.__stdout__ else 1
    poller = select.poll()
    poller.register(output, select.POLLERR | select.POLLHUP)

    def watch() -> None:
        poller.poll()
        shutdown.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _add_port(server: grpc.Server, address: str, certificate: Certificate | None) -> int:
    if certificate is None:
        return server.add_insecure_port(address)
    return server.add_secure_port(address, grpc.ssl_server_credentials([(certificate.key, certificate.chain)]))


@contextlib.contextmanager
def _private_directory(parent: str) -> Iterator[Path]:
    """Make a directory only we can enter; remove it and what is in it afterwards."""
    path = Path(tempfile.mkdtemp(prefix="plugin-", dir=parent or None))
    if len(str(path)) > _SOCKET_PATH_LIMIT:  # the kernel takes some 107 bytes for the path of a socket
        path.rmdir()
        path = Path(tempfile.mkdtemp(prefix="plugin-", dir="/tmp"))
    try:
        yield path
    finally:
        for entry in path.iterdir():
            entry.unlink(missing_ok=True)
        path.rmdir()
