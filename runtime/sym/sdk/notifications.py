"""Who is told of a request."""

from __future__ import annotations

from sym.sdk._model import Model, field
from sym.sdk.request_destination import RequestDestination, SlackRequestDestination
from sym.sdk.user import User


def _destinations(destinations: list[RequestDestination | User]) -> list[RequestDestination | User]:
    if not destinations:
        raise ValueError("ensure this value has at least 1 items")
    if sum(isinstance(destination, SlackRequestDestination) for destination in destinations) > 1:
        raise ValueError("only one Slack destination is allowed; put the others into notifications of their own")
    return destinations


class Notification(Model):
    """One round of telling people about a request.

    Attributes:
        destinations: at least one, at most one of them in Slack. A user is sent an e-mail.
        timeout: seconds to wait for a decision before the next notification; ``None`` waits for ever.
    """

    destinations: list[RequestDestination | User] = field(after=_destinations)
    timeout: int | None = None
