"""Write the reference pages of the runtime that come from the code: ``python -m sym.commands._reference FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from sym.commands._reference_of_commands import page_of_commands
from sym.config import VARIABLES

_CONFIGURATION = """\
<!-- Written by `make docs` from sym/config/variables.py. -->

# Configuration

Everything that can be set for a process comes from its environment. A variable that is empty counts as unset. A value
that cannot be used keeps the process from starting: the error names the variable, and never repeats the value.

| variable | without it | meaning |
| --- | --- | --- |
"""


def pages() -> dict[str, str]:
    """The pages' text by file name."""
    rows = [f"| `{one.name}` | {one.default} | {one.meaning} |" for one in VARIABLES]
    return {"configuration.md": _CONFIGURATION + "\n".join(rows) + "\n", "cli.md": page_of_commands()}


def write(folder: Path) -> None:
    """Write every page into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
