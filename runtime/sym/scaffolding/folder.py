"""The configuration files of one folder, which make one Terraform module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sym.errors import Invalid
from sym.scaffolding import hcl
from sym.scaffolding.hcl import Attribute, Block, Body
from sym.scaffolding.reader import Unreadable
from sym.scaffolding.writing import read_text


@dataclass(frozen=True)
class Source:
    """A file that was read."""

    path: Path
    text: str
    body: Body


@dataclass(frozen=True)
class Folder:
    """The files of ``path``, in the order of their names."""

    path: Path
    sources: tuple[Source, ...]

    def named(self, *words: str) -> tuple[Source, Block] | None:
        """The block with these words before its brace, and where it is."""
        found = ((source, source.body.named(*words)) for source in self.sources)
        return next(((source, block) for source, block in found if block is not None), None)

    def of_type(self, *types: str) -> Iterator[tuple[Source, Block]]:
        """All blocks of these types."""
        return ((source, block) for source in self.sources for block in source.body.of_type(*types))

    def local(self, name: str) -> tuple[Source, Attribute] | None:
        """A local value."""
        for source, block in self.of_type("locals"):
            found = block.body.attribute(name)
            if found is not None:
                return source, found
        return None


def read_source(path: Path) -> Source:
    """Read a file. Raises Invalid, naming file and line, if it cannot be read or is not Terraform's language."""
    try:
        text = read_text(path)
        return Source(path, text, hcl.read(text))
    except Unreadable as problem:
        raise Invalid(f"{path}:{problem.line}: This is not Terraform's language: {problem}.",
                      hint="Correct it: `terraform validate` says more. Nothing was changed.") from None  # fmt: skip
    except UnicodeDecodeError:
        raise Invalid(f"{path}: This is not text in UTF-8.", hint="Nothing was changed.") from None
    except OSError as problem:
        raise Invalid(f"{path} cannot be read: {problem.strerror}.", hint="Nothing was changed.") from None


def read_folder(path: Path) -> Folder:
    """Read the ``.tf`` files of a folder. Raises Invalid."""
    files = sorted(file for file in path.glob("*.tf") if file.is_file() and not file.name.startswith("."))
    return Folder(path, tuple(read_source(file) for file in files))
