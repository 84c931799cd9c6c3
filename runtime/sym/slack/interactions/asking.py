"""How a request begins: the flows somebody may ask for, and the form of the one they mean."""

from __future__ import annotations

from collections.abc import Sequence

from sym.engine.form import OfferedFlow
from sym.errors import Refused
from sym.slack.blocks.form import TITLE, failed, request_form
from sym.slack.blocks.selector import selector
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk
from sym.slack.interactions.modals import Modal, open_modal
from sym.slack.interactions.origin import Origin
from sym.store.users import User

NOTHING = "There is nothing you can ask for here. An admin can say which flows there should be."


def ask(desk: Desk, arrival: Arrival, words: Sequence[str] = ()) -> None:
    """Let somebody ask: for the flow that ``words`` name, with its environment or without, or for one of those they may
    ask for. Raises Refused for guests."""
    user = desk.user(arrival)
    if user.role == "guest":
        raise Refused("Guests cannot ask for access.", hint="Ask a member of this organization to do it.",
                      code="RequestAPI:USER_NOT_ALLOWED")  # fmt: skip
    open_modal(desk, arrival, lambda modal: _show(desk, arrival, modal, (user, words)), flow=" ".join(words))


def _show(desk: Desk, arrival: Arrival, modal: Modal, asked: tuple[User, Sequence[str]]) -> None:
    """Show the form of the flow that was named, else the flows there are."""
    user, words = asked
    offered = desk.offers.ask(user, desk.now)
    named = [flow for flow in offered if _is_meant(flow, words)]
    if len(named) == 1:
        show_form(desk, arrival, modal, (user, named[0]))
    else:
        show_flows(desk, arrival, modal, (user, offered))


def _is_meant(flow: OfferedFlow, words: Sequence[str]) -> bool:
    """Whether ``words`` are what the flow is called, or that and then what its environment is called."""
    named, environments = _names(flow.slug, flow.label), _names(flow.environment, flow.environment_label)
    spoken = " ".join(words).casefold()
    return spoken in named or any(spoken == f"{name} {place}" for name in named for place in environments)


def _names(*names: str) -> set[str]:
    return {" ".join(name.split()).casefold() for name in names}


def show_flows(desk: Desk, arrival: Arrival, modal: Modal, asked: tuple[User, list[OfferedFlow]]) -> None:
    """Show the flows that are offered to somebody; the form at once, where it is one only."""
    user, offered = asked
    if not offered:
        modal.show(lambda: failed(TITLE, NOTHING))
    elif len(offered) == 1:
        show_form(desk, arrival, modal, (user, offered[0]))
    else:
        origin = Origin(channel=arrival.channel)
        modal.show(lambda: selector(offered, greeting=greeting(user), private_metadata=origin.written()))


def show_form(desk: Desk, arrival: Arrival, modal: Modal, asked: tuple[User, OfferedFlow]) -> None:
    """Show the form of a flow. Raises what :meth:`sym.engine.forms.Forms.open` does."""
    user, flow = asked
    form = desk.services.forms.open(user, flow.slug, channel_identifier=arrival.channel, now=desk.now)
    origin = Origin(channel=arrival.channel, form=form.id)
    modal.show(lambda: request_form(form, private_metadata=origin.written()))


def greeting(user: User) -> str:
    """How the selector greets somebody."""
    return f"Hello {user.first_name or user.username}!"
