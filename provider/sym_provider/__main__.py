"""``terraform-provider-sym``: what Terraform starts, and what installs it.

The composition root: the only place of the provider that reads the environment and the clock.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sym_provider import ADDRESS, __version__

if TYPE_CHECKING:
    import argparse


def main() -> None:
    """Serve Terraform when it is Terraform that asks; else understand a command line."""
    if len(sys.argv) > 1:
        sys.exit(_command(sys.argv[1:]))
    # Little of what is made at start is ever garbage, and looking through it takes as long as some of the imports.
    gc.set_threshold(100_000)
    status = _serve(debug_address="")
    sys.stderr.flush()
    os._exit(status)  # everything is closed: Terraform need not wait while an interpreter takes itself apart


def _serve(debug_address: str) -> int:
    if not debug_address:
        # Ctrl-C reaches the whole process group, also while the imports below take their time. Terraform asks us to
        # stop in its own way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Terraform starts this process several times a run: what a command line needs is not imported here.
    try:
        from sym_provider.protocol.handshake import HandshakeEnvironment, serve
        from sym_provider.provider import SymProvider
    except ModuleNotFoundError as missing:
        print(f"The provider needs {missing.name}: pip install 'symflow[provider]'", file=sys.stderr)
        return 1

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
    parsed, parser = _parse(arguments)
    if parsed.debug:
        return _serve(debug_address=ADDRESS)
    if parsed.command == "install":
        return _install(parsed.mirror, parsed.dev)
    parser.print_help()
    return 2


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, argparse.ArgumentParser]:
    import argparse

    from sym_provider.install import ALSO_NUMBERED

    parser = argparse.ArgumentParser(
        prog="terraform-provider-sym", description="The Terraform provider of Sym. Terraform starts it by itself."
    )
    version = f"terraform-provider-sym {__version__}, also numbered {ALSO_NUMBERED}"
    parser.add_argument("--version", action="version", version=version)
    parser.add_argument("--debug", action="store_true", help="serve until interrupted, and say how to attach Terraform")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    install = commands.add_parser(
        "install", help="put the provider where Terraform finds it", description=_INSTALL, epilog=_CONFIGURATION
    )
    places = install.add_mutually_exclusive_group()
    places.add_argument("--mirror", metavar="DIR", type=Path, help="put it into this filesystem mirror instead")
    places.add_argument("--dev", action="store_true", help="put it into no mirror, but where dev_overrides takes it")
    return parser.parse_args(arguments), parser


_INSTALL = "Put the provider into the folder in which Terraform looks by itself, below ~/.terraform.d/plugins."
_CONFIGURATION = "With --mirror and --dev, what belongs into Terraform's CLI configuration is printed."


def _install(mirror: Path | None, dev: bool) -> int:
    from sym_provider import install

    where = _development_folder() if dev else (mirror or install.implicit_mirror(Path.home())).absolute()
    try:
        launcher = install.install_for_development(where) if dev else install.install(where)
    except (OSError, install.NotInstalled) as problem:
        reason = f"{problem.strerror}." if isinstance(problem, OSError) else str(problem)
        print(f"Could not install into {where}: {reason}", file=sys.stderr)
        return 1
    print(f"Installed {launcher}", file=sys.stderr)
    if dev:
        print(install.development_configuration(where), end="")
    elif mirror:
        print(install.cli_configuration(where), end="")
    else:
        print(_IMPLICIT.format(where=where), file=sys.stderr)
    return 0


def _development_folder() -> Path:
    from platformdirs import user_data_dir

    return Path(user_data_dir("sym", appauthor=False)) / "provider"


_IMPLICIT = """\
Terraform looks there by itself, unless its CLI configuration has a provider_installation block; in that case, use
  terraform-provider-sym install --mirror {where}
which prints what belongs into the block."""


if __name__ == "__main__":
    main()
