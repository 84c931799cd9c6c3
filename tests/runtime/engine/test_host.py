"""What authors' code may ask for: secrets its flow declares, identities, outputs of steps, counts of events."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.engine.host import FlowHost
from sym.engine.secret_access import fetch_secret
from sym.engine.views import load_world
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import CouldNotSaveError, SymException, SymIntegrationError
from sym.sealing import SealingKeys
from sym.store.declaring import Declaring
from sym.store.identities import identities_of
from sym.store.secret_values import reveal
from sym.store.users import find_user

VALUE = "s3cr3t-hunter2"


def declare(engine: Any, **settings: Any) -> tuple[str, str]:
    """Two secrets: the integration has the first, nobody has the second."""
    source = engine.save("secrets", "source", {"type": "env", "name": "env"})
    document = {"source_id": source, "path": "SYM_SECRET_DOOR", **({"settings": settings} if settings else {})}
    first = engine.save("secret", "first", document)
    second = engine.save("secret", "second", {"source_id": source, "path": "SYM_SECRET_OTHER"})
    engine.environment |= {"SYM_SECRET_DOOR": VALUE, "SYM_SECRET_OTHER": "not-yours"}
    engine.settings = {"secret_ids_json": json.dumps([first]), "api_key": first}
    return first, second


def host(engine: Any, run_id: str, name: str = "request") -> FlowHost:
    with engine.store.reading() as conn:
        world = load_world(conn, engine.run(run_id), engine.named(run_id, name))
    return FlowHost(engine.store, SecretPlace(environment=engine.environment), world, engine.clock)


def test_a_declared_secret_is_read_from_the_flow(engine: Any) -> None:
    declare(engine)
    engine.flow("""
@hook
def on_request(event):
    settings = event.flow.environment.integrations["door"].settings
    same = settings["secrets"][0].retrieve_value() == settings["api_key"].retrieve_value() == "s3cr3t-hunter2"
    return ApprovalTemplate.deny(same=same)
""")
    run_id = engine.requested()
    assert engine.named(run_id, "deny").fields == {"same": True}


def test_only_declared_secrets_can_be_read(engine: Any) -> None:
    first, second = declare(engine)
    engine.flow()
    reached = host(engine, engine.requested())
    assert reached.secret(first) == VALUE
    for unknown in (second, "00000000-0000-0000-0000-000000000000", "SYM_SECRET_DOOR", ""):
        with pytest.raises(SymException) as raised:
            reached.secret(unknown)
        assert raised.value.error_code == "Secret:NOT_DECLARED"


def declare_local(engine: Any, keys: SealingKeys, settings: dict[str, str] | None = None, value: str = VALUE) -> str:
    """A secret whose value is in the store, used by the integration."""
    source = engine.save("secrets", "source", {"type": "local", "name": "local"})
    document = {"path": "door", "source_id": source, "settings": settings, "value_wo_version": 1}
    declaring = Declaring(actor=Actor.SYSTEM, now=engine.clock.now, keys=keys)
    with engine.store.transaction() as conn:
        secret_id = declaring.save(conn, "secret", document, {"value_wo": value}).id
    engine.settings = {"api_key": secret_id}
    return secret_id


READS = """
@hook
def on_request(event):
    value = event.flow.environment.integrations["door"].settings["api_key"].retrieve_value()
    return ApprovalTemplate.deny(same=value == "-".join(["s3cr3t", "hunter2"]))
