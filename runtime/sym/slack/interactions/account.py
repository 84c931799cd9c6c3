"""Who somebody is to the product."""

from __future__ import annotations

from sym.engine.cards import person_document
from sym.slack.blocks import said
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk


def whoami(desk: Desk, arrival: Arrival) -> None:
    """Tell somebody who they are here, with their role."""
    user = desk.user(arrival)
    arrival.acknowledge()
    team = str(arrival.body.get("team_domain") or "")
    desk.tell(arrival, said.whoami(person_document(user), role=user.role, slack_user_id=arrival.person, team=team))
