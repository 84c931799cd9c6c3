"""What a test declares wrongly is refused with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.testing import FlowTest

CODE = "from sym.sdk import *\n\n@hook\ndef on_request(event):\n    return None\n"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"reason": "text"}, "fields.reason: 'text' is no type; there are: string, int"),
        ({"reason": {"type": "string", "requird": True}}, "the prompt field reason has no attribute 'requird'"),
        ([{"name": "reason"}], "the prompt field reason needs a name and a type"),
    ],
)
def test_a_form_that_terraform_would_refuse_is_refused(
    flow_test: Callable[..., FlowTest], fields: object, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        flow_test(CODE, fields=fields)


def test_fields_as_blocks_keep_their_order(flow_test: Callable[..., FlowTest]) -> None:
    flow = flow_test(CODE, fields=[{"name": "b", "type": "int"}, {"name": "a", "type": "bool", "visible": False}])
    assert list(flow.form(b=1).fields) == ["b", "a"]
    assert flow.form(b=1).fields["b"].value == 1
    with pytest.raises(LookupError, match="no field 'c'; it has: b, a"):
        flow.form(c=1)
