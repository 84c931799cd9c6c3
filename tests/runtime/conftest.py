"""What every test of the runtime is held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sym.audit import classification
from sym.audit.chain import plain
from sym.audit.entry_schema import entry_schema
from sym.store import audit

_VALIDATOR = Draft202012Validator(entry_schema())


class _Checked:
    """The classification, which every entry passes through on its way into the log."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def split(self, document: Mapping[str, Any], **more: Callable[[], str]) -> Any:
        for error in _VALIDATOR.iter_errors(plain(document)):
            self.problems.append(f"{document['event']['type']}: {error.json_path}: {error.message}")
        return classification.split(document, **more)

    join = staticmethod(classification.join)


@pytest.fixture(autouse=True)
def entries_conform(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every entry that is written during a test, in this process, fits the published schema."""
    checked = _Checked()
    monkeypatch.setattr(audit, "classification", checked)
    yield
    assert checked.problems == []
