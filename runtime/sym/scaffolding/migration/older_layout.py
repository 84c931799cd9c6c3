"""A folder as an older ``symflow`` made it: one ``main.tf`` beside ``impl.py``. ``symflow generate`` needs
``local.environment_name`` there."""

from __future__ import annotations

from sym.scaffolding.literals import plain_text
from sym.scaffolding.migration.edits import Edits


def name_environment(edits: Edits) -> None:
    """Make the name of the only environment a local value, where that is how the folder was made."""
    path = edits.source.path
    others = [one for one in path.parent.glob("*.tf") if one != path]
    if path.name != "main.tf" or others or not (path.parent / "impl.py").is_file():
        return
    body = edits.source.body
    found = [one for one in body.of_type("resource") if one.labels[:1] == ("sym_environment",)]
    locals_ = list(body.of_type("locals"))
    if len(found) != 1 or any(one.body.attribute("environment_name") for one in locals_):
        return
    name = found[0].body.attribute("name")
    text = name.value.of(edits.text) if name else ""
    if name is None or plain_text(text) is None:
        return
    edits.replace(name.value, "local.environment_name")
    at = found[0].span.start
    edits.insert(at, f"locals {{\n  environment_name = {text}\n}}\n\n")
