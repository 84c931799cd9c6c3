"""Who a bot is in services."""

from __future__ import annotations

from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_set_bot_identity import OKTA, put


def test_a_bots_identities_are_its_own(api: World) -> None:
    put(api, OKTA)
    assert api.get("/bots/CI/identities", name="root").json() == {"identities": [OKTA]}
    assert api.get("/bots/terraform/identities", name="root").json() == {"identities": []}
    assert_error(api.get("/bots/ann@acme.example/identities", name="root"), 404, "BotAPI:NOT_FOUND")
