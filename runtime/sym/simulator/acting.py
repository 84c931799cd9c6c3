"""All that people can do, in one object: for the page and for tests alike."""

from __future__ import annotations

from sym.simulator.delivery import Delivery
from sym.simulator.entering import Entering
from sym.simulator.events import Events
from sym.simulator.interacting import Interacting
from sym.simulator.responses import Responses
from sym.simulator.slack import Slack
from sym.simulator.submitting import Submitting


class Acting:
    """The operations, each with what it needs."""

    def __init__(self, slack: Slack, delivery: Delivery) -> None:
        self.slack, self.delivery = slack, delivery
        self.events = Events(slack, delivery)
        self.responses = Responses(slack)
        self.entering = Entering(slack, delivery, self.responses, self.events)
        self.interacting = Interacting(slack, delivery, self.responses)
        self.submitting = Submitting(slack, delivery)
