"""The driver, operation by operation, with a resource that does as the test tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from sym_provider.framework.diagnostics import Diagnostic, Failure, error, has_errors, warning
from sym_provider.framework.interfaces import (
    DataSource,
    Function,
    MoveSource,
    Outcome,
    PartialStateError,
    Provider,
    Resource,
    Result,
)
from sym_provider.framework.lifecycle import PRIVATE, Driver
from sym_provider.framework.schema import Attribute, NestedBlock, ResourceSchema, State
from sym_provider.framework.values import NUMBER, STRING, UNKNOWN

SCHEMA = ResourceSchema(
    version=1,
    attributes=(
        Attribute(name="id", type=STRING, computed=True),
        Attribute(name="name", type=STRING, required=True),
        Attribute(name="label", type=STRING, optional=True),
        Attribute(name="size", type=NUMBER, optional=True, default=1),
    ),
    blocks=(NestedBlock(name="inner", attributes=(Attribute(name="a", type=STRING, optional=True),)),),
)
CONFIG: State = {"id": None, "name": "n", "label": "", "size": None, "inner": []}
PLANNED = CONFIG | {"id": UNKNOWN, "size": 1}
STORED = PLANNED | {"id": "i"}


class Scripted(Resource):
    """Every operation is the *act* of the test."""

    type_name = "thing"
    schema = SCHEMA

    def __init__(self) -> None:
        self.act: Callable[..., Any] = lambda *_arguments: {}

    def validate(self, config: State) -> Iterable[Diagnostic]:
        return self.act(config) or ()

    def create(self, planned: State) -> Result:
        return self.act(planned)

    def read(self, prior: State) -> Result | None:
        return self.act(prior)

    def update(self, prior: State, planned: State) -> Result:
        return self.act(prior, planned)

    def delete(self, prior: State) -> None:
        self.act(prior)

    def import_state(self, identifier: str) -> list[tuple[str, State]]:
        return self.act(identifier)

    def move_state(self, source: MoveSource) -> State | None:
        return self.act(source)

    def upgrade_0(self, document: dict[str, Any]) -> dict[str, Any]:
        return self.act(document)


class Lookup(DataSource):
    type_name = "thing"
    schema = SCHEMA

    def read(self, config: State) -> Result:
        return {"id": "found", "label": "l"}


class Double(Function):
    name = "double"
    returns = NUMBER

    def call(self, *arguments: Any) -> Any:
        return arguments[0] * 2


@pytest.fixture(name="thing")
def _thing() -> Scripted:
    return Scripted()


@pytest.fixture(name="driver")
def _driver(thing: Scripted) -> Driver:
    provider = Provider()
    provider.resources = {"thing": thing}
    provider.data_sources = {"thing": Lookup()}
    provider.functions = {"double": Double()}
    return Driver(provider)


def crash(*_arguments: Any) -> Any:
    raise RuntimeError("crashed")


def test_unknown_names_are_failures(driver: Driver) -> None:
    for find in (driver.resource, driver.data_source, driver.function):
        with pytest.raises(Failure, match="Unknown"):
            find("other")


def test_create_keeps_the_plans_spelling_and_fills_what_is_computed(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda planned: {"id": "i", "label": None}
    response = driver.apply("thing", None, PLANNED)
    assert response.state == STORED
    assert (response.diagnostics, response.private) == ((), PRIVATE)


def test_what_create_does_not_fill_in_becomes_null(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda planned: planned
    assert driver.apply("thing", None, PLANNED).state == STORED | {"id": None}


def test_warnings_come_with_a_state(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda *_arguments: Outcome({"id": "i"}, (warning("w"),))
    assert driver.apply("thing", None, PLANNED).diagnostics == (warning("w"),)
    assert driver.read("thing", STORED, PRIVATE).diagnostics == (warning("w"),)


@pytest.mark.parametrize("act", [crash, lambda *_arguments: None], ids=["raises", "returns nothing"])
def test_after_a_failure_the_prior_state_stands(driver: Driver, thing: Scripted, act: Callable[..., Any]) -> None:
    thing.act = act
    for prior in (None, STORED):
        response = driver.apply("thing", prior, PLANNED | {"label": "new"})
        assert response.state == prior
        assert has_errors(response.diagnostics)


def test_a_partial_create_and_a_partial_update_keep_what_there_is(driver: Driver, thing: Scripted) -> None:
    def stop(*_arguments: Any) -> Any:
        raise PartialStateError({"id": "i", "size": 7})

    thing.act = stop
    created = driver.apply("thing", None, PLANNED | {"label": "new"})
    assert created.state == STORED | {"size": 7, "label": "new"}
    updated = driver.apply("thing", STORED, PLANNED | {"label": "new"})
    assert updated.state == STORED | {"size": 7}
    assert has_errors(created.diagnostics)
    assert has_errors(updated.diagnostics)


@pytest.mark.parametrize("wrong", [{"label": 5}, {"surplus": 1}, {"inner": [{"b": 1}]}, {"inner": "x"}])
def test_an_answer_that_is_not_of_the_schema_is_an_error_but_not_a_loss(
    driver: Driver, thing: Scripted, wrong: State
) -> None:
    thing.act = lambda *_arguments: {"id": "i"} | wrong
    response = driver.apply("thing", None, PLANNED)
    assert response.state == STORED
    assert has_errors(response.diagnostics)


def test_nested_blocks_are_never_null(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda *_arguments: {"inner": None}
    state = driver.read("thing", STORED, PRIVATE).state
    assert state is not None
    assert state["inner"] == []


def test_delete_forgets_or_keeps(driver: Driver, thing: Scripted) -> None:
    assert driver.apply("thing", STORED, None).state is None
    thing.act = crash
    response = driver.apply("thing", STORED, None)
    assert response.state == STORED
    assert has_errors(response.diagnostics)


def test_read_of_what_is_gone_and_of_what_cannot_be_read(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda prior: None
    assert driver.read("thing", STORED, PRIVATE).state is None
    thing.act = crash
    response = driver.read("thing", STORED, b"other")
    assert (response.state, response.private) == (STORED, b"other")
    assert has_errors(response.diagnostics)


def test_empties_in_states_of_other_makers_are_taken_for_null_once(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda prior: {"label": ""}
    response = driver.read("thing", STORED, b"")
    assert response.state == STORED | {"label": None}
    assert response.private == PRIVATE
    assert driver.read("thing", STORED, PRIVATE).state == STORED


def test_a_plan_may_be_modified_but_only_within_the_schema(driver: Driver, thing: Scripted) -> None:
    thing.modify_plan = lambda config, prior, planned: planned | {"id": "known"}  # type: ignore[assignment, method-assign]
    assert driver.plan("thing", None, CONFIG).state == PLANNED | {"id": "known"}
    thing.modify_plan = lambda config, prior, planned: planned | {"id": 5}  # type: ignore[assignment, method-assign]
    assert has_errors(driver.plan("thing", None, CONFIG).diagnostics)
    thing.modify_plan = crash  # type: ignore[assignment, method-assign]
    response = driver.plan("thing", STORED, CONFIG)
    assert response.state == STORED
    assert has_errors(response.diagnostics)


def test_a_plan_of_a_removal_is_nothing(driver: Driver) -> None:
    assert driver.plan("thing", STORED, None).state is None


def test_validation_reports_both_rules_and_crashes(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda config: [error("mine")]
    assert driver.validate_resource("thing", CONFIG) == (error("mine"),)
    thing.act = crash
    assert has_errors(driver.validate_resource("thing", CONFIG))
    assert driver.validate_data_source("thing", CONFIG) == ()
    assert driver.validate_provider({}) == ()


def test_upgrade_runs_the_chain_and_fits(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda document: {"name": document["title"], "more": 1}
    response = driver.upgrade("thing", 0, {"title": "t"})
    assert response.state == SCHEMA.empty() | {"name": "t"}
    assert has_errors(driver.upgrade("thing", 0, {}).diagnostics)
    assert has_errors(driver.upgrade("thing", 2, {}).diagnostics)


def test_import_completes_what_it_found(driver: Driver, thing: Scripted) -> None:
    thing.act = lambda identifier: [("thing", {"id": identifier})]
    (imported,), diagnostics = driver.import_state("thing", "i")
    assert imported.state == SCHEMA.empty() | {"id": "i"}
    assert diagnostics == ()
    thing.act = lambda identifier: [("other", {})]
    assert has_errors(driver.import_state("thing", "i")[1])


def test_move_takes_or_refuses(driver: Driver, thing: Scripted) -> None:
    source = MoveSource("a/b", "old", 0, {"id": "i"})
    thing.act = lambda source: {"id": source.state["id"]}
    assert driver.move("thing", source).state == SCHEMA.empty() | {"id": "i"}
    thing.act = lambda source: None
    (diagnostic,) = driver.move("thing", source).diagnostics
    assert "A old of a/b cannot become a thing." in diagnostic.detail


def test_a_data_source_completes_its_configuration(driver: Driver) -> None:
    config = SCHEMA.empty() | {"name": "n"}
    assert driver.read_data_source("thing", config).state == config | {"id": "found", "label": "l"}


def test_a_function_is_called(driver: Driver) -> None:
    assert driver.call_function("double", [4]) == 8


def test_a_crash_of_configure_is_a_diagnostic(driver: Driver) -> None:
    driver.provider.configure = crash  # type: ignore[assignment, method-assign]
    assert has_errors(driver.configure({}, "1.11.4"))


def test_stopping_is_told_to_the_provider_and_remembered(driver: Driver) -> None:
    told = []
    driver.provider.stop = lambda: told.append(True)  # type: ignore[assignment, method-assign]
    assert not driver.stopping.is_set()
    driver.stop()
    assert driver.stopping.is_set()
    assert told == [True]
