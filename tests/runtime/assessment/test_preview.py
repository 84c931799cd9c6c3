"""Forms and cards as text."""

from __future__ import annotations

from pathlib import Path

from sym.assessment import assess
from sym.assessment.preview import card_lines, form_fields, form_lines


def test_a_form_has_its_fields_in_order_with_types_and_choices(repository: Path) -> None:
    report = assess(repository)
    flow = report.flows()[0].instance
    others = {one.instance.address: one.instance for one in report.assessed if one.instance.root == flow.root}
    fields = form_fields(flow, others)
    # The order among blocks that are written out and those a loop makes cannot be told: these come last.
    assert [(field["name"], field["type"], field["required"], field["choices"]) for field in fields] == [
        ("target_id", "string", True, ["Readers", "Admins"]), ("team", "string", True, None),
        ("duration", "duration", True, ["30m", "1h"]), ("reason", "string", True, None),
        ("ticket", "string", False, None),
    ]  # fmt: skip
    lines = list(form_lines(flow, others))
    assert lines[0] == "Request form of Access to PROD"
    assert "       ( ) Readers" in lines
    assert any("[team: text]" in line for line in lines)
    card = list(card_lines(flow, others))
    assert card[1] == "  <requester> asks for access"
    assert card[-2:] == ["  [Approve] [Deny]", "  once granted: [Revoke]"]
