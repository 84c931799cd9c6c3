from __future__ import annotations

from sym.strategies import tailscale
from tests.shelf_settings import optional, required


def test_it_works_through_tailscale_and_has_no_settings() -> None:
    assert tailscale.integration == "tailscale"
    assert required(tailscale.Settings) | optional(tailscale.Settings) == set()


def test_a_target_is_named_by_its_group_name() -> None:
    assert set(tailscale.targets) == {"tailscale_group"}
    assert required(tailscale.targets["tailscale_group"]) == {"group_name"}
    assert optional(tailscale.targets["tailscale_group"]) == set()
    assert tailscale.multiple == set()
