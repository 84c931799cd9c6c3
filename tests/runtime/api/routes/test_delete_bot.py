"""Bots that are deleted."""

from __future__ import annotations

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error


def test_a_deleted_bot_and_its_tokens_are_dead(api: World) -> None:
    tokens = [api.token("ci"), api.token("ci")]
    other, root = api.token("terraform"), api.token("root")
    done = api.call("DELETE", "/api/v1/bots/CI", token=root).json()
    assert (done["bot"]["state"], done["bot"]["tokens"], len(done["revoked"])) == ("deactivated", 0, 2)
    for token in tokens:
        assert_error(api.call("GET", "/api/v1/runs", token=token), 401, "Auth:INVALID_TOKEN")
    assert api.call("GET", "/api/v1/runs", token=other).status_code == 200
    with api.store.reading() as conn:
        log = [entry["name"] for entry in entries(conn)]
    assert (log.count("user.deactivated"), log.count("token.revoked")) == (1, 2)


def test_once_is_enough(api: World) -> None:
    root = api.token("root")
    api.call("DELETE", "/api/v1/bots/ci", token=root)
    with api.store.reading() as conn:
        before = len(entries(conn))
    again = api.call("DELETE", "/api/v1/bots/ci", token=root)
    assert (again.status_code, again.json()["revoked"]) == (200, [])
    with api.store.reading() as conn:
        assert len(entries(conn)) == before


def test_what_it_asked_for_stays(api: World) -> None:
    run = api.run(requester_id=api.users["ci"].id)
    api.call("DELETE", "/api/v1/bots/ci", token=api.token("root"))
    assert api.get(f"/runs/{run.id}", name="root").json()["requester"]["username"] == "ci"


def test_people_are_not_deleted_here(api: World) -> None:
    gone = api.call("DELETE", "/api/v1/bots/ann@acme.example", token=api.token("root"))
    assert_error(gone, 404, "BotAPI:NOT_FOUND")
