"""Documents as the engine makes them, to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks.text import named

RUN_ID = "3f2a9c1e-7b64-4d0e-9a55-1c2d3e4f5a6b"
ALICE = {"user_id": "u-alice", "username": "alice@acme.example", "email": "alice@acme.example", "name": "Alice Ames"}
BOB = {"user_id": "u-bob", "username": "bob@acme.example", "email": "bob@acme.example", "name": "Bob Baker"}
FIELDS = [
    {"name": "ticket", "label": "Ticket", "type": "string", "value": "https://tickets.acme.example/OPS-12"},
    {"name": "urgent", "label": "Is it urgent?", "type": "bool", "value": True},
    {"name": "regions", "label": "Regions", "type": "str_list", "value": ["eu-west-1", "us-east-1"]},
    {"name": "backup", "label": "Who stands in", "type": "slack_user",
     "value": {"$type": "slack_user", "user_id": "U0BOB", "username": None}},
    {"name": "reason", "label": "Why do you need it?", "type": "string",
     "value": "The nightly import is stuck.\nI have to look at the <locks> & end one of them."},
]  # fmt: skip


def mention(person: Mapping[str, Any]) -> str:
    """Alice and Bob are in the workspace, others are not."""
    known = {"u-alice": "<@U0ALICE>", "u-bob": "<@U0BOB>"}
    return known.get(str(person.get("user_id"))) or named(person)


def run(**changes: Any) -> dict[str, Any]:
    return {
        "id": RUN_ID,
        "srn": f"acme:run:prod_db:3.0.0:{RUN_ID}",
        "flow": {"name": "prod_db", "label": "Production database"},
        "environment": "production",
        "requester": ALICE,
        "target": {"name": "orders_rw", "label": "Orders, read and write", "type": "okta_group"},
        "duration": 3600,
        "fields": FIELDS,
        **changes,
    }


def decision(action: str = "approve", **changes: Any) -> dict[str, Any]:
    return {"action": action, "by": BOB, "at": "2026-03-14T15:12:40+00:00", "message": None, "reason": None, **changes}


def card(state: str, **changes: Any) -> dict[str, Any]:
    """A card as it is in ``state``."""
    actions = {"requested": ["approve", "deny"], "granted": ["revoke"], "errored": ["retry"]}
    is_decided = state in ("approved", "granting", "granted", "ending", "ended", "errored", "denied")
    action = "deny" if state == "denied" else "approve"
    return {
        "run": run(),
        "state": state,
        "position": 0,
        "actions": actions.get(state, []),
        "asks_decision_message": state == "requested",
        "decision": decision(action, message="Only until the import is through, please.") if is_decided else None,
        "requested_at": "2026-03-14T15:09:26+00:00",
        "times_out_at": "2026-03-14T15:39:26+00:00" if state == "requested" else None,
        "decided_at": None if state == "requested" else "2026-03-14T15:12:40+00:00",
        "ends_at": "2026-03-14T16:12:40+00:00" if state in ("granted", "ending") else None,
        **changes,
    }


def news(what: str, **changes: Any) -> dict[str, Any]:
    has_decision = what in ("approved", "denied", "granted", "extended", "errored", "ended")
    told = decision("deny" if what == "denied" else "approve", message="Be careful with the locks.")
    return {
        "what": what,
        "run": run(),
        "state": "granted",
        "decision": told if has_decision else None,
        "ends_at": "2026-03-14T16:12:40+00:00" if what in ("granted", "extended") else None,
        "text": "Ask in #ops first." if what == "ignored" else None,
        **changes,
    }
