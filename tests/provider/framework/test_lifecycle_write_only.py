"""Write-only values: handed to create and update, and in no plan, state or refresh, whatever the resource does."""

from __future__ import annotations

from typing import Any

import pytest

from sym_provider.framework.diagnostics import render_path
from sym_provider.framework.interfaces import PartialStateError, Provider, Resource, Result
from sym_provider.framework.lifecycle import PRIVATE, Driver
from sym_provider.framework.schema import Attribute, NestedBlock, ResourceSchema, State
from sym_provider.framework.values import NUMBER, STRING, UNKNOWN

VALUE = Attribute(name="value_wo", type=STRING, optional=True, write_only=True)
SCHEMA = ResourceSchema(
    attributes=(
        Attribute(name="id", type=STRING, computed=True),
        VALUE,
        Attribute(name="value_wo_version", type=NUMBER, optional=True),
    ),
    blocks=(NestedBlock(name="inner", attributes=(VALUE, Attribute(name="a", type=STRING, optional=True))),),
)
CONFIG: State = {
    "id": None,
    "value_wo": "hunter2",
    "value_wo_version": 1,
    "inner": [{"value_wo": None, "a": "x"}, {"value_wo": "hunter3", "a": "y"}],
}
INNER = [{"value_wo": None, "a": "x"}, {"value_wo": None, "a": "y"}]
STORED: State = {"id": "i", "value_wo": None, "value_wo_version": 1, "inner": INNER}


class Echo(Resource):
    """Answers with all it was given, as nobody should, and keeps it to look at."""

    type_name = "echo"
    schema = SCHEMA

    def __init__(self) -> None:
        self.given: list[State] = []
        self.partial = False

    def modify_plan(self, config: State, prior: State | None, planned: State) -> Result:
        return planned | {"value_wo": config["value_wo"]}

    def _answer(self, planned: State) -> Result:
        self.given.append(planned)
        if self.partial:
            raise PartialStateError(planned | {"id": "i"}) from RuntimeError("half-way")
        return planned | {"id": "i"}

    def create(self, planned: State) -> Result:
        return self._answer(planned)

    def update(self, prior: State, planned: State) -> Result:
        self.given.append(prior)
        return self._answer(planned)

    def read(self, prior: State) -> Result | None:
        return CONFIG | {"id": "i"}

    def import_state(self, identifier: str) -> list[tuple[str, State]]:
        return [("echo", {"id": "i", "value_wo": "hunter2", "inner": [{"value_wo": "hunter2"}]})]


class Echoing(Provider):
    def __init__(self) -> None:
        self.echo = Echo()
        self.resources = {"echo": self.echo}


@pytest.fixture
def provider() -> Echoing:
    return Echoing()


@pytest.fixture
def driver(provider: Echoing) -> Driver:
    return Driver(provider)


def test_a_plan_holds_none(driver: Driver) -> None:
    assert driver.plan("echo", None, CONFIG).state == STORED | {"id": UNKNOWN}
    unknown = CONFIG | {"value_wo": UNKNOWN, "inner": [{"value_wo": UNKNOWN, "a": "x"}]}
    assert driver.plan("echo", None, unknown).state == STORED | {"id": UNKNOWN, "inner": INNER[:1]}
    assert driver.plan("echo", STORED, CONFIG).state == STORED, "no change"


def test_a_plan_of_blocks_that_are_not_known_keeps_them_so(driver: Driver) -> None:
    assert driver.plan("echo", None, CONFIG | {"inner": UNKNOWN}).state == STORED | {"id": UNKNOWN, "inner": UNKNOWN}


def test_create_is_given_what_no_state_gets(driver: Driver, provider: Echoing) -> None:
    response = driver.apply("echo", None, STORED | {"id": UNKNOWN}, CONFIG)
    assert (response.state, response.diagnostics) == (STORED, ())
    assert provider.echo.given == [CONFIG | {"id": UNKNOWN}]


def test_update_is_given_the_new_value_and_no_old_one(driver: Driver, provider: Echoing) -> None:
    planned = STORED | {"value_wo_version": 2}
    response = driver.apply("echo", STORED, planned, CONFIG | {"value_wo_version": 2})
    assert (response.state, response.diagnostics) == (planned, ())
    assert provider.echo.given == [STORED, CONFIG | {"id": "i", "value_wo_version": 2}]


@pytest.mark.parametrize("prior", [None, STORED])
def test_half_a_change_does_not_keep_it_either(driver: Driver, provider: Echoing, prior: State | None) -> None:
    provider.echo.partial = True
    response = driver.apply("echo", prior, STORED, CONFIG)
    assert response.state == STORED
    assert "hunter" not in repr(response)


def test_neither_refresh_nor_import_nor_an_upgrade_brings_one_into_the_state(driver: Driver) -> None:
    assert driver.read("echo", STORED, PRIVATE).state == STORED
    assert driver.read("echo", STORED, b"").state == STORED
    (imported,), problems = driver.import_state("echo", "x")
    assert problems == ()
    document: dict[str, Any] = CONFIG | {"id": "i"}
    assert driver.upgrade("echo", 0, document).state == STORED
    assert "hunter" not in repr(imported)


def test_a_terraform_that_would_keep_them_is_refused_at_their_places(driver: Driver) -> None:
    for config in (CONFIG, CONFIG | {"value_wo": UNKNOWN}):
        found = driver.validate_resource("echo", config, write_only_allowed=False)
        assert [render_path(item.path) for item in found] == ["value_wo", "inner[1].value_wo"]
        assert all("Terraform 1.11 or newer" in " ".join(item.detail.split()) for item in found)
        assert driver.validate_resource("echo", config) == ()
    assert driver.validate_resource("echo", STORED, write_only_allowed=False) == ()
    assert driver.validate_resource("echo", STORED | {"inner": UNKNOWN}, write_only_allowed=False) == ()
