from __future__ import annotations

from typing import Any

from sym.engine.instructions import by_hand, label

SNAPSHOT: dict[str, Any] = {
    "target": {"name": "readers", "label": "Readers", "settings": {"group_id": "00g1"}},
    "flow": {"strategy": {"type": "okta", "integration": {"type": "okta", "external_id": "acme.okta.com"}}},
}


def test_it_says_whom_to_remove_from_what_and_where() -> None:
    said = by_hand(SNAPSHOT, "00u7", "ada@acme.example")
    assert said == (
        "Open the administration of okta acme.okta.com, find Readers (group_id=00g1), and remove 00u7 "
        "(ada@acme.example) from it."
    )


def test_who_is_not_known_at_the_vendor_is_named_as_people_know_them() -> None:
    assert "remove the account of ada@acme.example from" in by_hand(SNAPSHOT, None, "ada@acme.example")
    assert "remove ada@acme.example from" in by_hand(SNAPSHOT, "ada@acme.example", "ada@acme.example")


def test_it_says_something_about_whatever_is_left() -> None:
    assert by_hand({}, "ada", "") == (
        "Open the administration of the vendor, find an unknown target (its id is not known), and remove ada from it."
    )
    assert by_hand({"flow": None, "target": None}, None, "") != ""
    assert label({"target": {"name": "readers", "label": None}}) == "readers"
