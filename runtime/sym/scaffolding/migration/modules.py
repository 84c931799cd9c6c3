"""Modules that a configuration calls, as far as they are the original vendor's: said, not changed."""

from __future__ import annotations

import re

from sym.scaffolding.hcl import Block
from sym.scaffolding.literals import plain_text
from sym.scaffolding.migration.edits import Edits

_TRUSTING = re.compile(r"(?:registry\.terraform\.io/)?symopsio/(runtime-connector/aws|gcp-connector/google)")
_GONE = re.compile(r"terraform\.sym(?:ops)?\.com/symopsio/([a-z0-9-]+)/sym")


def look_at_module(edits: Edits, block: Block) -> None:
    """Say what a person has to decide about a module."""
    source = block.body.attribute("source")
    name = plain_text(source.value.of(edits.text)) if source else None
    if source is None or name is None:
        return
    gone = _GONE.fullmatch(name)
    if gone is not None:
        edits.note(source.line, f"The registry of this module is no more. Its successor is symopsio/{gone[1]}/aws, "
                   "whose inputs and outputs may differ.")  # fmt: skip
    trusts = {"sym_account_id", "sym_account_ids"} & {one.name for one in block.body.attributes}
    is_trusting = (gone is not None and gone[1] == "runtime-connector") or _TRUSTING.fullmatch(name)
    if is_trusting and not trusts:
        edits.note(source.line, "This module trusts the AWS account of the original vendor: set sym_account_id "
                   "(sym_account_ids before version 2) to the account your worker runs in.", is_open=False)  # fmt: skip
