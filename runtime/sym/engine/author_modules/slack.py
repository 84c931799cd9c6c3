"""``sym.sdk.integrations.slack``: asked of the surface that is connected to the workspace."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sym.engine.author_modules.asked import Arguments, Asked, Function
from sym.errors import SymError
from sym.sdk.exceptions import SymException
from sym.sdk.exceptions.slack import SlackError

log = logging.getLogger(__name__)
NAMES = (
    "find_user_id", "send_message", "send_thread_message", "get_user_info", "list_users", "is_user_in_group",
    "users_in_channel",
)  # fmt: skip
"""The functions that need the workspace; the others of the module only put documents together."""


def _asking(function: str) -> Function:
    def ask(asked: Asked, arguments: Arguments) -> Any:
        workspace = asked.integration("slack")
        external_id = workspace["external_id"] if workspace else ""
        try:
            return asked.outbound.ask(function, arguments, external_id=external_id, run_id=asked.run_id)
        except SymException:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a surface raises
            # Only its kind is logged: the text of what a client of Slack's raises may hold a token.
            log.warning("slack.%s failed (%s)", function, type(error).__name__)
            why = error.message if isinstance(error, SymError) else "Slack could not be asked; try again later."
            raise SlackError("UNREACHABLE", f"slack.{function} failed: {why}") from None

    return ask


FUNCTIONS: Mapping[str, Function] = {name: _asking(name) for name in NAMES}
