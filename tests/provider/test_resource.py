from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sym.errors import Conflict, Invalid, NotFound, SymError, Unavailable
from sym.resources import resources
from sym.sealing import SealingKeys
from sym_provider.framework.diagnostics import Failure, MapKey
from sym_provider.repository import Document, Record, WriteOnly
from sym_provider.resource import SymResource
from sym_provider.store import StoreRepository

NOBODY = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"


@pytest.fixture
def repository(tmp_path: Path, now: datetime) -> Iterator[StoreRepository]:
    """An empty store of the organization ``acme``."""
    keys = SealingKeys(tmp_path / "keys")
    opened = StoreRepository(f"sqlite:///{tmp_path / 'store.db'}", "acme", lambda: now, keys=keys)
    yield opened
    opened.close()


@pytest.fixture
def target(repository: StoreRepository) -> SymResource:
    return SymResource("target", lambda: repository)


def planned(resource: SymResource, **values: Any) -> dict[str, Any]:
    return resource.schema.empty() | values


class Failing:
    """A repository that does nothing but fail."""

    def __init__(self, problem: SymError) -> None:
        self.problem = problem

    def create(self, name: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        raise self.problem

    def read(self, name: str, resource_id: str) -> Record | None:
        raise self.problem

    def update(self, name: str, resource_id: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        raise self.problem

    def delete(self, name: str, resource_id: str) -> None:
        raise self.problem

    def find(self, name: str, kind: str, slug: str) -> Record | None:
        raise self.problem


@pytest.mark.parametrize("name", resources())
def test_every_resource_of_the_shelf_is_one_of_terraforms(name: str) -> None:
    made = SymResource(name, lambda: Failing(SymError()))
    assert made.type_name == f"sym_{name}"
    assert made.schema.version == (1 if name == "flow" else 0)
    assert sorted(made.upgrades()) == ([0] if name == "flow" else [])


def test_a_life(target: SymResource) -> None:
    first = planned(target, type="custom", name="A", settings={"a": "b", "c": None})
    state = first | target.create(first)
    assert target.read(state) == state
    second = state | {"name": "B", "label": "Two", "settings": None}
    assert target.update(state, second) == {"id": state["id"]}
    assert target.read(second) == second
    target.delete(second)
    assert target.read(second) is None
    target.delete(second)


def test_code_is_stored_as_text_and_shown_as_it_was_written(repository: StoreRepository, tmp_path: Path) -> None:
    file = tmp_path / "strategy.py"
    file.write_text("one")
    strategy = SymResource("strategy", lambda: repository)
    state = planned(strategy, type="custom", name="a", targets=[], implementation=str(file))
    state |= strategy.create(state)
    record = repository.read("strategy", state["id"])
    assert record is not None
    assert record.document["implementation"] == "one"
    assert strategy.read(state) == state
    file.write_text("two")
    assert strategy.read(state) == state | {"implementation": "one"}


def test_nested_blocks_are_stored_whole_and_shown_with_defaults(repository: StoreRepository) -> None:
    environment = repository.create("environment", {"name": "e"})
    flow = SymResource("flow", lambda: repository)
    field = {"name": "a", "type": "int", "on_change": "pass", "unheard_of": 1}
    state = planned(flow, name="a", implementation="#", environment_id=environment.id,
                    params=[{"allow_revoke": False, "prompt_field": [field]}])  # fmt: skip
    state |= flow.create(state)
    shown = flow.read(state)
    assert shown is not None
    (params,) = shown["params"]
    assert (params["allow_revoke"], params["schedule_deescalation"], params["allowed_sources"]) == (False, True, None)
    (prompt_field,) = params["prompt_field"]
    assert prompt_field["required"] is True
    assert prompt_field["on_change"] == "pass"
    assert "unheard_of" not in prompt_field


def test_one_block_stored_as_an_object_is_shown_as_a_block(repository: StoreRepository) -> None:
    environment = repository.create("environment", {"name": "e"})
    stored = repository.create("flow", {"name": "a", "implementation": "#", "environment_id": environment.id,
                                        "params": {"allow_revoke": False}})  # fmt: skip
    flow = SymResource("flow", lambda: repository)
    shown = flow.read(planned(flow, id=stored.id))
    assert shown is not None
    assert shown["params"][0]["allow_revoke"] is False
    assert shown["params"][0]["prompt_field"] == []


# import


@pytest.mark.parametrize("identifier", ["custom:Readers", "custom:readers", "custom:READERS"])
def test_a_typed_resource_is_imported_by_type_and_name(target: SymResource, identifier: str) -> None:
    state = target.create(planned(target, type="custom", name="Readers", field_bindings=[]))
    ((type_name, imported),) = target.import_state(identifier)
    assert type_name == "sym_target"
    assert imported == planned(target, id=state["id"], type="custom", name="Readers", field_bindings=[])


@pytest.mark.parametrize("identifier", ["", ":", "custom", "custom:", ":Readers", "a:b:c", "custom:Readers:"])
def test_other_forms_are_refused(target: SymResource, identifier: str) -> None:
    with pytest.raises(Failure) as caught:
        target.import_state(identifier)
    assert "is not of the form TYPE:NAME" in caught.value.diagnostics[0].detail


def test_an_untyped_resource_is_imported_by_its_name(repository: StoreRepository) -> None:
    environment = SymResource("environment", lambda: repository)
    state = environment.create(planned(environment, name="My Prod"))
    for identifier in ("My Prod", "my prod", "my-prod", state["id"], state["id"].upper()):
        assert environment.import_state(identifier)[0][1]["id"] == state["id"]
    for identifier in ("other", NOBODY):
        with pytest.raises(Failure, match="Nothing to import"):
            environment.import_state(identifier)
    with pytest.raises(Failure, match="Invalid import id"):
        environment.import_state("")


def test_a_name_that_looks_like_an_id_is_found_too(repository: StoreRepository) -> None:
    environment = SymResource("environment", lambda: repository)
    state = environment.create(planned(environment, name=NOBODY))
    assert environment.import_state(NOBODY)[0][1]["id"] == state["id"]


def test_a_secret_is_imported_by_its_path_or_its_slug(repository: StoreRepository) -> None:
    source = repository.create("secrets", {"type": "env", "name": "s"})
    secret = SymResource("secret", lambda: repository)
    arn = "arn:aws:secretsmanager:eu-west-1:1:secret:db"
    state = secret.create(planned(secret, path=arn, source_id=source.id))
    keyed = secret.create(planned(secret, path=arn, source_id=source.id, settings={"json_key": "user"}))
    slug = "arn-aws-secretsmanager-eu-west-1-1-secret-db"
    assert secret.import_state(arn)[0][1]["id"] == state["id"]
    assert secret.import_state(slug)[0][1]["id"] == state["id"]
    assert secret.import_state(f"{slug}-user")[0][1]["id"] == keyed["id"]


def test_what_there_is_one_of_is_imported_by_any_name(repository: StoreRepository) -> None:
    flows_filter = SymResource("flows_filter", lambda: repository)
    with pytest.raises(Failure, match="Nothing to import"):
        flows_filter.import_state("sym_flows_filter")
    state = flows_filter.create(planned(flows_filter, implementation="def get_flows(a, b, c): return b\n"))
    for identifier in ("sym_flows_filter", "anything", state["id"], NOBODY):
        assert flows_filter.import_state(identifier)[0][1]["id"] == state["id"]


def test_a_log_destination_is_imported_by_its_type_and_stream(repository: StoreRepository) -> None:
    destination = SymResource("log_destination", lambda: repository)
    state = destination.create(planned(destination, type="http", settings={"url": "https://logs.example/sym"}))
    assert destination.import_state("http:https-logs-example-sym")[0][1]["id"] == state["id"]


# errors


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("name", ("name",)),
        ("settings", ("settings",)),
        ('settings["a.b"]', ("settings", MapKey("a.b"))),
        ('settings["a]"]', ("settings", MapKey("a]"))),
        ('settings["say \\"hi\\""]', ("settings", MapKey('say "hi"'))),
        ('settings[""]', ("settings", MapKey(""))),
        ("field_bindings[12]", ("field_bindings", 12)),
        ("org", ()),
        ("url", ()),
        ("", ()),
    ],
)
def test_the_place_of_an_error_is_the_attribute_if_it_is_about_one(path: str, steps: tuple[Any, ...]) -> None:
    target = SymResource("target", lambda: Failing(Invalid("No.", hint="Do it.", path=path)))
    with pytest.raises(Failure) as caught:
        target.create(planned(target))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.path == steps
    assert [type(step) for step in diagnostic.path] == [type(step) for step in steps]
    assert (diagnostic.summary, diagnostic.detail) == ("Could not create sym_target", "No.\n\nDo it.")


def test_the_place_inside_a_block_is_found() -> None:
    flow = SymResource("flow", lambda: Failing(Invalid("No.", path="params[0].prompt_field[2].type")))
    with pytest.raises(Failure) as caught:
        flow.create(planned(flow))
    assert caught.value.diagnostics[0].path == ("params", 0, "prompt_field", 2, "type")


@pytest.mark.parametrize("problem", [Conflict(), NotFound(), Unavailable(), Invalid()])
def test_every_operation_says_what_it_could_not_do(problem: SymError) -> None:
    target = SymResource("target", lambda: Failing(problem))
    state = planned(target, id=NOBODY, type="custom", name="a")
    operations = {
        "create": lambda: target.create(state),
        "read": lambda: target.read(state),
        "update": lambda: target.update(state, state),
        "delete": lambda: target.delete(state),
        "import": lambda: target.import_state("custom:a"),
    }
    for doing, call in operations.items():
        with pytest.raises(Failure) as caught:
            call()
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.summary == f"Could not {doing} sym_target"
        assert diagnostic.detail == problem.message
