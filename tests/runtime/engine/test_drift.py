"""What counts as drift."""

from __future__ import annotations

import pytest

from sym.engine.drift import can_list, single
from sym.engine.views import Document


def test_several_values_are_so_many_places() -> None:
    assert list(single({"group_id": ["a", "b"], "role": "MEMBER"})) == [
        {"group_id": "a", "role": "MEMBER"}, {"group_id": "b", "role": "MEMBER"},
    ]  # fmt: skip
    assert list(single({})) == [{}]
    assert list(single({"group_id": []})) == []


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [(None, False), ({"type": "custom"}, False), ({"type": "okta"}, True), ({"type": "aws_sso"}, True)],
)
def test_only_installed_strategies_that_know_are_asked(strategy: Document | None, expected: bool) -> None:
    assert can_list(strategy) is expected
