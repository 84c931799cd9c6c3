"""Flows: the template is gone, ``params`` is a block, and ``implementation`` is the source text."""

from __future__ import annotations

import re

from sym.scaffolding.hcl import Attribute, Block
from sym.scaffolding.literals import called
from sym.scaffolding.migration.edits import Edits
from sym.scaffolding.migration.params import params_block
from sym.scaffolding.migration.pins import Pins
from sym.scaffolding.migration.prompt_fields import modern_type

_PATH = re.compile(r'"[^"\n]*\.py"|"(?:[^"\n]|\$\{[^}\n]*\})*\.py"')
_READS = ("file", "templatefile", "base64decode", "chomp", "trimspace", "replace")
_ENVIRONMENT_ID = re.compile(
    r"(data\.)?sym_environment\.[\w-]+(\[[^\]]*\])?\.id|.*environment.*\.id|(var|local)\.\w+_id"
)


def migrate_flow(edits: Edits, block: Block, pins: Pins) -> None:
    """Rewrite one ``sym_flow``."""
    body = block.body
    params, template = body.attribute("params"), body.attribute("template")
    is_first_major = template is not None or params is not None
    if template is not None:
        edits.remove_line(template)
    if params is not None:
        _migrate_params(edits, params)
    implementation = body.attribute("implementation")
    if implementation is not None:
        _migrate_implementation(edits, implementation, is_path=is_first_major or pins.allows_paths)
    _rename(edits, block)
    for inner in body.of_type("params"):
        for field in inner.body.of_type("prompt_field"):
            _migrate_type(edits, field)


def _migrate_params(edits: Edits, params: Attribute) -> None:
    made = params_block(edits, params)
    if made is None:
        edits.note(params.line, "params is a block now, with a prompt_field block for each field; what it is made of "
                   "is not written out here, so write it yourself.")  # fmt: skip
        return
    edits.replace(params.span, made)


def _migrate_implementation(edits: Edits, attribute: Attribute, *, is_path: bool) -> None:
    text = attribute.value.of(edits.text)
    if _PATH.fullmatch(text):
        edits.replace(attribute.value, f"file({text})")
        return
    call = called(edits.text, attribute.value)
    reads = text.startswith("<<") or re.match(rf"(?:{'|'.join(_READS)})\(", text)
    if not is_path or reads or (call and call[0] in _READS):
        return
    edits.replace(attribute.value, f"file({text})")


def _rename(edits: Edits, block: Block) -> None:
    """Names of before the first major version, where the value is what it is now."""
    environment, variables = block.body.attribute("environment"), block.body.attribute("flow_vars")
    if environment is not None and block.body.attribute("environment_id") is None:
        if _ENVIRONMENT_ID.fullmatch(environment.value.of(edits.text)):
            edits.replace(environment.span, f"environment_id = {environment.value.of(edits.text)}")
        else:
            edits.note(environment.line, "A flow names its environment by environment_id: make a sym_environment of "
                       "this map.")  # fmt: skip
    if variables is not None and block.body.attribute("vars") is None:
        edits.replace(variables.span, f"vars = {variables.value.of(edits.text)}")


def _migrate_type(edits: Edits, field: Block) -> None:
    kind, values = field.body.attribute("type"), field.body.attribute("allowed_values")
    if kind is not None and kind.value.of(edits.text) == '"list"':
        edits.replace(kind.value, f'"{modern_type(edits.text, values.value if values else None)}"')
