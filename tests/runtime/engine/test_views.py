"""What authors' code sees of the world."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sym.engine.views import World, load_world, params_of, secrets_in, target_view, view_event, view_fields
from sym.sdk.resource import SRN


def world(engine: Any, run_id: str, name: str = "request", frozen: Any = None) -> World:
    with engine.store.reading() as conn:
        return load_world(conn, engine.run(run_id), engine.named(run_id, name), frozen)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, {}), ({"params": None}, {}), ({"params": []}, {}), ({"params": {"a": 1}}, {"a": 1}),
        ({"params": [{"a": False, "b": None}]}, {"a": False}),
    ],
)  # fmt: skip
def test_the_one_params_block(document: Any, expected: Any) -> None:
    assert params_of(document) == expected


def test_an_event_as_its_code_gets_it(engine: Any) -> None:
    engine.flow(fields=[{"name": "reason", "type": "string"}])
    run_id = engine.escalated(reason="INC-1")
    seen = view_event(world(engine, run_id, "approve"))
    assert seen["name"] == "approve"
    assert seen["payload"]["user"]["email"] == "bob@acme.example"
    fields = seen["payload"]["fields"]
    assert (fields["reason"], fields["duration"], fields["target_id"]) == ("INC-1", 600, engine.ids["readers"])
    assert fields["target"]["settings"] == {"identifier": "readers"}
    assert {name: user["username"] for name, user in seen["run"]["actors"].items()} == {
        "request": "ada@acme.example", "approve": "bob@acme.example", "escalate": "bob@acme.example",
    }  # fmt: skip
    assert seen["flow"]["vars"] == {"team": "infra"}
    assert list(seen["flow"]["fields"]) == ["reason"]
    assert seen["flow"]["environment"]["integrations"]["door"]["external_id"] == str(engine.door.path)
    assert seen["channel"] == {"type": "sym", "identifier": None}
    assert set(seen["run"]["contexts"]) == {"request", "approve", "escalate"}
    srns = [seen["srn"], seen["template"], seen["run"]["srn"], seen["flow"]["srn"], fields["target"]["srn"]]
    assert [str(SRN.parse(srn)) for srn in srns] == srns


def test_everything_in_a_view_is_json(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    view = view_event(world(engine, run_id, "escalate"))
    assert json.loads(json.dumps(view)) == view


def test_a_request_may_not_bring_along_what_the_form_decides(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    seen = world(engine, run_id)
    event = seen.event
    forged = type(event)(**{**vars(event), "fields": {"target_id": "other", "duration": 1, "note": "x"}})
    fields = view_fields(seen.run, forged, seen.flow_view)
    assert (fields["target_id"], fields["duration"], fields["note"]) == (engine.ids["readers"], 600, "x")


def test_a_frozen_flow_is_used_instead_of_the_present_one(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    frozen = engine.lease(run_id).snapshot["flow"]
    engine.strategy("# changed", targets=("admins",))
    assert world(engine, run_id, frozen=frozen).flow_view["strategy"]["implementation"].startswith("\nimport json")
    assert world(engine, run_id).flow_view["strategy"]["implementation"] == "# changed"
    assert target_view(engine.run(run_id), frozen) is not None
    assert target_view(engine.run(run_id), world(engine, run_id).flow_view) is None


def test_an_approval_only_flow_has_no_strategy_and_no_target(engine: Any) -> None:
    engine.flow(access=False)
    run_id = engine.requested()
    seen = view_event(world(engine, run_id))
    assert seen["flow"]["strategy"] is None
    assert seen["payload"]["fields"] == {}


def test_a_secret_in_a_view_is_a_reference(engine: Any) -> None:
    source = engine.save("secrets", "source", {"type": "env", "name": "env"})
    secret = engine.save("secret", "secret", {"source_id": source, "path": "SYM_SECRET_X"})
    engine.environment["SYM_SECRET_X"] = "value"
    engine.settings = {"secret_ids_json": json.dumps([secret]), "url": "https://x", "other": "0" * 36}
    engine.flow()
    seen = world(engine, engine.requested())
    assert list(secrets_in(seen.flow_view)) == [secret]
    settings = seen.flow_view["strategy"]["integration"]["settings"]
    assert settings["secrets"][0] == secrets_in(seen.flow_view)[secret]
    assert (settings["url"], settings["other"]) == ("https://x", "0" * 36)
    assert settings["secrets"][0]["path"] == "SYM_SECRET_X"
    assert '"value"' not in json.dumps(view_event(seen))


def test_a_secret_in_a_strategys_settings_is_declared_and_stays_an_id_there(engine: Any) -> None:
    source = engine.save("secrets", "source", {"type": "env", "name": "env"})
    secret = engine.save("secret", "secret", {"source_id": source, "path": "SYM_SECRET_X"})
    engine.flow()
    settings = {"url": "https://x", "signing_secret": secret}
    document = {"type": "http", "name": "web", "targets": [engine.ids["readers"]], "settings": settings}
    engine.ids["strategy"] = engine.save("strategy", "web", document)
    engine.flow()
    strategy = world(engine, engine.requested()).flow_view["strategy"]
    assert strategy["settings"] == settings
    assert list(strategy["secrets"]) == ["signing_secret"]
    assert secrets_in(strategy)[secret]["path"] == "SYM_SECRET_X"


@pytest.mark.parametrize("text", ["not json", "{}", "7", "null", ""])
def test_secret_ids_that_cannot_be_read_are_no_secrets(engine: Any, text: str) -> None:
    engine.settings = {"secret_ids_json": text} if text else {"url": "x"}
    engine.flow()
    seen = world(engine, engine.requested())
    assert secrets_in(seen.flow_view) == {}


def test_bots_that_may_only_ask_are_members_to_authors(engine: Any) -> None:
    engine.flow()
    seen = view_event(world(engine, engine.requested("ci")))
    assert (seen["payload"]["user"]["role"], seen["payload"]["user"]["type"]) == ("member", "bot")
