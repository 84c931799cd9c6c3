"""What a message may say: text, blocks, attachments and metadata, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.simulator.errors import ApiError
from sym.simulator.validation import LONGEST_BLOCKS, LONGEST_TEXT, check_attachments, check_blocks, check_metadata

FIELDS = ("text", "blocks", "attachments", "metadata")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of text, blocks, attachments and metadata that are given. Raises ApiError: ``no_text``, ``msg_too_long``,
    ``invalid_blocks``, ``invalid_blocks_format``, ``msg_blocks_too_long``, ``invalid_attachments``,
    ``invalid_metadata_format``."""
    content = {name: given[name] for name in FIELDS if given.get(name) is not None}
    _check_text(content)
    if "blocks" in content:
        if not isinstance(content["blocks"], list):
            raise ApiError("invalid_blocks_format")
        _refuse("invalid_blocks", check_blocks(content["blocks"], "message"))
        if _length(content["blocks"]) > LONGEST_BLOCKS:
            raise ApiError("msg_blocks_too_long")
    if "attachments" in content:
        _refuse("invalid_attachments", check_attachments(content["attachments"]))
    if "metadata" in content:
        _refuse("invalid_metadata_format", check_metadata(content["metadata"]))
    return content


def _check_text(content: Mapping[str, Any]) -> None:
    text = content.get("text", "")
    if not isinstance(text, str):
        raise ApiError("invalid_arguments", ["[ERROR] must be a string [json-pointer:/text]"])
    if not (text.strip() or content.get("blocks") or content.get("attachments")):
        raise ApiError("no_text")
    if len(text) > LONGEST_TEXT:
        raise ApiError("msg_too_long")


def _refuse(code: str, messages: list[str]) -> None:
    if messages:
        raise ApiError(code, messages)


def _length(value: Any) -> int:
    if isinstance(value, dict):
        return sum(
            _length(each) if name != "text" or not isinstance(each, str) else len(each) for name, each in value.items()
        )
    return sum(map(_length, value)) if isinstance(value, list) else 0
