"""Who somebody is elsewhere."""

from __future__ import annotations

from sym.store.identities import Identity, save_identity
from tests.runtime.api.conftest import World, assert_error


def test_identities_are_listed_however_long_they_are(api: World) -> None:
    ann = api.users["ann"]
    assert api.get(f"/users/{ann.id}/identities", name="root").json() == {"identities": []}
    long = Identity(user_id=ann.id, service="custom", service_id="x", external_user_id="u" * 3000)
    with api.store.transaction() as conn:
        save_identity(conn, long, api.now)
    assert api.get(f"/users/{ann.id}/identities", name="root").json() == {
        "identities": [{"service_type": "custom", "external_id": "x", "user_id": "u" * 3000}]
    }


def test_those_of_bots_are_elsewhere(api: World) -> None:
    assert_error(api.get(f"/users/{api.users['ci'].id}/identities", name="root"), 404, "UserAPI:NOT_FOUND")
