"""Changes to one file, by position."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sym.scaffolding.folder import Source
from sym.scaffolding.hcl import Attribute
from sym.scaffolding.reader import Span


@dataclass(frozen=True)
class Note:
    """Something a person has to see to. ``line`` is where it was, ``line_after`` where it is in the rewritten file;
    ``is_open`` is whether the configuration does not work before that."""

    file: str
    line: int
    message: str
    is_open: bool = True
    line_after: int = 0


class Edits:
    """Changes to ``source``, a file below ``folder``, and what could not be done in it."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.text = source.text
        self._said: list[tuple[int, str, bool]] = []
        self.name = source.path.relative_to(folder).as_posix()
        self._made: list[tuple[Span, str]] = []

    def replace(self, span: Span, text: str) -> None:
        """Put ``text`` in the place of ``span``."""
        self._made.append((span, text))

    def insert(self, at: int, text: str) -> None:
        """Put ``text`` before what is at ``at``, and before the comment above it."""
        lines = self.text[:at].split("\n")
        start = at - len(lines[-1])
        for line in reversed(lines[:-1]):
            if not line.lstrip().startswith(("#", "//")):
                break
            start -= len(line) + 1
        self.replace(Span(start, start), text)

    def remove_line(self, attribute: Attribute) -> None:
        """Take an attribute away, with its line if there is nothing else on it."""
        start = self.text.rfind("\n", 0, attribute.span.start) + 1
        end = self.text.find("\n", attribute.span.end)
        end = len(self.text) if end < 0 else end + 1
        around = self.text[start : attribute.span.start] + self.text[attribute.span.end : end]
        if around.strip():
            self.replace(attribute.span, "")
            return
        # Of the empty lines before and after it one is enough.
        before = self.text[:start].rsplit("\n", 2)
        if len(before) > 1 and not before[-2].strip() and self.text[end:].split("\n", 1)[0].strip() in ("", "}"):
            start -= len(before[-2]) + 1
        self.replace(Span(start, end), "")

    def note(self, line: int, message: str, *, is_open: bool = True) -> None:
        """Say what is left to do."""
        self._said.append((line, message, is_open))

    @property
    def notes(self) -> list[Note]:
        """What is left to do, in the order of lines."""
        return [Note(self.name, line, message, is_open, self._moved(line))
                for line, message, is_open in sorted(self._said)]  # fmt: skip

    def forget(self) -> None:
        """Change nothing after all."""
        self._made = []

    def _moved(self, line: int) -> int:
        """Which line that one is afterwards; of a piece that is replaced, its first."""
        moved = line
        for span, text in self._made:
            first, last = (self.text.count("\n", 0, at) + 1 for at in (span.start, span.end))
            if last < line:
                moved += text.count("\n") - (last - first)
            elif first < line:
                moved -= line - first
        return moved

    def applied(self) -> str:
        """The file with all changes. Changes inside a bigger one are part of that."""
        text = self.text
        made = sorted(self._made, key=lambda one: (one[0].start, -one[0].end))
        for span, new in reversed(made):
            text = text[: span.start] + new + text[span.end :]
        return text
