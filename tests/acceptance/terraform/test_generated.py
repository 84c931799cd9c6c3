"""Generated configurations, through the same driver that Terraform's calls reach: whatever they say, no crash; and
what is accepted is stored, read back the same, planned empty, and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sym import plugins
from sym_provider.framework.diagnostics import Diagnostic, has_errors
from sym_provider.framework.lifecycle import PRIVATE, Driver, Response
from sym_provider.framework.schema import Attribute, Block
from sym_provider.framework.values import BOOL, UNKNOWN, ListOf, MapOf, Type, is_wholly_known
from sym_provider.provider import SymProvider
from tests.acceptance.terraform.author_code import FILTER_CODE, FLOW_CODE, STRATEGY_CODE
from tests.acceptance.terraform.forms import NAMES
from tests.acceptance.terraform.variants import on_sqlite

NOBODY = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
SHELVES = ("integrations", "strategies", "log_destinations", "secret_sources")
TYPES = sorted({name for shelf in SHELVES for name in plugins.names(shelf)})
FIELD_TYPES = ["string", "int", "bool", "duration", "slack_user", "slack_user_list", "str_list", "int_list", "list"]
CODE = [FLOW_CODE, STRATEGY_CODE, FILTER_CODE, "", "def f(:", "nowhere.py", "x\0y", "(" * 500, "é = 1\n", "\t\n \n"]
WORDS = ["", " ", "duration", "target_id", "reason", "1h", "0", "1", "-1", "9" * 400, "true", "T", "[", "{}", "null"]
KEYS = ["api_token_secret", "region", "secret_ids_json", "credential_source", "json_key", "group_id", "a.b", "", "url"]

NULL = st.none()

texts = st.one_of(
    st.sampled_from([*TYPES, *FIELD_TYPES, *CODE, *WORDS, NOBODY, "okta_group", "custom"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
)


def values(kind: Type, absent: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value of the type; ``absent`` is what may be there instead of an element."""
    if isinstance(kind, ListOf):
        return st.lists(values(kind.element, absent) | absent, max_size=4)
    if isinstance(kind, MapOf):
        return st.dictionaries(st.sampled_from(KEYS) | texts, values(kind.element, absent) | absent, max_size=4)
    return st.booleans() if kind is BOOL else texts


def leaves(attribute: Attribute, absent: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What Terraform may send for an attribute."""
    if attribute.computed and not attribute.optional:
        return st.none()
    likely = {"implementation": CODE, "on_change": CODE, "name": ["this", "duration", "target_id"], "type": TYPES}
    chosen = [st.sampled_from(likely[attribute.name])] if attribute.name in likely else []
    given_values = st.one_of(*chosen, values(attribute.type, absent))
    return given_values | absent if not attribute.required or absent is not NULL else given_values


def parts(block: Block, absent: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    found = {attribute.name: leaves(attribute, absent) for attribute in block.attributes}
    for nested in block.blocks:
        found[nested.name] = st.lists(parts(nested, absent), max_size=nested.max_items or 3)
    return st.fixed_dictionaries(found)


def configurations(block: Block) -> st.SearchStrategy[dict[str, Any]]:
    """Any configuration of the block: what is not required may be null, or anything may be null or unknown."""
    return parts(block, NULL) | parts(block, st.none() | st.just(UNKNOWN))


@pytest.fixture
def driver(store_url: str, now: datetime) -> Iterator[Driver]:
    provider = SymProvider({"SYM_STORE_URL": store_url}, lambda: now, lambda: store_url)
    provider.configure({"org": "acme", "jwt_env_var": None}, "1.11.4")
    yield Driver(provider)
    provider.close()


def assert_for_people(diagnostics: tuple[Diagnostic, ...]) -> None:
    """No diagnostic tells of an exception nobody had thought of."""
    for diagnostic in diagnostics:
        assert "TF_LOG" not in diagnostic.detail, diagnostic
        assert "Traceback" not in diagnostic.detail


def checked(response: Response) -> Any:
    assert_for_people(response.diagnostics)
    assert not has_errors(response.diagnostics), response.diagnostics
    return response.state


def live(driver: Driver, type_name: str, config: dict[str, Any]) -> None:
    """The whole life of what a configuration declares, if the store accepts it."""
    planned = checked(driver.plan(type_name, None, config))
    created = driver.apply(type_name, None, planned)
    assert_for_people(created.diagnostics)
    if created.state is None:
        assert has_errors(created.diagnostics)
        return
    state = checked(driver.read(type_name, created.state, PRIVATE))
    assert checked(driver.plan(type_name, state, config)) == state
    checked(driver.apply(type_name, state, state))
    assert checked(driver.apply(type_name, state, None)) is None
    assert checked(driver.read(type_name, state, PRIVATE)) is None


@on_sqlite
@pytest.mark.parametrize("name", NAMES)
def test_no_configuration_crashes(driver: Driver, name: str) -> None:
    type_name = f"sym_{name}"

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(configurations(driver.resource(type_name).schema))
    def check(config: dict[str, Any]) -> None:
        problems = driver.validate_resource(type_name, config)
        assert_for_people(problems)
        assert_for_people(driver.plan(type_name, None, config).diagnostics)
        if is_wholly_known(config) and not has_errors(problems):
            live(driver, type_name, config)

    check()


@on_sqlite
@pytest.mark.parametrize("name", NAMES)
def test_no_look_up_and_no_import_crashes(driver: Driver, name: str) -> None:
    type_name = f"sym_{name}"

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(configurations(driver.data_source(type_name).schema), texts)
    def check(config: dict[str, Any], identifier: str) -> None:
        problems = driver.validate_data_source(type_name, config)
        assert_for_people(problems)
        if is_wholly_known(config) and not has_errors(problems):
            assert_for_people(driver.read_data_source(type_name, config).diagnostics)
        assert_for_people(driver.import_state(type_name, identifier)[1])

    check()
