"""What the package exports, and what importing it costs."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sym.sdk
from sym.sdk import errors, exceptions, models

RUNTIME = Path(__file__).parents[3] / "runtime"
ALL = [
    "AccessTarget",
    "ApprovalTemplate",
    "Channel",
    "Event",
    "EventMeta",
    "FieldOption",
    "Flow",
    "RequestPermission",
    "Payload",
    "RequestDestination",
    "RequestDestinationFallback",
    "PermissionLevel",
    "Run",
    "SRN",
    "SlackChannelID",
    "SlackChannelName",
    "SlackUser",
    "SlackUserGroup",
    "SymIntegrationError",
    "SymResource",
    "SymSDKError",
    "Template",
    "User",
    "UserIdentity",
    "UserRole",
    "aws_lambda",
    "github",
    "google",
    "hook",
    "okta",
    "onelogin",
    "pagerduty",
    "prefetch",
    "reducer",
    "slack",
]
MODELS = [
    "Channel",
    "Event",
    "EventMeta",
    "Payload",
    "FieldOption",
    "Environment",
    "Flow",
    "Run",
    "RequestDestination",
    "RequestDestinationFallback",
    "SlackChannelID",
    "SlackChannelName",
    "SlackUser",
    "SlackUserGroup",
    "SRN",
    "SymResource",
    "AccessTarget",
    "User",
    "UserIdentity",
    "UserRole",
]
EXPORTS = {
    "event": "Event EventMeta Payload Channel",
    "flow": "Flow Environment Run",
    "forms": "FieldType FieldOption SlackUserSelection PromptField SymPromptForm",
    "notifications": "Notification",
    "request_destination": "RequestDestination SlackRequestDestination SlackChannelID SlackChannelName SlackUser "
    "SlackUserGroup RequestDestinationFallback RequestForwardContext",
    "request_permission": "PermissionLevel RequestPermission",
    "resource": "SRN SymBaseResource SymResource InvalidSRNError InvalidSlugError InvalidVersionError "
    "MissingComponentError TrailingSeparatorError MultipleErrors",
    "secret": "Secret SecretSource",
    "strategies": "AccessStrategy Integration",
    "strategies.access_strategy": "AccessStrategy",
    "strategies.integration": "Integration",
    "strategy": "Strategy",
    "target": "AccessTarget",
    "templates.approval": "ApprovalTemplate ApprovalTemplateStep",
    "templates.step": "TemplateStep ApprovalTemplateStep get_step_output EventRequest",
    "templates.template": "Template TemplateStep",
    "user": "User UserIdentity UserRole user_ids",
    "utils.user": "persist_user_identity",
}


def isolated(code: str) -> Any:
    """Run code with nothing but the standard library and the runtime's sources to import; read JSON it prints."""
    program = f"import sys; sys.path.insert(0, {str(RUNTIME)!r})\n{code}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_exported_names_are_pinned() -> None:
    assert len(ALL) == 35
    assert sorted(sym.sdk.__all__) == sorted(ALL)


def test_a_star_import_brings_exactly_those() -> None:
    namespace: dict[str, Any] = {}
    exec("from sym.sdk import *", namespace)
    del namespace["__builtins__"]
    assert sorted(namespace) == sorted(ALL)


def test_names_beside_the_star() -> None:
    assert sym.sdk.Environment is importlib.import_module("sym.sdk.flow").Environment
    assert sym.sdk.sym is sym
    assert set(ALL) <= set(dir(sym.sdk))


@pytest.mark.parametrize("name", ["Notification", "AccessStrategy", "Secret", "SlackError", "user_ids", "nonsense"])
def test_names_that_live_elsewhere_are_not_here(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(sym.sdk, name)


def test_the_integration_error_is_the_older_one() -> None:
    assert sym.sdk.SymIntegrationError is errors.SymIntegrationError
    assert sym.sdk.SymIntegrationError is not exceptions.SymIntegrationError  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("module", EXPORTS)
def test_each_module_has_its_names(module: str) -> None:
    found = importlib.import_module(f"sym.sdk.{module}")
    assert [name for name in EXPORTS[module].split() if not hasattr(found, name)] == []


@pytest.mark.parametrize("module", ["annotations", "errors", "event", "exceptions", "models", "user"])
def test_a_module_is_imported_from_the_package_as_a_module(module: str) -> None:
    assert (
        isolated(f"import json\nfrom sym.sdk import {module} as m\nprint(json.dumps(m.__name__))")
        == f"sym.sdk.{module}"
    )


def test_the_models_in_one_place_are_the_same_classes() -> None:
    assert not hasattr(models, "__all__")
    assert sorted(name for name in vars(models) if not name.startswith("_") and name != "annotations") == sorted(MODELS)
    for name in MODELS:
        if name in ALL:
            assert getattr(models, name) is getattr(sym.sdk, name)


def test_sym_is_a_namespace_package_and_the_sdk_is_typed() -> None:
    assert not (RUNTIME / "sym" / "__init__.py").exists()
    assert (RUNTIME / "sym" / "sdk" / "py.typed").exists()


def test_srns_alone_load_almost_nothing() -> None:
    loaded = isolated(
        "import sym.sdk.resource, json\n"
        "print(json.dumps(sorted(name for name in sys.modules if name.startswith('sym.'))))"
    )
    assert loaded == ["sym.sdk", "sym.sdk._srn", "sym.sdk.errors", "sym.sdk.resource"]


def test_every_module_needs_nothing_but_the_standard_library() -> None:
    foreign, imported = isolated(
        """
import importlib, json, pkgutil
import sym.sdk
names = [module.name for module in pkgutil.walk_packages(sym.sdk.__path__, "sym.sdk.")]
for name in names:
    importlib.import_module(name)
allowed = {*sys.stdlib_module_names, "sym", "__main__"}
print(json.dumps([[name for name in sys.modules if name.partition(".")[0] not in allowed], names]))
"""
    )
    assert foreign == []
    assert "sym.sdk.integrations.slack" in imported
    assert len(imported) >= 60


def test_a_star_import_works_in_isolation() -> None:
    assert isolated("import json\nfrom sym.sdk import *\nprint(json.dumps(str(SRN.parse('A:flow:b:latest'))))") == (
        "a:flow:b:latest"
    )


def test_each_module_can_be_the_first_one_imported() -> None:
    failures = isolated(
        f"""
import json, pkgutil, subprocess, sym.sdk
names = [module.name for module in pkgutil.iter_modules(sym.sdk.__path__, "sym.sdk.")]
code = "import sys; sys.path.insert(0, {str(RUNTIME)!r}); import importlib; importlib.import_module(sys.argv[1])"
done = {{name: subprocess.run([sys.executable, "-I", "-S", "-c", code, name], capture_output=True, text=True)
        for name in names}}
print(json.dumps({{name: run.stderr for name, run in done.items() if run.returncode}}))
"""
    )
    assert failures == {}
