"""What a failed call of Slack's Web API means: whether trying again is of any use, and what people can do about it.

* Slack asks to wait (429), is broken (5xx, ``internal_error`` …) or does not answer: tried again. Of a post nobody
  knows then whether it was taken.
* The app may not (token, scopes, suspended): tried again too, because an admin can put it right meanwhile.
* The place is closed, unknown, or the message is not one: trying again is of no use.

The client's own texts are never passed on: they show what was sent and what came back.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sym.engine.outbound import Undeliverable, Unreachable
from sym.errors import SymError, Unavailable

if TYPE_CHECKING:
    from slack_sdk.errors import SlackApiError

log = logging.getLogger(__name__)

PAUSE_SECONDS = 30.0
"""How long Slack is left alone that asks for it without saying for how long."""

_INVITE = "The app is not in {place}: invite it there."
_UNKNOWN = "{place} does not exist, or is private without the app in it: correct the flow, or invite the app."
_SCOPE = "The app in Slack lacks the scope {needed}: install it again with the manifest of `symflow slack manifest`."
_TOKEN = "Slack does not accept the app's token any more: install the app again, or renew SYM_SLACK_BOT_TOKEN."  # noqa: S105
_FORBIDDEN = "The settings of the workspace do not let the app write to {place}: ask an owner of it."
_FOR_GOOD = {
    "not_in_channel": _INVITE,
    "channel_not_found": _UNKNOWN,
    "is_archived": "{place} is archived: unarchive it, or name another channel.",
    "user_not_found": "{place} is nobody in this workspace: correct the flow, or invite the person.",
    "users_not_found": "{place} is nobody in this workspace: correct the flow, or invite the person.",
    "user_not_visible": "{place} cannot be seen by the app.",
    "user_disabled": "{place} is deactivated in Slack.",
    "user_not_in_channel": "{place} is not seen by the person it is for.",
    "cannot_dm_bot": "{place} is an app, and reads no messages.",
    "too_many_users": "{place} are too many for a group message: eight is the most.",
    "not_enough_users": "{place} are too few for a group message.",
    "restricted_action": _FORBIDDEN,
    "restricted_action_read_only_channel": _FORBIDDEN,
    "restricted_action_thread_only_channel": _FORBIDDEN,
    "restricted_action_non_threadable_channel": _FORBIDDEN,
    "cant_update_message": "The message in {place} is another app's by now, and cannot be changed.",
    "edit_window_closed": "The workspace does not let the message in {place} be changed any more.",
    "update_failed": "Slack could not change the message in {place}.",
}
_DEFECTS = frozenset({
    "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_arg_name", "invalid_array_arg",
    "invalid_form_data", "invalid_json", "json_not_object", "invalid_post_type", "missing_post_type", "msg_too_long",
    "msg_blocks_too_long", "no_text", "too_many_attachments", "block_mismatch", "metadata_too_large", "invalid_cursor",
})  # fmt: skip
_BY_AN_ADMIN = {
    "missing_scope": _SCOPE,
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission",
         "not_allowed_token_type", "org_login_required", "ekm_access_denied", "access_denied"), _TOKEN,
    ),
}  # fmt: skip
GONE = frozenset({"message_not_found", "cant_delete_message", "thread_not_found"})
"""A message that people have deleted."""


class Limited(Unavailable):
    """Slack asks to be left alone for ``retry_after`` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("Slack asks to send more slowly.", code="ratelimited")
        self.retry_after = retry_after


@contextmanager
def understood(place: str) -> Iterator[None]:
    """Raise Undeliverable or Unreachable in place of what calls of the Web API raise. ``place`` is where the message
    goes, in words: ``the channel #ops``, ``the person``."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    try:
        yield
    except (Undeliverable, Unreachable):
        raise
    except SlackApiError as error:
        raise meaning_of(error, place) from None
    except Limited as error:
        raise Unreachable(error.message, code="ratelimited", retry_after=error.retry_after) from None
    except Unavailable as error:
        raise Unreachable(error.message, hint=error.hint, code="unavailable") from None
    except SymError as error:
        # Above all a workspace that is not linked.
        raise Undeliverable(error.message, hint=error.hint, code="not_connected") from None
    except (SlackClientError, OSError, http.client.HTTPException) as error:
        raise Unreachable(f"Slack does not answer ({type(error).__name__}).", code="unreachable") from None


def code_of(error: SlackApiError) -> str:
    """Slack's word for what went wrong, or the HTTP status where it has none."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 200) or 200)
    said = response.get("error") if status < 500 else None
    # An answer that is not Slack's comes as text in place of the code.
    return str(said) if said and str(said).isidentifier() else f"http_{status}"


def meaning_of(error: SlackApiError, place: str) -> Undeliverable | Unreachable:
    """What Slack's refusal means for a message that goes to ``place``."""
    code, response = code_of(error), error.response
    if code == "ratelimited" or getattr(response, "status_code", 200) == http.client.TOO_MANY_REQUESTS:
        return Unreachable("Slack asks to send more slowly.", code=code, retry_after=wish_of(response))
    if code in _DEFECTS:
        log.error("Slack takes a message of ours to be wrong, which is a defect: %s %s", code, _details(response))
        return Undeliverable(f"Slack takes the message to {place} to be wrong ({code}); please report this.", code=code)
    if code in _FOR_GOOD:
        text = _FOR_GOOD[code].format(place=place)
        return Undeliverable(text[0].upper() + text[1:], code=code)
    if code in _BY_AN_ADMIN:
        return Unreachable(_BY_AN_ADMIN[code].format(needed=_needed(response)), code=code)
    return Unreachable(f"Slack failed ({code}).", code=code)


def wish_of(response: Any) -> float:
    """For how many seconds Slack asks to be left alone."""
    headers = getattr(response, "headers", None) or {}
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    text = str(said[0] if isinstance(said, list) and said else said)
    return float(text) if text.isdigit() else PAUSE_SECONDS


def _details(response: Any) -> str:
    """Where the message is wrong: Slack names places in it, not what they say."""
    metadata = response.get("response_metadata") or {}
    return "; ".join(str(text)[:300] for text in metadata.get("messages") or ())


def _needed(response: Any) -> str:
    text = str(response.get("needed") or "")
    return text if text.replace(":", "").replace(",", "").replace(".", "").isidentifier() else "it needs"
