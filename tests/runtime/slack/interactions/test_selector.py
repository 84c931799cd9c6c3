"""The list of flows."""

from __future__ import annotations

from sym.slack.blocks import ids
from tests.runtime.slack.interactions.town import Town


def test_a_flow_that_went_while_the_list_was_open_cannot_be_picked(slack: Town) -> None:
    slack.flow("ssh")
    slack.flow("vpn")
    assert slack.ben.command("/sym", "#ops")
    view = slack.modal(slack.ben, ids.SELECTOR)
    slack.flow("ssh", allowed_sources=["api"])
    slack.ben.pick(view, ids.FLOW_PICK, "Ssh")
    assert slack.ben.submit(view) is None
    assert "not offered to you any more" in str(slack.modal(slack.ben, ids.FAILED).blocks)


def test_a_long_list_is_searched_by_typing(slack: Town) -> None:
    for number in range(101):
        slack.flow(f"flow-{number}")
    assert slack.ben.command("/sym", "#ops")
    view = slack.modal(slack.ben, ids.SELECTOR)
    found = slack.ben.type_ahead(view, ids.FLOW_PICK, "flow-7")
    assert [option["text"]["text"] for option in found] == ["Flow-7", *(f"Flow-{number}" for number in range(70, 80))]
    slack.ben.pick(view, ids.FLOW_PICK, "Flow-77")
    assert slack.ben.submit(view) is None
    assert "*Flow-77*" in str(slack.modal(slack.ben, ids.REQUEST_FORM).blocks)


def test_the_form_comes_also_when_it_is_ready_before_slack_has_heard_the_answer(slack: Town) -> None:
    slack.flow("ssh")
    slack.flow("vpn")
    for name in ("Ssh", "Vpn") * 5:
        assert slack.ben.command("/sym", "#ops")
        view = slack.modal(slack.ben, ids.SELECTOR)
        slack.ben.pick(view, ids.FLOW_PICK, name)
        assert slack.ben.submit(view) is None
        slack.ben.close(slack.modal(slack.ben, ids.REQUEST_FORM))
