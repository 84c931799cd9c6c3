"""Golden files: what is made is held against a file that people can read, and written anew with ``GOLDEN=write``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, Any], None]:
    """Compares a payload with ``golden/<name>.json``."""

    def compare(name: str, payload: Any) -> None:
        path = FOLDER / f"{name}.json"
        text = json.dumps(payload, indent=2, ensure_ascii=False) + "\n"
        if os.environ.get("GOLDEN") == "write":
            path.write_text(text)
        assert path.is_file(), f"there is no {path.name}: write it with GOLDEN=write, and look at it"
        assert json.loads(path.read_text()) == payload, f"{path.name} differs; GOLDEN=write writes it anew"

    return compare


@pytest.fixture
def no_golden_but(request: pytest.FixtureRequest) -> Callable[[str, set[str]], None]:
    """Fails if golden files that begin so are of nothing that there is."""

    def check(prefix: str, names: set[str]) -> None:
        found = {path.stem.removeprefix(prefix) for path in FOLDER.glob(f"{prefix}*.json")}
        assert found == names

    return check
