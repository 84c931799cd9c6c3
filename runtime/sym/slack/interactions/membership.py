"""What happens to people's Slack accounts. Nobody's account here is opened or closed by it: that is an admin's to do,
who is told so."""

from __future__ import annotations

import logging

from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk
from sym.store.identities import users_with_identity

log = logging.getLogger(__name__)
EVENTS = ("team_join", "user_change")


def notice(desk: Desk, arrival: Arrival) -> None:
    """Say in the log that somebody who has an account here was deactivated in Slack. Whoever joins gets an account
    with what they do first."""
    changed = (arrival.body.get("event") or {}).get("user")
    if not isinstance(changed, dict) or not changed.get("deleted"):
        return
    with desk.services.store.reading() as conn:
        known = users_with_identity(conn, "slack", arrival.team, arrival.person)
    for user in known:
        if user.deactivated_at is None:
            log.warning("the user %s was deactivated in Slack and still has an account here", user.id)
