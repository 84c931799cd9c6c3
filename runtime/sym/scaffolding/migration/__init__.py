"""Configurations of the original's first and second major versions, brought to the third.

Only what has to change is touched, by its position in the file; everything else stays as it was written, comments
included. What could not be done is said, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sym.scaffolding.folder import read_source
from sym.scaffolding.hcl import read
from sym.scaffolding.migration.edits import Edits, Note
from sym.scaffolding.migration.flows import migrate_flow
from sym.scaffolding.migration.modules import look_at_module
from sym.scaffolding.migration.older_layout import name_environment
from sym.scaffolding.migration.pins import Pins, migrate_provider, migrate_requirements, pins_of
from sym.scaffolding.migration.resources import migrate_resource
from sym.scaffolding.reader import Unreadable
from sym.scaffolding.writing import Changes

__all__ = ["Migration", "Note", "migrate"]

_SKIPPED = (".terraform", ".git", "node_modules", ".venv", "__pycache__")


@dataclass(frozen=True)
class Migration:
    """What is to be changed, and what is left to do by hand; ``old_registry`` is whether the state names a registry
    that is no more."""

    changes: Changes
    notes: tuple[Note, ...]
    old_registry: bool = False


def migrate(folder: Path) -> Migration:
    """Look through every ``.tf`` file below ``folder``. Raises Invalid for one that cannot be read; then none of them
    should be touched."""
    folder = folder.resolve()
    sources = [read_source(path) for path in sorted(_files(folder))]
    changed: dict[Path, tuple[str, str]] = {}
    notes: list[Note] = []
    pins = pins_of(sources)
    for source in sources:
        edits = Edits(source, folder)
        _migrate_source(edits, pins[source.path.parent])
        after = _checked(edits)
        if after != source.text:
            changed[source.path] = (source.text, after)
        notes += edits.notes
    notes += _json_notes(folder)
    return Migration(Changes({}, changed), tuple(notes), any(one.old_registry for one in pins.values()))


def _checked(edits: Edits) -> str:
    """The file with its changes; without them, saying so, if that is not Terraform's language."""
    after = edits.applied()
    try:
        read(after)
    except Unreadable as problem:
        edits.forget()
        edits.note(1, f"This file is too unusual to be rewritten ({problem}, line {problem.line} of what was made).")
        return edits.text
    return after


def _migrate_source(edits: Edits, pins: Pins) -> None:
    for block in edits.source.body.blocks:
        if block.type == "terraform":
            migrate_requirements(edits, block)
        elif block.type == "provider" and block.labels == ("sym",):
            migrate_provider(edits, block)
        elif block.type == "resource" and block.labels[:1] == ("sym_flow",):
            migrate_flow(edits, block, pins)
        elif block.type == "resource" and block.labels and block.labels[0].startswith("sym_"):
            migrate_resource(edits, block)
        elif block.type == "module":
            look_at_module(edits, block)
    name_environment(edits)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.tf") if path.is_file() and not _is_skipped(path, folder)]


def _is_skipped(path: Path, folder: Path) -> bool:
    return any(part in _SKIPPED for part in path.relative_to(folder).parts)


def _json_notes(folder: Path) -> list[Note]:
    """Configurations in JSON are not rewritten."""
    message = "Configurations in JSON are not rewritten: look over its flows yourself."
    return [
        Note(path.relative_to(folder).as_posix(), 1, message, line_after=1)
        for path in sorted(folder.rglob("*.tf.json"))
        if path.is_file() and not _is_skipped(path, folder) and '"sym_flow"' in path.read_text(errors="replace")
    ]
