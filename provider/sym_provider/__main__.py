"""``terraform-provider-sym``: what Terraform starts, and what installs it.

The composition root: the only place of the provider that reads the environment and the clock.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sym_provider import ADDRESS, __version__


def main() -> None:
    """Serve Terraform when it is Terraform that asks; else understand a command line."""
    if len(sys.argv) > 1:
        sys.exit(_command(sys.argv[1:]))
    sys.exit(_serve(debug_address=""))


def _serve(debug_address: str) -> int:
    if not debug_address:
        # Ctrl-C reaches the whole process group, also while the imports below take their time. Terraform asks us to
        # stop in its own way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Terraform starts this process several times a run: what a command line needs is not imported here.
    from sym_provider.protocol.handshake import HandshakeEnvironment, serve
    from sym_provider.provider import SymProvider

    provider = SymProvider(os.environ, clock=_now, default_store=_default_store)
    try:
        return serve(provider, HandshakeEnvironment.from_variables(os.environ), _now(), debug_address)
    finally:
        provider.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _default_store() -> str:
    from platformdirs import user_data_dir

    return f"sqlite:///{Path(user_data_dir('sym', appauthor=False)) / 'store.db'}"


def _command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="terraform-provider-sym", description="The Terraform provider of Sym. Terraform starts it by itself."
    )
    parser.add_argument("--version", action="version", version=f"terraform-provider-sym {__version__}")
    parser.add_argument("--debug", action="store_true", help="serve until interrupted, and say how to attach Terraform")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    install = commands.add_parser("install", help="put the provider where Terraform finds it")
    install.add_argument("--mirror", metavar="DIR", type=Path, required=True, help="the filesystem mirror to put it in")
    parsed = parser.parse_args(arguments)
    if parsed.debug:
        return _serve(debug_address=ADDRESS)
    if parsed.command == "install":
        return _install(parsed.mirror)
    parser.print_help()
    return 2


def _install(mirror: Path) -> int:
    from sym_provider.install import cli_configuration, install

    try:
        launcher = install(mirror.absolute())
    except OSError as problem:
        print(f"Could not install into {mirror}: {problem.strerror}.", file=sys.stderr)
        return 1
    print(f"Installed {launcher}", file=sys.stderr)
    print(cli_configuration(mirror.absolute()), end="")
    return 0


if __name__ == "__main__":
    main()
