"""What Slack says to one person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sym.engine.form import OfferedFlow
from sym.errors import Refused
from sym.slack.blocks import said
from tests.runtime.slack.blocks import documents
from tests.slack_rules import loose_marks, problems_of_message

Golden = Callable[[str, Any], None]
NASTY = "<!channel> & co"
FLOWS = [
    OfferedFlow(
        id=str(n), slug=f"flow_{n}", label=f"Flow <{n}>", environment=f"e{n % 2}", environment_label=f"E {n % 2}"
    )
    for n in range(14)
]


def checked(message: dict[str, Any]) -> dict[str, Any]:
    assert problems_of_message(message) == []
    assert loose_marks(message) == []
    assert "<!" not in message["text"].replace("<!date^", "")
    return message


def test_what_is_said_is_what_it_was_when_somebody_looked_at_it(golden: Golden) -> None:
    refused = Refused("Requesters may not approve their own requests.", hint="Ask somebody else.")
    at = "2026-03-14T15:09:26+00:00"
    texts = {
        "refused": said.refused(refused),
        "unavailable": said.unavailable(documents.RUN_ID),
        "whoami": said.whoami(documents.ALICE, role="member", slack_user_id="U0ALICE", team="Acme"),
        "help": said.help("/sym"),
        "listed": said.listed(FLOWS[:3]),
        "listed_nothing": said.listed([]),
        "already_decided": said.already_decided(action="approve", by=documents.BOB, mention=documents.mention, at=at),
    }
    golden("said", {name: checked(message)["text"] for name, message in texts.items()})


def test_nothing_of_what_is_said_notifies_anybody() -> None:
    nasty = OfferedFlow(id="1", slug=NASTY, label=NASTY, environment=NASTY, environment_label=NASTY)
    person = {"user_id": "x", "username": NASTY, "email": NASTY, "name": NASTY}
    for message in (
        said.refused(Refused(NASTY, hint=NASTY)),
        said.whoami(person, role=NASTY, slack_user_id=NASTY, team=NASTY),
        said.help(NASTY),
        said.listed([nasty, *FLOWS]),
        said.already_decided(action=NASTY, by=person, mention=documents.mention),
    ):
        assert "&lt;!channel&gt;" in checked(message)["text"] or NASTY not in message["text"]


def test_a_long_list_says_that_there_is_more() -> None:
    assert checked(said.listed(FLOWS))["text"].endswith("and 4 more")


def test_a_decision_of_nobody_known_is_somebody_elses() -> None:
    text = checked(said.already_decided(action="deny", by=None, mention=documents.mention))["text"]
    assert text == "This was already denied by somebody else."
