from __future__ import annotations

from sym.strategies import boundary
from tests.shelf_settings import optional, required


def test_it_works_through_boundary_and_has_no_settings() -> None:
    assert boundary.integration == "boundary"
    assert required(boundary.Settings) | optional(boundary.Settings) == set()


def test_a_target_is_named_by_its_group_id() -> None:
    assert set(boundary.targets) == {"boundary_group"}
    assert required(boundary.targets["boundary_group"]) == {"group_id"}
    assert optional(boundary.targets["boundary_group"]) == set()
    assert boundary.multiple == set()
