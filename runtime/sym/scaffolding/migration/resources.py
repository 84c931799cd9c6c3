"""Resources other than flows, where names of before the first major version are left."""

from __future__ import annotations

from sym.scaffolding.hcl import Block
from sym.scaffolding.migration.edits import Edits


def migrate_resource(edits: Edits, block: Block) -> None:
    """Take away what no version since knows, and say what is missing."""
    kind = block.labels[0]
    if kind == "sym_secret":
        name, path = block.body.attribute("name"), block.body.attribute("path")
        if name is not None and path is not None:
            edits.remove_line(name)
    if kind == "sym_integration" and block.body.attribute("external_id") is None:
        edits.note(block.line, "This integration has no external_id, which is required since 1.0: add it.")
    if kind == "sym_strategy" and any(True for _ in block.body.of_type("targets", "target")):
        edits.note(block.line, "Targets in blocks are those of before 1.0: make each a sym_target, and list their ids "
                   "in targets.")  # fmt: skip
