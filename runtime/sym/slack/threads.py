"""Where a run is in Slack: its workspace, its newest card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sym.engine.outbound import Undeliverable
from sym.engine.pinned import pinned_version
from sym.store.database import Connection
from sym.store.messages import messages_of_run
from sym.store.resources import get
from sym.store.runs import get_run

if TYPE_CHECKING:
    from sym.slack.workspaces import Workspaces


def team_of_run(conn: Connection, run_id: str) -> str | None:
    """The workspace that the environment of the run's flow names, None if it names none."""
    run = get_run(conn, run_id)
    flow = pinned_version(conn, run.flow_id, run.flow_version) if run else None
    environment = get(conn, "environment", flow.document["environment_id"]) if flow else None
    named: Mapping[str, str] = (environment.document.get("integrations") or {}) if environment else {}
    # The usual key first: an environment may have integrations of several workspaces.
    for key in sorted(named, key=lambda key: key != "slack_id"):
        if (team := team_of_integration(conn, named[key])) is not None:
            return team
    return None


def team_of_integration(conn: Connection, integration_id: str) -> str | None:
    """The workspace that an integration is, None if it is of another type or gone."""
    found = get(conn, "integration", integration_id)
    return str(found.document["external_id"]) if found and found.document["type"] == "slack" else None


def chosen_team(team: str | None, workspaces: Workspaces) -> str:
    """The workspace that was named, else the only one that is linked. Raises Undeliverable where there is no telling,
    and what ``workspaces`` raises."""
    if team:
        return team
    linked = [workspace.team_id for workspace in workspaces.linked()]
    if len(linked) == 1:
        return linked[0]
    if not linked:
        raise Undeliverable("No Slack workspace is linked.", hint="Set SYM_SLACK_BOT_TOKEN, or open /slack/install.")
    raise Undeliverable("Several Slack workspaces are linked, and the flow's environment names none of them.",
                        hint="Add slack_id to the environment's integrations.")  # fmt: skip


def newest_card(conn: Connection, run_id: str) -> dict[str, Any] | None:
    """The reference (``team``, ``channel``, ``ts``) of the card that the run's request went out with last, None if
    none did in Slack."""
    cards = (message for message in reversed(messages_of_run(conn, run_id)) if message.kind == "request")
    return next((card.reference for card in cards if card.reference and card.reference.get("ts")), None)
