from __future__ import annotations

from sym.strategies import onelogin
from tests.shelf_settings import choices, optional, required


def test_it_works_through_onelogin_and_has_no_settings() -> None:
    assert onelogin.integration == "onelogin"
    assert required(onelogin.Settings) | optional(onelogin.Settings) == set()


def test_a_target_is_a_role_and_what_people_become_in_it() -> None:
    assert set(onelogin.targets) == {"onelogin_role"}
    assert required(onelogin.targets["onelogin_role"]) == {"role_id", "privilege_level"}
    assert choices(onelogin.targets["onelogin_role"], "privilege_level") == ("member", "admin")
    assert onelogin.multiple == set()
