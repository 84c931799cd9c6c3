"""A folder as it is going to be: what is added to its files, and which are new, before anything is written."""

from __future__ import annotations

from pathlib import Path

from sym.scaffolding import hcl
from sym.scaffolding.folder import Folder, Source, read_folder
from sym.scaffolding.hcl import Attribute, Block
from sym.scaffolding.layout import aligned_around
from sym.scaffolding.literals import Item, object_items
from sym.scaffolding.reader import Span
from sym.scaffolding.writing import Changes


class Draft:
    """The files of ``folder``, changed in memory. Raises Invalid for a file that cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._before = {source.path: source.text for source in read_folder(folder).sources}
        self._now = dict(self._before)

    def changes(self) -> Changes:
        """What is to be done."""
        changed = {
            path: (before, self._now[path]) for path, before in self._before.items() if self._now[path] != before
        }
        return Changes({path: text for path, text in self._now.items() if path not in self._before}, changed)

    def folder(self) -> Folder:
        """The folder as it is going to be."""
        texts = sorted((path, text) for path, text in self._now.items() if path.suffix == ".tf")
        return Folder(self.path, tuple(Source(path, text, hcl.read(text)) for path, text in texts))

    def has(self, *words: str) -> bool:
        """Whether there is a block with these words before its brace."""
        return self.folder().named(*words) is not None

    def create(self, name: str, text: str) -> None:
        """A new file."""
        self._now[self.path / name] = text

    def append(self, name: str, text: str, banner: str) -> None:
        """Blocks at the end of a file, which begins with ``banner`` if it is new."""
        path = self.path / name
        # What is there although it was not read, as a broken link is, comes to light when it is written.
        before = self._now.get(path, banner)
        self._now[path] = f"{before.rstrip()}\n\n{text.strip()}\n" if before.strip() else f"{text.strip()}\n"

    def replace(self, path: Path, span: Span, text: str) -> None:
        """Other text in the place of a piece of a file."""
        whole = self._now[path]
        self._now[path] = whole[: span.start] + text + whole[span.end :]

    def insert_line(self, path: Path, at: int, line: str) -> None:
        """A line of its own after the one that ``at`` is on, aligned with its neighbours."""
        whole = self._now[path]
        end = whole.find("\n", at)
        end = len(whole) if end < 0 else end
        carriage = "\r" if whole[end - 1 : end] == "\r" else ""
        self._now[path] = aligned_around(f"{whole[:end]}\n{line}{carriage}{whole[end:]}", end + 1)

    def add_attribute(self, source: Source, block: Block, name: str, value: str) -> None:
        """An attribute of a block, after its first attribute; on a line of its own in any case."""
        first = next(iter(block.body.attributes), None)
        if "\n" in block.inside.of(source.text) and first is not None and "\n" not in first.value.of(source.text):
            self.insert_line(source.path, first.span.end, f"{_indent(source.text, first.span.start)}{name} = {value}")
            return
        inside = block.inside.of(source.text).strip()
        kept = f"\n  {inside}" if inside else ""
        self.replace(
            source.path, block.inside, f"{kept}\n\n  {name} = {value}\n" if kept else f"\n  {name} = {value}\n"
        )

    def add_item(self, source: Source, attribute: Attribute, key: str, value: str) -> bool:
        """One more item of an attribute that is an object. False if that is not written out."""
        items = object_items(source.text, attribute.value)
        if items is None:
            return False
        last = next((item for item in reversed(items) if isinstance(item, Item)), None)
        outer = _indent(source.text, attribute.span.start)
        if last is None:
            self.replace(source.path, attribute.value, f"{{\n{outer}  {key} = {value}\n{outer}}}")
        elif "\n" not in attribute.value.of(source.text):
            self.replace(source.path, Span(last.value.end, last.span.end), f", {key} = {value}")
        else:
            comma = "," if last.span.end != last.value.end else ""
            line = f"{_indent(source.text, last.span.start)}{key} = {value}{comma}"
            self.insert_line(source.path, last.span.end, line)
        return True


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]
