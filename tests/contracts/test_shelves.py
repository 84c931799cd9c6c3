"""What every item of every shelf keeps to, whoever wrote it: run over everything that is discovered."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import subprocess
import sys
from collections import Counter
from types import ModuleType
from typing import Any

import pytest

from sym import plugins, serving
from sym.resources import resources
from sym.sdk.schema import Field, fields, read

ITEMS = [(shelf, name) for shelf in serving.SHELVES for name in plugins.names(shelf)]
STRATEGIES = plugins.names("strategies")
THROUGH_INTEGRATIONS = [(shelf, name) for shelf, name in ITEMS if shelf in ("strategies", "log_destinations")]
ABILITIES = {"strategies": "Strategy", "log_destinations": "Destination", "secret_sources": "Source"}
ALLOWED_IMPORTS = {"log_destinations": ("sym.sdk", "sym.audit"), "integrations": ("sym.sdk", "sym.integrations._")}


def schemas(shelf: str, name: str) -> list[type[Any]]:
    """Every schema of an item: of its settings, and of its targets'."""
    module = plugins.load(shelf, name)
    return [module.Settings, *getattr(module, "targets", {}).values()]


def declared(shelf: str, name: str) -> list[Field]:
    return [field for schema in schemas(shelf, name) for field in fields(schema)]


def test_the_shelves_are_full() -> None:
    found = {shelf: set(plugins.names(shelf)) for shelf in serving.SHELVES}
    assert found["integrations"] >= {
        "slack", "permission_context", "okta", "github", "pagerduty", "knowbe4", "aptible", "onelogin", "tailscale",
        "segment", "google", "custom", "boundary", "jira",
    }  # fmt: skip
    assert found["strategies"] >= {
        "aws_sso", "aws_iam", "aws_lambda", "okta", "github", "google_group", "aptible", "onelogin", "tailscale",
        "boundary", "custom", "http",
    }  # fmt: skip
    assert found["log_destinations"] >= {
        "kinesis_firehose", "kinesis_data_stream", "segment", "http", "datadog", "s3", "file", "stdout",
    }  # fmt: skip
    assert found["secret_sources"] >= {"aws_secrets_manager", "google_secret_manager", "env", "file"}


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_its_documentation_is_its_docstring(shelf: str, name: str) -> None:
    text = inspect.getdoc(plugins.load(shelf, name))
    assert text
    assert text.split("\n\n")[0].rstrip().endswith(".")
    if shelf != "secret_sources":
        assert text.startswith(f'``type = "{name}"``: ')


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_its_settings_are_a_schema_of_texts(shelf: str, name: str) -> None:
    for schema in schemas(shelf, name):
        assert dataclasses.is_dataclass(schema)
        assert inspect.getdoc(schema)
    for field in declared(shelf, name):
        # Terraform's map(string): there is nothing else in it.
        assert field.kind == "string", field.name
        assert field.declaration.description.endswith("."), field.name
        assert field.required or field.default is None, field.name


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_its_settings_can_be_read_once_everything_required_is_there(shelf: str, name: str) -> None:
    for schema in schemas(shelf, name):
        document = {field.name: "x" for field in fields(schema) if field.required}
        document |= {group[0]: "x" for group in getattr(schema, "one_of", ())}
        settings = read(schema, {**document, "something_else": "y"})
        assert {key: value for key, value in dataclasses.asdict(settings).items() if value is not None} == document


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_what_one_of_several_settings_may_say_is_declared(shelf: str, name: str) -> None:
    for schema in schemas(shelf, name):
        optional = {field.name for field in fields(schema) if not field.required}
        for group in getattr(schema, "one_of", ()):
            assert len(group) > 1
            assert set(group) <= optional


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_every_id_is_that_of_a_resource_there_is(shelf: str, name: str) -> None:
    for field in declared(shelf, name):
        wanted = field.declaration.references
        assert wanted is None or wanted in resources(), field.name
        if field.name.endswith("_secret") or field.name in ("client_secret", "password"):
            assert wanted == "secret", f"{field.name} would hold a secret in plain text"


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_no_setting_is_a_choice_of_nothing_or_one_it_would_refuse(shelf: str, name: str) -> None:
    for field in declared(shelf, name):
        choices = field.declaration.choices
        assert len({choice.lower() for choice in choices}) == len(choices)
        assert field.default is None or not choices or field.default in choices


@pytest.mark.parametrize("name", plugins.names("integrations"))
def test_an_integration_says_what_its_account_is_called(name: str) -> None:
    external_id = plugins.load("integrations", name).external_id
    assert isinstance(external_id, str)
    assert external_id.endswith(".")


def test_a_type_of_target_belongs_to_one_strategy() -> None:
    found = Counter(kind for name in STRATEGIES for kind in plugins.load("strategies", name).targets)
    assert [kind for kind, count in found.items() if count > 1] == []
    assert len(found) >= 13


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_has_targets_and_several_at_once_only_of_their_settings(name: str) -> None:
    module = plugins.load("strategies", name)
    assert module.targets
    assert isinstance(module.multiple, frozenset)
    assert module.multiple <= {field.name for schema in module.targets.values() for field in fields(schema)}


@pytest.mark.parametrize(("shelf", "name"), THROUGH_INTEGRATIONS)
def test_the_integration_it_works_through_is_on_the_shelf(shelf: str, name: str) -> None:
    module = plugins.load(shelf, name)
    assert module.integration is None or module.integration in plugins.names("integrations")
    assert getattr(module, "integration_optional", False) in (True, False)
    if module.integration is None:
        assert module.integration_optional, "what works through any integration must say whether it needs one"


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_what_it_has_to_be_served_is_what_its_shelf_asks_for(shelf: str, name: str) -> None:
    """The names that make an item served are not used for anything else."""
    module = plugins.load(shelf, name)
    ability = ABILITIES.get(shelf)
    if ability and hasattr(module, ability):
        assert inspect.isclass(getattr(module, ability))
    if shelf == "integrations" and hasattr(module, "connect"):
        assert callable(module.connect)
    for flag in ("needs_implementation", "needs_no_connection"):
        assert getattr(module, flag, True) is True


def imports(module: ModuleType) -> set[str]:
    """What a module imports when it is imported itself, not inside its functions."""
    tree = ast.parse(inspect.getsource(module))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or ".")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_it_leans_on_the_standard_library_and_the_sdk_alone(shelf: str, name: str) -> None:
    allowed = ALLOWED_IMPORTS.get(shelf, ("sym.sdk",))
    for imported in imports(plugins.load(shelf, name)):
        standard = imported.partition(".")[0] in sys.stdlib_module_names
        # What is private to a shelf is no item of it: a part of one that would be too long.
        private = imported.startswith(f"sym.{shelf}._")
        assert standard or private or imported.startswith(allowed), f"{imported} is imported"


def test_importing_every_item_loads_nothing_from_outside() -> None:
    modules = [plugins.load(shelf, name).__name__ for shelf, name in ITEMS]
    known = sorted(sys.stdlib_module_names | {"sym"})
    code = f"""
import importlib, sys
sys.path[:0] = {[path for path in sys.path if path.endswith("runtime")]!r} or {sys.path!r}
before = set(sys.modules)
for name in {modules!r}:
    importlib.import_module(name)
print(*sorted({{name.partition(".")[0] for name in set(sys.modules) - before}} - set({known!r})))
"""
    finished = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.split() == []
