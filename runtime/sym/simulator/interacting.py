"""Clicks, picks, keystrokes and typeahead, as Slack's client passes them on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.simulator import payloads, places
from sym.simulator.delivery import Delivery
from sym.simulator.errors import Impossible, Unhappy
from sym.simulator.parcels import Parcel, Undelivered
from sym.simulator.picking import choices, value_of
from sym.simulator.places import Place, Where
from sym.simulator.responses import Responses
from sym.simulator.slack import Slack
from sym.simulator.validation import check_options
from sym.simulator.values import EXTERNAL, TEXTS, options

MOST_OPTIONS = 100
_TYPED = TEXTS | {"rich_text_input"}


class Interacting:
    """What people do with the elements of messages and views."""

    def __init__(self, slack: Slack, delivery: Delivery, responses: Responses) -> None:
        self._slack, self._delivery, self._responses = slack, delivery, responses

    def interact(
        self, person: str, where: Where, ids: tuple[str, str], value: Any = None, *, entered: bool = False
    ) -> bool:  # fmt: skip
        """Press the button, or pick or type ``value``, in the element of ``ids`` (block_id, action_id); whether the app
        was told. Raises Impossible; Unhappy if the app was told and did not answer."""
        with self._slack.lock:
            place = places.find(self._slack, person, where)
            block, element = place.element(*ids)
            was = place.state.get(ids[0], {}).get(ids[1])
            filled = self._fill(place, block, element, value)
            if not _is_told(block, element, entered=entered, changed=filled != was):
                return False
            parcel = self._parcel(place, block, element, filled)
        try:
            self._delivery.deliver(parcel)
        except Undelivered as error:
            raise Unhappy(error.code, "Something went wrong. Please try again.") from None
        return True

    def _fill(
        self, place: Place, block: Mapping[str, Any], element: Mapping[str, Any], value: Any
    ) -> dict[str, Any] | None:  # fmt: skip
        if element["type"] == "button":
            return None
        ids = (block["block_id"], element["action_id"])
        offered = self._slack.offered.get(place.key(*ids), [])
        before = place.state.get(ids[0], {}).get(ids[1], {})
        kept = before.get("selected_options") or [before.get("selected_option")]
        filled = value_of(element, value, [*offered, *filter(None, kept)], place.workspace, place.account)
        if element["type"] != "overflow":
            place.state.setdefault(ids[0], {})[ids[1]] = filled
            if place.view and ids[0] in place.view.errors:
                del place.view.errors[ids[0]]
            place.changed()
        return filled

    def _parcel(
        self, place: Place, block: Mapping[str, Any], element: Mapping[str, Any], value: dict[str, Any] | None
    ) -> Parcel:  # fmt: skip
        workspace, account = place.workspace, place.account
        self._slack.installation(workspace.id)
        payload = payloads.envelope("block_actions", self._slack.app, workspace, account)
        payload["trigger_id"] = self._slack.triggers.give(workspace.id, account.id)
        if place.message:
            ts = place.message.ts
            payload["response_url"] = self._responses.give(workspace.id, place.message.channel, account.id, ts)
        payload |= place.in_payload()
        payload["actions"] = [payloads.action(block, element, value, workspace.stamp())]
        return Parcel(kind="interactive", what="block_actions", team=workspace.id, payload=payload)

    # typeahead

    def type_ahead(self, person: str, where: Where, ids: tuple[str, str], typed: str) -> dict[str, Any]:
        """What is offered for ``typed``: ``{"options": […], "option_groups": […]}``. Raises Impossible, Unhappy."""
        with self._slack.lock:
            place = places.find(self._slack, person, where)
            _, element = place.element(*ids)
            if element["type"] not in EXTERNAL:
                return {"options": _search(place, element, typed), "option_groups": []}
            if len(typed) < element.get("min_query_length", 3):
                return {"options": [], "option_groups": []}
            parcel = self._suggestion(place, ids, typed)
        try:
            answer = self._delivery.deliver(parcel, url=self._slack.app.options_url)
        except Undelivered as error:
            raise Unhappy(error.code, "Sorry, loading options failed.") from None
        return self._offer(place.key(*ids), answer, parcel)

    def _suggestion(self, place: Place, ids: tuple[str, str], typed: str) -> Parcel:
        payload = payloads.envelope("block_suggestion", self._slack.app, place.workspace, place.account)
        payload |= place.in_payload()
        payload |= {"block_id": ids[0], "action_id": ids[1], "value": typed}
        return Parcel(kind="interactive", what="block_suggestion", team=place.workspace.id, payload=payload)

    def _offer(self, key: tuple[str, ...], answer: Any, parcel: Parcel) -> dict[str, Any]:
        problems = check_options(answer)
        if problems:
            self._slack.journal.add(
                "delivery", parcel.what, "invalid_options", at=self._slack.now(), team=parcel.team, details=problems
            )
            raise Unhappy("invalid_options", "Sorry, loading options failed.")
        with self._slack.lock:
            self._slack.offered.setdefault(key, []).extend(options(answer))
        return {"options": answer.get("options") or [], "option_groups": answer.get("option_groups") or []}


def _is_told(block: Mapping[str, Any], element: Mapping[str, Any], *, entered: bool, changed: bool) -> bool:
    if block["type"] != "input":
        return True
    if not block.get("dispatch_action"):
        return False
    if element["type"] not in _TYPED:
        return changed
    when = element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"])
    return (entered and "on_enter_pressed" in when) or (changed and "on_character_entered" in when)


def _search(place: Place, element: Mapping[str, Any], typed: str) -> list[dict[str, Any]]:
    if not element["type"].endswith("_select"):
        raise Impossible(f"nothing can be looked up in a {element['type']}")
    offered = options(element)
    if not offered:
        named = choices(element, place.workspace, place.account)
        offered = [{"text": {"type": "plain_text", "text": label}, "value": name} for name, label in named.items()]
    wanted = typed.casefold()
    return [option for option in offered if wanted in option["text"]["text"].casefold()][:MOST_OPTIONS]
