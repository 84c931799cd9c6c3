"""How a request begins: the flows somebody may ask for, and the form of the one they mean."""

from __future__ import annotations

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


def ask(desk: Desk, arrival: Arrival, flow: str = "", environment: str | None = None) -> None:
    """Let somebody ask: for ``flow``, or for one of those they may ask for. Raises Refused for guests."""
    user = desk.user(arrival)
    if user.role == "guest":
        raise Refused("Guests cannot ask for access.", hint="Ask a member of this organization to do it.",
                      code="RequestAPI:USER_NOT_ALLOWED")  # fmt: skip
    if not flow:
        open_modal(desk, arrival, lambda modal: show_flows(desk, arrival, user, modal))
        return
    open_modal(desk, arrival, lambda modal: _show_named(desk, arrival, modal, (user, flow, environment)), flow=flow)


def show_flows(desk: Desk, arrival: Arrival, user: User, modal: Modal) -> None:
    """Show the flows there are for ``user``; the form at once, where there is one flow only."""
    offered = desk.offers.ask(user, desk.now)
    if not offered:
        modal.show(lambda: failed(TITLE, NOTHING))
    elif len(offered) == 1:
        show_form(desk, arrival, modal, (user, offered[0]))
    else:
        origin = Origin(channel=arrival.channel)
        modal.show(lambda: selector(offered, greeting=greeting(user), private_metadata=origin.written()))


def _show_named(desk: Desk, arrival: Arrival, modal: Modal, asked: tuple[User, str, str | None]) -> None:
    """Show the form of the flow that was asked for by name; the flows there are, when there is no such one."""
    user, name, environment = asked
    named = [flow for flow in desk.offers.ask(user, desk.now) if _is_meant(flow, name, environment)]
    if len(named) == 1:
        show_form(desk, arrival, modal, (user, named[0]))
    else:
        show_flows(desk, arrival, user, modal)


def _is_meant(flow: OfferedFlow, name: str, environment: str | None) -> bool:
    is_named = name.casefold() in (flow.slug.casefold(), flow.label.casefold())
    return is_named and (environment is None or _is_in(flow, environment))


def _is_in(flow: OfferedFlow, environment: str) -> bool:
    return environment.casefold() in (flow.environment.casefold(), flow.environment_label.casefold())


def show_form(desk: Desk, arrival: Arrival, modal: Modal, asked: tuple[User, OfferedFlow | str]) -> None:
    """Show the form of a flow. Raises what :meth:`sym.engine.forms.Forms.open` does."""
    user, flow = asked
    slug = flow if isinstance(flow, str) else flow.slug
    form = desk.services.forms.open(user, slug, channel_identifier=arrival.channel, now=desk.now)
    origin = Origin(channel=arrival.channel, form=form.id)
    modal.show(lambda: request_form(form, private_metadata=origin.written()))


def greeting(user: User) -> str:
    """What the selector calls somebody."""
    return user.first_name or user.username
