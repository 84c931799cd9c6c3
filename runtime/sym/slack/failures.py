"""A listener failed: the log says where, the person hears that something went wrong, and a number to name it by."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from sym.errors import SymError

log = logging.getLogger(__name__)

_FRAMES = 6


def on_failure(error: Exception, request: BoltRequest) -> BoltResponse | None:
    """Tell the log and the person, and give what to answer Slack; None if that has been answered."""
    body = request.body
    if isinstance(error, BoltUnhandledRequestError):
        log.debug("nobody listens to a %s", body.get("type") or "request")
        return BoltResponse(status=200)
    text = str(error) if isinstance(error, SymError) else _unexpected(error)
    ack = request.context.ack.response
    if ack is None:
        answer = _answer(body, text)
        if answer is not None:
            return answer
    _tell(request, text)
    return BoltResponse(status=200) if ack is None else None


def _unexpected(error: Exception) -> str:
    number = secrets.token_hex(4)
    # Not its message, nor the values in the lines: they may be what somebody typed.
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = " > ".join(f"{frame.name} ({frame.filename.rpartition('/sym/')[2]}:{frame.lineno})" for frame in frames)
    log.error("a listener failed (%s): %s in %s", number, type(error).__name__, where)
    return f"Something went wrong in Sym. If it happens again, tell an admin this number: {number}."


def _answer(body: Mapping[str, Any], text: str) -> BoltResponse | None:
    """The answer that shows ``text`` to the person, for what can be answered so."""
    kind = body.get("type")
    if "command" in body:
        return _json({"response_type": "ephemeral", "text": text})
    if kind == "view_submission":
        return _json({"response_action": "update", "view": failed_view(text)})
    if kind == "block_suggestion":
        return _json({"options": []})
    return None


def _tell(request: BoltRequest, text: str) -> None:
    """Say it beside the message that was clicked on, else in the direct messages."""
    context, body = request.context, request.body
    if body.get("type") in ("event_callback", "block_suggestion", "view_closed"):
        return
    try:
        if context.response_url is not None and context.respond is not None:
            context.respond(text=text, response_type="ephemeral", replace_original=False)
        elif context.user_id is not None and context.client is not None:
            context.client.chat_postMessage(channel=context.user_id, text=text)
    except Exception as error:  # noqa: BLE001 - it is about a failure already
        log.warning("a person could not be told of a failure: %s", type(error).__name__)


def failed_view(text: str) -> dict[str, Any]:
    """A dialog that says only ``text``."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Sym"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": text[:3000]}}],
    }


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=body)
