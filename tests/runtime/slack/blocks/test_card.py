"""The card of a request, in every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.cards import STATES
from sym.slack.blocks import ids
from sym.slack.blocks.card import request_card
from sym.slack.blocks.states import icon, word
from tests.runtime.slack.blocks.documents import ALICE, BOB, RUN_ID, card, decision, mention, run
from tests.slack_rules import loose_marks, problems_of_message, texts
from tests.vendor_specs import require_vendor_specs

Golden = Callable[[str, Any], None]


def made(document: dict[str, Any]) -> dict[str, Any]:
    message = request_card(document, mention, message_id="m-1")
    assert problems_of_message(message) == []
    assert loose_marks(message) == []
    return message


def said(message: dict[str, Any]) -> str:
    return "\n".join(text["text"] for text in texts(message["blocks"]))


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]


@pytest.mark.parametrize("state", STATES)
def test_a_card_in_every_state_is_what_it_was_when_somebody_looked_at_it(state: str, golden: Golden) -> None:
    require_vendor_specs()
    golden(f"card_{state}", made(card(state)))


def test_there_is_a_golden_file_for_every_state(no_golden_but: Callable[[str, set[str]], None]) -> None:
    no_golden_but("card_", {*STATES, "approval_only"})


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_an_icon_and_a_word(state: str) -> None:
    message = made(card(state))
    assert message["blocks"][0]["text"]["text"].startswith(f"{icon(state)} *{word(state)}*")
    assert message["text"].startswith(f"{icon(state)} {word(state)}: ")
    assert len({word(one) for one in STATES}) == len(STATES)


def test_a_card_says_who_asks_for_what_for_how_long() -> None:
    message = made(card("requested"))
    assert "<@U0ALICE> asks for access to *Orders, read and write* for *1 hour*" in said(message)
    assert message["text"] == (
        "⏳ Waiting for a decision: <@U0ALICE> asks for access to *Orders, read and write* for *1 hour* "
        "(Production database)"
    )


def test_an_approval_without_access_names_the_flow(golden: Golden) -> None:
    message = made(card("approved", run=run(target=None, duration=None, fields=[])))
    golden("card_approval_only", message)
    assert "<@U0ALICE> asked for approval of *Production database*\n" in said(message) + "\n"


def test_a_card_is_found_again_by_its_first_block() -> None:
    block_id = made(card("requested"))["blocks"][0]["block_id"]
    assert block_id == ids.message_block("m-1") == "sym:m-1"


def test_buttons_carry_the_run() -> None:
    found = {element["action_id"]: element for element in elements(made(card("requested")))}
    assert {name: (one["value"], one["style"]) for name, one in found.items()} == {
        ids.APPROVE: (RUN_ID, "primary"),
        ids.DENY: (RUN_ID, "danger"),
    }


def test_revoking_asks_whether_it_is_meant() -> None:
    (revoke,) = elements(made(card("granted")))
    assert revoke["action_id"] == ids.REVOKE
    assert "*Orders, read and write* ends now" in revoke["confirm"]["text"]["text"]


def test_a_failed_grant_can_be_tried_again_where_the_card_says_so() -> None:
    assert [one["action_id"] for one in elements(made(card("errored")))] == [ids.RETRY]
    assert elements(made(card("errored", actions=[]))) == []


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("requested", "granted", "errored")])
def test_other_states_have_no_buttons_and_no_text_box(state: str) -> None:
    assert {block["type"] for block in made(card(state))["blocks"]} <= {"section", "context"}


def test_the_text_box_is_only_there_if_the_card_asks_for_it() -> None:
    def boxes(asks: bool) -> list[dict[str, Any]]:
        message = made(card("requested", asks_decision_message=asks))
        return [block for block in message["blocks"] if block["type"] == "input"]

    (box,) = boxes(True)
    assert (box["block_id"], box["element"]["action_id"]) == (ids.DECISION_MESSAGE, ids.DECISION_MESSAGE)
    assert box["optional"] is True
    assert boxes(False) == []


def test_a_decided_card_says_who_decided_when_and_what_they_said() -> None:
    text = said(made(card("approved")))
    assert "✅ *Approved* by <@U0BOB> · <!date^1773501160^{date_short_pretty} at {time}|14 Mar 2026, 15:12 UTC>" in text
    assert "*Decision message*\n> Only until the import is through, please." in text
    text = said(made(card("denied", decision=decision("deny", reason="Not today."))))
    assert "⛔ *Denied* by <@U0BOB>" in text
    assert "*Reason*\n> Not today." in text


def test_granted_access_says_until_when() -> None:
    until = "<!date^1773504760^{date_short_pretty} at {time}|14 Mar 2026, 16:12 UTC>"
    assert f"🔓 *Access granted* until {until}\n" in said(made(card("granted")))
    assert "*Access granted* until somebody ends it" in said(made(card("granted", ends_at=None)))


def test_a_forwarded_card_says_where_it_went() -> None:
    assert "It was sent on to others and cannot be decided here" in said(made(card("forwarded")))
    assert "It was sent on to #security" in said(made(card("forwarded", forwarded_to="#security")))


def test_a_card_nobody_is_left_to_decide_on_says_so() -> None:
    shown = said(made(card("forwarded", somebody_left=True)))
    assert "Sent on to admins" in shown
    assert "Nobody is left who could decide on it. It was sent on to admins" in shown
    assert "in time" not in shown


def test_what_else_is_known_is_said() -> None:
    assert "🔒 *Access ended* by <@U0BOB> · <!date^1773501160^" in said(made(card("ended", ended_by=BOB)))
    assert "Access could not be granted. Okta said no." in said(made(card("errored", text="Okta said no.")))
    assert "Ask in #ops first." in said(made(card("ignored", text="Ask in #ops first.")))
    assert "You are on call" in said(made(card("requested", why="You are on call")))


def test_short_answers_are_pairs_and_long_ones_have_a_section_of_their_own() -> None:
    blocks = made(card("requested"))["blocks"]
    pairs = [field["text"] for block in blocks for field in block.get("fields", [])]
    assert "*Is it urgent?*\nYes" in pairs
    assert "*Regions*\neu-west-1, us-east-1" in pairs
    assert "*Who stands in*\n<@U0BOB>" in pairs
    assert "*Ticket*\n<https://tickets.acme.example/OPS-12>" in pairs
    reason = (
        "*Why do you need it?*\n> The nightly import is stuck.\n> I have to look at the &lt;locks&gt; &amp; end one"
    )
    assert [block for block in blocks if block.get("text", {}).get("text", "").startswith(reason)]


def test_nobody_is_notified_through_an_answer() -> None:
    nasty = "<!channel> <@U0BOB> <https://evil.example|acme.example> &lt;!here&gt; @channel"
    fields = [{"name": name, "label": nasty, "type": "string", "value": nasty} for name in ("note", "reason")]
    person = {**ALICE, "user_id": "u-eve", "name": nasty}
    flow = {"name": "x", "label": nasty}
    message = made(card("requested", why=nasty, run=run(fields=fields, requester=person, flow=flow, environment=nasty)))
    text = said(message) + message["text"]
    assert "<!" not in text.replace("<!date^", "")
    assert "<@U" not in text
    assert "|acme" not in text.replace("|acme.example&gt;", "")
    # Slack would look for @channel in whatever is not marked as final.
    assert all(one["verbatim"] for one in texts(message["blocks"]) if one["type"] == "mrkdwn")


def test_a_card_with_very_many_answers_says_that_there_are_more() -> None:
    fields = [{"name": f"reason_{n}", "label": f"Reason {n}", "type": "string", "value": "x" * 400} for n in range(60)]
    assert "more answers" in said(made(card("requested", run=run(fields=fields))))


def test_a_requester_who_is_gone_is_somebody() -> None:
    assert "somebody asks for" in said(made(card("requested", run=run(requester=None))))