"""


def test_a_flow_reads_a_secret_that_the_store_keeps(engine: Any, tmp_path: Path) -> None:
    keys = SealingKeys(tmp_path / "keys")
    engine.executor._place = replace(engine.executor._place, stored=partial(reveal, engine.store, keys))
    declare_local(engine, keys)
    engine.flow(READS)
    run_id = engine.requested()
    assert engine.named(run_id, "deny").fields == {"same": True}
    assert VALUE not in everything_stored(engine)


def test_one_key_of_a_kept_json_object_is_picked(engine: Any, tmp_path: Path) -> None:
    keys = SealingKeys(tmp_path / "keys")
    engine.executor._place = replace(engine.executor._place, stored=partial(reveal, engine.store, keys))
    declare_local(engine, keys, {"json_key": "token"}, json.dumps({"token": VALUE}))
    engine.flow(READS)
    assert engine.named(engine.requested(), "deny").fields == {"same": True}


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("delete from sym_secret_value", "set value_wo and a new value_wo_version in Terraform"),
        ("update sym_secret_value set key_id = 'gone'", "set SYM_KEYS_DIR to the folder that has it"),
    ],
)
def test_a_kept_secret_that_cannot_be_read_says_what_to_do(
    engine: Any, tmp_path: Path, trouble: str, words: str
) -> None:
    keys = SealingKeys(tmp_path / "keys")
    place = SecretPlace(stored=partial(reveal, engine.store, keys))
    secret_id = declare_local(engine, keys)
    kept = {**view(kind="local"), "id": secret_id}
    assert fetch_secret(kept, place) == VALUE
    with engine.store.transaction() as conn:
        conn.execute(sa.text(trouble))
    with pytest.raises(SymException, match=words) as raised:
        fetch_secret(kept, place)
    assert "SYM_SECRET_X" in str(raised.value), "the path names the secret"
    with pytest.raises(SymException, match="folder of keys"):
        fetch_secret(kept, SecretPlace())


def everything_stored(engine: Any) -> str:
    with engine.store.reading() as conn:
        names = [name for name in sa.inspect(conn).get_table_names() if name.startswith(("sym_", "test_"))]
        return "".join(repr(conn.execute(sa.text(f"select * from {name}")).all()) for name in names)


def test_a_secret_is_in_no_table_log_or_message_even_when_the_code_shouts_it(
    engine: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    declare(engine)
    engine.flow("""
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")

@hook
def on_approve(event):
    key = event.flow.environment.integrations["door"].settings["api_key"].retrieve_value()
    print("the key is", key)
    raise ValueError(f"wrong key {key}")
""")
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    error = engine.named(run_id, "approve").error
    assert "ValueError: wrong key" in error
    assert VALUE not in error
    assert VALUE not in everything_stored(engine)
    assert VALUE not in caplog.text


def test_a_strategys_error_with_a_secret_in_it_is_stored_without(engine: Any) -> None:
    declare(engine)
    engine.flow()
    engine.door.behave("escalate", "raise ValueError(self.integration.settings['secrets'][0].retrieve_value())")
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "errored"
    assert "ValueError" in engine.named(run_id, "escalate").error
    assert VALUE not in everything_stored(engine)


def test_a_missing_secret_says_which_and_why(engine: Any) -> None:
    declare(engine)
    del engine.environment["SYM_SECRET_DOOR"]
    engine.flow("""
@hook
def on_request(event):
    event.flow.environment.integrations["door"].settings["api_key"].retrieve_value()
""")
    run_id = engine.requested()
    error = engine.named(run_id, "request").error
    assert "SYM_SECRET_DOOR" in error
    assert "is not set where the worker runs" in error
    assert engine.trail(run_id) == ["event.failed"]


DOCUMENT = {"user": "ada", "deep": {"key": VALUE, "number": 7}, "dotted.key": "yes", "list": [1, 2]}


@pytest.mark.parametrize(
    ("key", "expected"),
    [("user", "ada"), ("deep.key", VALUE), ("deep.number", "7"), ("dotted.key", "yes"), ("list", "[1, 2]")],
)
def test_json_key_picks_one_value(key: str, expected: str) -> None:
    assert fetch_secret(view(key), SecretPlace(environment={"SYM_SECRET_X": json.dumps(DOCUMENT)})) == expected


@pytest.mark.parametrize("key", ["nothing", "deep.nothing", "user.key", "list.0", "deep.", "."])
@pytest.mark.parametrize("value", [json.dumps(DOCUMENT), json.dumps(VALUE), "not json: " + VALUE, "[]", "7"])
def test_a_json_key_that_is_not_there_is_an_error_without_the_value(key: str, value: str) -> None:
    with pytest.raises(SymException) as raised:
        fetch_secret(view(key), SecretPlace(environment={"SYM_SECRET_X": value}))
    error: BaseException | None = raised.value
    assert "SYM_SECRET_X" in str(error)
    while error is not None:
        assert VALUE not in repr(vars(error)) + str(error)
        error = error.__cause__ or error.__context__


def view(key: str | None = None, kind: str = "env") -> dict[str, Any]:
    settings = {"json_key": key} if key else {}
    return {"source": {"type": kind, "settings": {}}, "path": "SYM_SECRET_X", "settings": settings}


@pytest.mark.parametrize("kind", ["vault_in_2040", "__init__", "../env", "os", ""])
def test_a_source_nobody_serves_is_an_error_naming_it(kind: str) -> None:
    with pytest.raises(SymException, match=re.escape(repr(kind))) as raised:
        fetch_secret(view(kind=kind), SecretPlace(environment={"SYM_SECRET_X": VALUE}))
    assert raised.value.error_code == "Secret:NOT_SERVED"


def test_an_identity_that_was_looked_up_is_remembered_and_used(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    ada = engine.users["ada"].id
    with engine.store.reading() as conn:
        (known,) = identities_of(conn, ada)
    assert (known.service, known.service_id, known.external_user_id) == ("custom", str(engine.door.path), "ada")
    engine.strategy(engine_strategy_without_lookup())
    engine.later(seconds=600)
    assert engine.run(run_id).status == "deescalated"
    again = engine.escalated()
    assert engine.lease(again).identity == "ada"


def engine_strategy_without_lookup() -> str:
    from tests.runtime.engine.conftest import STRATEGY

    return STRATEGY.replace('return (user.email or user.username).split("@")[0]', 'raise LookupError("must not ask")')


def test_an_identity_of_somebody_unknown_makes_them_a_user(engine: Any) -> None:
    engine.flow("""
