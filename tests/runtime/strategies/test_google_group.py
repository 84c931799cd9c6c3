from __future__ import annotations

from sym.strategies import google_group
from tests.shelf_settings import choices, optional, required


def test_it_works_through_google_and_has_no_settings() -> None:
    assert google_group.integration == "google"
    assert required(google_group.Settings) | optional(google_group.Settings) == set()


def test_a_target_is_a_group_and_what_people_become_in_it() -> None:
    assert set(google_group.targets) == {"google_group"}
    assert required(google_group.targets["google_group"]) == {"group_email", "role"}
    assert choices(google_group.targets["google_group"], "role") == ("MEMBER", "MANAGER", "OWNER")
    assert google_group.multiple == set()
