"""One handler at a time: forms are those that people would see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.sdk.forms import SlackUserSelection
from sym.testing import FlowTest

CODE = """
from sym.sdk import *

def on_change_who(username, form):
    form.fields["note"].value = form.fields["who"].value.user_id
"""


def test_a_form_has_its_defaults_its_target_and_its_duration(flow_test: Callable[..., FlowTest]) -> None:
    fields = {"size": {"type": "int", "allowed_values": ["1", "2"], "default": "2"}}
    form = flow_test(CODE, targets=["prod"], fields=fields, flow_vars={"a": "b"}).form()
    assert list(form.fields) == ["target_id", "size", "duration"]
    assert [option.label for option in form.fields["target_id"].current_allowed_values] == ["prod"]
    assert form.fields["size"].value == 2
    assert [option.value for option in form.fields["size"].original_allowed_values] == [1, 2]
    assert form.flow_vars == {"a": "b"}


def test_somebody_chosen_in_slack_is_a_selection(flow_test: Callable[..., FlowTest]) -> None:
    flow = flow_test(CODE, fields={"who": {"type": "slack_user", "on_change": CODE}, "note": "string"})
    assert isinstance(flow.form(who="U1").fields["who"].value, SlackUserSelection)
    form = flow.on_change("who", who="U1")
    assert (form.fields["note"].value, form.fields["who"].value) == ("U1", SlackUserSelection(user_id="U1"))


def test_a_field_there_is_not_is_refused(flow_test: Callable[..., FlowTest]) -> None:
    with pytest.raises(LookupError, match="no field 'x'; it has: none"):
        flow_test(CODE).form(x=1)
