"""The methods of Slack's Web API, by family."""

from __future__ import annotations

from sym.simulator.web_api import apps, auth, chat, conversations, history, oauth, team, usergroups, users, views
from sym.simulator.web_api.calling import Method

METHODS: dict[str, Method] = {
    **apps.METHODS, **auth.METHODS, **chat.METHODS, **conversations.METHODS, **history.METHODS, **oauth.METHODS,
    **team.METHODS, **usergroups.METHODS, **users.METHODS, **views.METHODS,
}  # fmt: skip
"""Every method there is, by name; any other is answered with ``unknown_method``."""
