"""Submitting and closing modals."""

from __future__ import annotations

from typing import Any

from sym.simulator import checking, payloads, places, stacks
from sym.simulator.delivery import Delivery
from sym.simulator.errors import ApiError, Impossible, Unhappy
from sym.simulator.parcels import Parcel, Undelivered
from sym.simulator.places import Place
from sym.simulator.slack import Slack
from sym.simulator.validation import check_view
from sym.simulator.views import OpenView

TROUBLE = "We had some trouble connecting. Try again?"
_INVALID = "validation_errors"


class Submitting:
    """What people do with modals as a whole."""

    def __init__(self, slack: Slack, delivery: Delivery) -> None:
        self._slack, self._delivery = slack, delivery

    def submit(self, person: str, view_id: str) -> bool:
        """Press the button that submits; whether the modal went away. Raises Unhappy: ``validation_errors`` with their
        texts by block, or because the app did not answer or answered nonsense; Impossible."""
        with self._slack.lock:
            place = self._front(person, view_id)
            assert place.view is not None
            if "submit" not in place.view.document:
                raise Impossible("this modal has nothing to submit")
            self._stop_at(place, checking.problems(place.blocks, place.state))
            parcel = self._submission(place)
            self._busy(place.view, is_busy=True)
        try:
            answer = self._delivery.deliver(parcel)
        except Undelivered as error:
            raise Unhappy(error.code, TROUBLE) from None
        finally:
            with self._slack.lock:
                self._busy(place.view, is_busy=False)
        with self._slack.lock:
            return self._follow(place, answer)

    def _front(self, person: str, view_id: str) -> Place:
        place = places.find(self._slack, person, {"view": view_id})
        stack = place.workspace.stacks.get(person, [])
        if view_id not in stack:
            raise Impossible("this is no modal")
        if stack[-1] != view_id:
            raise Impossible("another modal is in front of this one")
        return place

    def _busy(self, view: OpenView, *, is_busy: bool) -> None:
        view.is_busy = is_busy
        self._slack.changes.add("view.updated", team=view.team, person=view.person, view=view.id)

    def _stop_at(self, place: Place, errors: dict[str, str]) -> None:
        assert place.view is not None
        place.view.errors = errors
        self._slack.changes.add("view.updated", team=place.view.team, person=place.view.person, view=place.view.id)
        if errors:
            raise Unhappy(_INVALID, "Please correct what is marked.", errors)

    def _submission(self, place: Place) -> Parcel:
        assert place.view is not None
        payload = payloads.envelope("view_submission", self._slack.app, place.workspace, place.account)
        payload["trigger_id"] = self._slack.triggers.give(place.workspace.id, place.account.id)
        payload |= {"view": place.view.as_slack(), "response_urls": []}
        return Parcel(kind="interactive", what="view_submission", team=place.workspace.id, payload=payload)

    def _follow(self, place: Place, answer: Any) -> bool:
        view, workspace = place.view, place.workspace
        assert view is not None
        if answer in (None, "", {}):
            stacks.close(workspace, view)
            return True
        wanted = answer.get("response_action") if isinstance(answer, dict) else None
        if wanted == "clear":
            stacks.close(workspace, view, whole_stack=True)
            return True
        if wanted == "errors":
            self._stop_at(place, self._errors(view, answer.get("errors")))
        elif wanted in ("update", "push"):
            self._show(place, wanted, answer.get("view"))
        else:
            raise self._nonsense(view, [f"response_action must be errors, update, push or clear, not {wanted!r}"])
        return False

    def _errors(self, view: OpenView, errors: Any) -> dict[str, str]:
        known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors:
            raise self._nonsense(view, ["errors must be an object with at least one text"])
        strange = [name for name, text in errors.items() if name not in known or not isinstance(text, str)]
        if strange:
            raise self._nonsense(view, [f"errors: {name} is not an input block with a text" for name in strange])
        return errors

    def _show(self, place: Place, wanted: str, document: Any) -> None:
        view, workspace = place.view, place.workspace
        assert view is not None
        problems = check_view(document, "modal")
        if problems:
            raise self._nonsense(view, problems)
        try:
            if wanted == "update":
                stacks.replace(workspace, view, document)
            else:
                stacks.open_view(workspace, self._slack.installation(workspace.id), place.account.id, document)
        except ApiError as error:
            raise self._nonsense(view, [error.code]) from None

    def _nonsense(self, view: OpenView, problems: list[str]) -> Unhappy:
        self._slack.journal.add(
            "delivery", "view_submission", "invalid_response", at=self._slack.now(), team=view.team, details=problems
        )
        return Unhappy("invalid_response", TROUBLE)

    def close(self, person: str, view_id: str, *, whole_stack: bool = False) -> None:
        """Close the modal in front (or all of them); the app is told of those that ask for it. Raises Impossible."""
        with self._slack.lock:
            place = self._front(person, view_id)
            assert place.view is not None
            is_all = whole_stack or bool(place.view.document.get("clear_on_close"))
            closed = stacks.close(place.workspace, place.view, whole_stack=is_all)
            told = [view for view in closed if view.document.get("notify_on_close")]
            parcels = [self._closing(place, view, is_cleared=is_all) for view in told]
        for parcel in parcels:
            self._delivery.deliver_later(parcel)

    def _closing(self, place: Place, view: OpenView, *, is_cleared: bool) -> Parcel:
        payload = payloads.envelope("view_closed", self._slack.app, place.workspace, place.account)
        payload |= {"view": view.as_slack(), "is_cleared": is_cleared}
        return Parcel(kind="interactive", what="view_closed", team=place.workspace.id, payload=payload)