from sym.sdk.utils import persist_user_identity

@hook
def on_request(event):
    persist_user_identity(email="New@acme.example", service="okta", service_id="acme", user_id="00u1")
""")
    engine.requested()
    with engine.store.reading() as conn:
        user = find_user(conn, email="new@acme.example")
        assert user is not None
        assert [item.external_user_id for item in identities_of(conn, user.id)] == ["00u1"]


def test_a_bot_has_identities_too_though_it_has_no_address(engine: Any) -> None:
    engine.flow("""
from sym.sdk.utils import persist_user_identity

@hook
def on_request(event):
    assert event.user.email is None
    persist_user_identity(email=event.user.username, service="okta", service_id="acme", user_id="bot-1")
""")
    engine.requested("ci")
    with engine.store.reading() as conn:
        known = identities_of(conn, engine.users["ci"].id)
    assert [(item.service, item.external_user_id) for item in known] == [("okta", "bot-1")]


def test_an_identity_that_cannot_be_saved_is_an_error_authors_can_catch(engine: Any) -> None:
    engine.flow()
    with pytest.raises(CouldNotSaveError, match="no e-mail"):
        host(engine, engine.requested()).persist_identity(email="nobody", service="okta", service_id="x", user_id="y")


def test_events_are_counted_by_flow_target_time_and_outcome(engine: Any) -> None:
    engine.flow()
    ada = engine.users["ada"].id
    first = engine.clock.now
    engine.requested()
    engine.clock.forward(hours=1)
    run_id = engine.requested(target_srn="acme:access_target:custom:admins:latest")
    engine.requested("bob")
    reached = host(engine, run_id)

    def count(**query: Any) -> int:
        return reached.event_count({"user_id": ada, "event_name": "request", **query})

    assert count() == 2
    assert count(filter_on="target") == 1
    assert count(since=(first + timedelta(minutes=1)).isoformat()) == 1
    assert count(until=first.isoformat()) == 1
    assert reached.event_count({"user_id": ada, "event_name": "approve"}) == 0
    engine.flow("@hook\ndef on_request(event): raise ValueError('no')")
    engine.requested()
    assert (count(), count(include_errored=True)) == (2, 3)


def test_the_output_of_a_step_is_that_of_its_newest_event(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    reached = host(engine, run_id, "escalate")
    assert reached.step_output(None) == reached.step_output("escalate") == {"member": "ada", "badge": 7}
    assert reached.step_output("request") == {}


def test_author_modules_say_what_they_lack(engine: Any) -> None:
    engine.flow("""
from sym.sdk.integrations import pagerduty
from sym.sdk.exceptions import SymException

@hook
def on_request(event):
    try:
        pagerduty.is_on_call(event.user)
    except SymException as error:
        return ApprovalTemplate.deny(because=error.message)
""")
    run_id = engine.requested()
    assert "pagerduty.is_on_call needs an integration" in engine.named(run_id, "deny").fields["because"]
    with pytest.raises(SymIntegrationError):
        host(engine, run_id).call("okta", "list_groups", {})
