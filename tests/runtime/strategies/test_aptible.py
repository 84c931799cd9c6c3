from __future__ import annotations

from sym.strategies import aptible
from tests.shelf_settings import optional, required


def test_it_works_through_aptible_and_has_no_settings() -> None:
    assert aptible.integration == "aptible"
    assert required(aptible.Settings) | optional(aptible.Settings) == set()


def test_a_target_is_named_by_its_role_id() -> None:
    assert set(aptible.targets) == {"aptible_role"}
    assert required(aptible.targets["aptible_role"]) == {"role_id"}
    assert optional(aptible.targets["aptible_role"]) == set()
    assert aptible.multiple == set()
