"""The code a test is about: read from a file, a folder or a text, and found again by what is in it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from pathlib import Path

Code = str | Path
"""A path of a Python file, or its text. A text that is one line and ends in ``.py`` is a path."""


@dataclass
class Sources:
    """Every source of one test. ``folder`` is where relative paths begin."""

    folder: Path
    _paths: dict[str, Path] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    def read(self, code: Code, name: str) -> str:
        """The text of ``code``; ``name`` is what a text without a file is called. Raises FileNotFoundError."""
        if isinstance(code, Path) or (code.strip().endswith(".py") and "\n" not in code.strip()):
            path = (self.folder / code).resolve()
            if not path.is_file():
                raise FileNotFoundError(f"There is no file {path}. Paths begin at {self.folder}.")
            text = path.read_text(encoding="utf-8")
            self._paths[text] = path
            self._texts[str(path)] = text
            return text
        text = textwrap.dedent(code)
        self._texts.setdefault(name, text)
        return text

    def place_of(self, text: str) -> str | None:
        """The path of the file with this text, None if it came without one."""
        path = self._paths.get(text)
        return str(path) if path else None

    def texts(self) -> dict[str, str]:
        """Every text by its path or name."""
        return self._texts
