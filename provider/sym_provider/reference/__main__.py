"""``python -m sym_provider.reference DOCS EXAMPLES``: write the reference documentation, or check that it is fresh."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sym_provider.reference import pages, stale, write


def main(arguments: list[str] | None = None) -> int:
    """Write or check; 1 when something is stale or an example is missing, which is said on standard error."""
    parser = argparse.ArgumentParser(prog="python -m sym_provider.reference", description="Write the reference pages.")
    parser.add_argument("docs", metavar="DOCS", type=Path, help="the folder of the documentation")
    parser.add_argument("examples", metavar="EXAMPLES", type=Path, help="the folder of the examples")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    parsed = parser.parse_args(arguments)
    try:
        expected = pages(parsed.docs, parsed.examples)
    except FileNotFoundError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    differing = stale(parsed.docs, expected) if parsed.check else write(parsed.docs, expected)
    for path, state in differing.items():
        sys.stderr.write(
            f"{parsed.docs / path}: {state if parsed.check else 'removed' if state == 'leftover' else 'written'}\n"
        )
    if parsed.check and differing:
        sys.stderr.write("The reference documentation is stale: run make docs, and commit what it writes.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
