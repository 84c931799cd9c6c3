"""Install the provider where Terraform finds it: a launcher in a filesystem mirror, or one for development."""

from __future__ import annotations

import json
import platform
import shlex
import sys
from pathlib import Path
from typing import Final

from sym_provider import ADDRESS, __version__

ALSO_NUMBERED: Final = "2." + __version__.partition(".")[2]
"""The other version of this very build: 3.7.1 is also 2.7.1, for configurations that pin ``~> 2.0``."""

VERSIONS: Final = (__version__, ALSO_NUMBERED)

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class NotInstalled(Exception):
    """Installing was refused; the text says why, and what to do instead."""


def platform_name() -> str:
    """This machine as Terraform names it: ``linux_amd64``."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"


def implicit_mirror(home: Path) -> Path:
    """The mirror below the user's folder ``home`` into which Terraform looks without being told to."""
    return home / ".terraform.d" / "plugins"


def install(mirror: Path) -> Path:
    """Put a launcher for this very installation into ``mirror``, under both versions, and give the launcher's path.

    The 2.x version is a link to the other, so that there is one launcher and they cannot differ. Raises NotInstalled
    where that cannot be, OSError where nothing can be written.
    """
    packages = [mirror / ADDRESS / version / platform_name() for version in VERSIONS]
    launcher = _write_launcher(packages[0] / f"terraform-provider-sym_v{__version__}")
    _link(packages[1], packages[0])
    return launcher


def install_for_development(folder: Path) -> Path:
    """Put a launcher for this very installation into ``folder``, for ``dev_overrides``, and give its path.

    Raises as :func:`install` does.
    """
    return _write_launcher(folder / "terraform-provider-sym")


def _write_launcher(launcher: Path) -> Path:
    """The launcher names the interpreter itself (a shim would cost every start) and neither reads the user's Python
    settings nor writes bytecode, which would change the hash in Terraform's lock file."""
    if sys.flags.no_site:  # as the launcher of a packaged release starts Python
        raise NotInstalled("This is a packaged release. Put its zip into the mirror as it is, or use pip to install.")
    launcher.parent.mkdir(parents=True, exist_ok=True)
    _compile()
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -B -m sym_provider "$@"\n')
    launcher.chmod(0o755)
    return launcher


def _compile() -> None:
    """Compile our modules where that was not done yet, as in a checkout: the launcher's Python would do it at every
    start. What cannot be written is left as it is."""
    import compileall

    import sym
    import sym_provider

    for folder in (*sym_provider.__path__, *sym.__path__):
        compileall.compile_dir(folder, quiet=2)


def _link(link: Path, package: Path) -> None:
    """Make ``link`` lead to ``package``, by a relative path: the mirror may be moved."""
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        raise NotInstalled(f"{link} holds something else already. Remove it, then install again.")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(Path("..", package.parent.name, package.name), target_is_directory=True)


def cli_configuration(mirror: Path) -> str:
    """What to write into Terraform's CLI configuration (``~/.terraformrc``) so that it looks into the mirror."""
    return f"""provider_installation {{
  filesystem_mirror {{
    path    = {_quoted(mirror)}
    include = ["{ADDRESS}"]
  }}
  direct {{
    exclude = ["{ADDRESS}"]
  }}
}}
"""


def development_configuration(folder: Path) -> str:
    """What to write into Terraform's CLI configuration so that it takes the provider from ``folder``, unversioned."""
    return f"""provider_installation {{
  dev_overrides {{
    "{ADDRESS}" = {_quoted(folder)}
  }}
  direct {{}}
}}
"""


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)
