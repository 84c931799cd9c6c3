"""Install the provider where Terraform finds it: a launcher in a filesystem mirror."""

from __future__ import annotations

import platform
import shlex
import sys
from pathlib import Path

from sym_provider import ADDRESS, __version__

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def platform_name() -> str:
    """This machine as Terraform names it: ``linux_amd64``."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"


def install(mirror: Path) -> Path:
    """Put a launcher for this very installation into the mirror ``mirror`` and give its path.

    The launcher names the interpreter itself (a shim would cost every start) and neither reads the user's Python
    settings nor writes bytecode, which would change the hash in Terraform's lock file.
    """
    folder = mirror / ADDRESS / __version__ / platform_name()
    folder.mkdir(parents=True, exist_ok=True)
    launcher = folder / f"terraform-provider-sym_v{__version__}"
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -B -m sym_provider "$@"\n')
    launcher.chmod(0o755)
    return launcher


def cli_configuration(mirror: Path) -> str:
    """What to write into Terraform's CLI configuration (``~/.terraformrc``) so that it looks into the mirror."""
    return f"""provider_installation {{
  filesystem_mirror {{
    path    = "{mirror}"
    include = ["{ADDRESS}"]
  }}
  direct {{
    exclude = ["{ADDRESS}"]
  }}
}}
"""
