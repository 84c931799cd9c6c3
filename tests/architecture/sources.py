"""The source files of the project, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = {"provider": ROOT / "provider" / "sym_provider", "runtime": ROOT / "runtime" / "sym"}
SHELVES = ("resources", "strategies", "integrations", "secret_sources", "log_destinations", "api/routes")


def source_files() -> Iterator[Path]:
    """Every Python file of both source roots that people write."""
    for folder in SOURCE_ROOTS.values():
        yield from (path for path in sorted(folder.rglob("*.py")) if "_generated" not in path.parts)


def shelf_items() -> Iterator[tuple[Path, Path]]:
    """Every item of every shelf, with the test it must have; what items share begins with an underscore."""
    for shelf in SHELVES:
        for item in sorted((SOURCE_ROOTS["runtime"] / shelf).glob("*.py")):
            if not item.stem.startswith("_"):
                yield item, ROOT / "tests" / "runtime" / shelf / f"test_{item.stem}.py"
