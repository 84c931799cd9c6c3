"""The vendor's process, and its books, for a test."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.vendor.books import Call, Stay

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ledger:
    """The vendor's books at one moment. ``refused`` lists calls nobody should make, ``working`` what goes on still."""

    stays: list[Stay]
    calls: list[Call]
    refused: list[str]
    working: list[str]


class Vendor:
    """A running vendor: ``url`` and ``token`` are what its callers need."""

    def __init__(self, seed: int) -> None:
        self.token = uuid.uuid4().hex
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.fakes.vendor.server", str(seed), self.token], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the vendor did not start"

    def know(self, *, groups: list[str], people: list[str], members: list[tuple[str, str]] | None = None) -> None:
        """Make groups and people known, and give some a membership that is none of the product's business."""
        self._control("PUT", {"groups": groups, "people": people, "members": members or []})

    def go_wrong(self, **faults: float) -> None:
        """Have these :class:`~tests.fakes.vendor.books.Faults` from now on, and no others."""
        self._control("PUT", {"faults": faults})

    def ledger(self) -> Ledger:
        """The books as they are now."""
        found = self._control("GET")
        return Ledger([Stay(**stay) for stay in found["stays"]], [Call(**call) for call in found["calls"]],
                      found["refused"], found["working"])  # fmt: skip

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _control(self, method: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.url}/_control", data=body, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found
