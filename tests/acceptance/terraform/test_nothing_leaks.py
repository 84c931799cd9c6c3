"""What Terraform's own log and the provider's schema say: no code, no settings, no tokens; nothing marked that was
not."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.acceptance.terraform.declarations import flow
from tests.acceptance.terraform.forms import NAMES
from tests.acceptance.terraform.variants import on_every_store, on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform


@on_every_store
def test_the_providers_log_has_no_code_no_settings_and_no_token(
    cold: Callable[[str], TerraformCli], variables: dict[str, str]
) -> None:
    terraform = cold("logged")
    log = terraform.directory / "provider.log"
    terraform.variables |= {"TF_LOG_PROVIDER": "TRACE", "TF_LOG_PATH": str(log)}
    target = 'resource "sym_target" "t" {\ntype = "custom"\nname = "t"\nsettings = { identifier = "hunter2" }\n}\n'
    terraform.write(flow('vars = { channel = "hunter3" }', target))
    terraform.apply()
    terraform.fail("import", "-no-color", "sym_target.t", "custom:nobody")
    text = log.read_text()
    assert "sym" in text, "something was logged"
    for secret in ("hunter2", "hunter3", "def get_permissions", variables.get("SYM_JWT", "def get_permissions")):
        assert secret not in text


@on_sqlite
def test_nothing_is_sensitive_or_deprecated_and_only_flows_have_a_newer_state(
    cold: Callable[[str], TerraformCli],
) -> None:
    """Old modules show whole resources as plain outputs, which Terraform refuses for what is sensitive."""
    terraform = cold("schema")
    terraform.write('terraform {\nrequired_providers {\nsym = { source = "symopsio/sym" }\n}\n}\n')
    (schema,) = json.loads(terraform.run("providers", "schema", "-json").stdout)["provider_schemas"].values()
    assert schema["resource_schemas"].keys() == {f"sym_{name}" for name in NAMES}
    assert schema["data_source_schemas"].keys() == {f"sym_{name}" for name in NAMES}
    versions = {name: found["version"] for name, found in schema["resource_schemas"].items()}
    assert versions == {f"sym_{name}": int(name == "flow") for name in NAMES}
    text = json.dumps(schema)
    assert '"sensitive"' not in text
    assert '"deprecated"' not in text


def test_whole_resources_can_be_outputs(terraform: TerraformCli) -> None:
    terraform.write(
        flow("", 'output "all" {\nvalue = sym_environment.support[0]\n}\noutput "id" {\nvalue = sym_flow.this.id\n}\n')
    )
    terraform.apply()
    assert terraform.output_json()["all"]["name"] == "support-0"
    terraform.assert_empty_plan()
