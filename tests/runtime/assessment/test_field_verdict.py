"""What becomes of prompt fields."""

from __future__ import annotations

from typing import Any

import pytest

from sym.assessment.field_verdict import check_fields
from sym.assessment.values import UNKNOWN
from sym.implementation import read_implementation

ACCESS = {"strategy_id": "s"}


def said(*fields: dict[str, Any], params: dict[str, Any] = ACCESS) -> list[str]:
    return [f"{found.verdict}: {found.message}" for found in check_fields(list(fields), params, None)]


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ({"type": "string", "allowed_values": ["a", "b"], "default": "c"}, 'needs: The default of "f", "c", is'),
        ({"type": "int", "allowed_values": [1, 2], "default": 3}, 'needs: The default of "f", "3", is not one of: 1'),
        ({"type": "int", "default": "many"}, 'needs: The default of "f" is no answer: "many" is not a whole number.'),
        ({"type": "bool", "default": "maybe"}, 'needs: The default of "f" is no answer: "maybe" is neither'),
        ({"type": "duration", "allowed_values": ["1h"], "default": "2h"}, 'needs: The default of "f", "2h", is'),
        ({"type": "duration", "allowed_values": ["soon"]}, "needs: The prompt field f: 'soon' is not a duration"),
        ({"type": "string", "allowed_values": ["x" * 56]}, 'warns: An option of "f" has 56 characters'),
        ({"type": "int_list", "allowed_values": ["1", "x"]}, 'warns: The option "x" of "f" is not a whole number'),
        ({"type": "str_list", "default": "x"}, 'warns: The default of the prompt field "f" do nothing'),
        ({"type": "slack_user", "prefetch": True}, 'needs: The prompt field "f" is about people'),
        ({"type": "list"}, 'needs: The prompt field "f" has the type "list" of 1.x; write string (or int)'),
        ({"name": "target_id", "type": "string", "allowed_values": ["a"]}, "warns: The allowed_values of target_id"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_field_is_said(field: dict[str, Any], says: str) -> None:
    (text,) = said({"name": "f", **field})
    assert text.startswith(says)


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "allowed_values": ["a"], "default": "a"},
        {"type": "int", "allowed_values": ["1", "2"], "default": 2},
        {"type": "int", "allowed_values": [1, 2], "default": "02"},
        {"type": "bool", "default": True},
        {"type": "duration", "allowed_values": ["1h", 30], "default": "60m"},
        {"type": "string", "allowed_values": ["a"], "default": "b", "prefetch": True},
        {"type": "string", "allowed_values": UNKNOWN, "default": "b"},
        {"type": "string", "allowed_values": ["a", UNKNOWN], "default": "b"},
        {"type": "string", "allowed_values": ["a"], "default": UNKNOWN},
        {"type": UNKNOWN, "allowed_values": ["a"], "default": "b"},
        {"type": "string", "allowed_values": [], "default": ""},
        {"type": "string", "allowed_values": ["x" * 55]},
    ],
)
def test_what_is_in_order_or_not_known_is_passed_over(field: dict[str, Any]) -> None:
    assert said({"name": "f", **field}) == []


def test_two_fields_of_one_name_and_options_that_nothing_prefetches_are_said() -> None:
    field = {"name": "f", "type": "string"}
    assert said(field, field) == ['needs: Two prompt fields are named "f".']
    found = check_fields([{**field, "prefetch": True}], {}, read_implementation(""))
    assert [finding.message for finding in found] == ['Nothing prefetches the options of "f".']


@pytest.mark.parametrize(
    ("field", "params", "says"),
    [({}, {}, ["needs: A flow without strategy_id has no use for the prompt field duration: remove it."]),
     ({}, ACCESS, ["needs: The prompt field duration needs allowed_values."]),
     ({"required": False, "allowed_values": ["1h"]}, ACCESS, ["needs: The prompt field duration must be required."]),
     ({}, {**ACCESS, "schedule_deescalation": False}, []),
     ({"type": "string", "allowed_values": ["x"]}, ACCESS,
      ["needs: The prompt field duration: 'x' is not a duration: write a whole number above 0 and s, m, h, d or mo, "
       "like 30m."])],
)  # fmt: skip
def test_the_duration_of_access(field: dict[str, Any], params: dict[str, Any], says: list[str]) -> None:
    assert said({"name": "duration", "type": "duration", **field}, params=params) == says
