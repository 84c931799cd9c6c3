"""What Slack adds to blocks that it accepts: the ids that their author left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any


def with_ids(blocks: Sequence[dict[str, Any]], next_id: Callable[[str], str]) -> list[dict[str, Any]]:
    """A copy of ``blocks`` in which every block has a ``block_id`` and everything to click or fill in an
    ``action_id``."""
    finished = copy.deepcopy(list(blocks))
    for block in finished:
        if not block.get("block_id"):
            block["block_id"] = next_id("b")
        for element in _clickable(block):
            if not element.get("action_id"):
                element["action_id"] = next_id("a")
    return finished


def _clickable(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "input":
        yield block["element"]
    elif block["type"] == "actions":
        yield from block["elements"]
    elif block["type"] == "section" and block.get("accessory", {}).get("type") not in (None, "image"):
        yield block["accessory"]
