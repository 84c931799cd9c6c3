"""The provider's functions, called by Terraform."""

from __future__ import annotations

from typing import Any

import pytest

from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

HEADER = """
terraform {
  required_providers {
    sym = { source = "symopsio/sym" }
  }
}
"""

SOURCE = """
locals {
  source = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions():
        return None
  EOT
}
"""


def results(terraform: TerraformCli, expressions: dict[str, str], extra: str = "") -> dict[str, Any]:
    """What Terraform makes of each expression. Nothing configures the provider: functions must not need it."""
    outputs = "".join(f'output "{name}" {{\nvalue = {expression}\n}}\n' for name, expression in expressions.items())
    terraform.write(HEADER + extra + outputs)
    terraform.apply()
    terraform.assert_empty_plan()
    return terraform.output_json()


def test_results_arrive_with_their_types(terraform: TerraformCli) -> None:
    found = results(
        terraform,
        {
            "parts": 'provider::sym::parse_srn("acme:access_target:custom:Admins:latest")',
            "type": 'provider::sym::parse_srn("acme:flow:access:latest").type == null',
            "untyped": 'provider::sym::build_srn("Acme", "flow", null, "access", "latest")',
            "typed": 'provider::sym::build_srn("acme", "integration", "okta", "main", "1.0.0", "6a1f")',
            "seconds": 'provider::sym::duration_seconds("1h") + provider::sym::duration_seconds(30)',
            "problems": "provider::sym::lint_implementation(local.source)",
            "lines": "provider::sym::lint_implementation(local.source)[*].line",
            "kinds": 'length(provider::sym::lint_implementation(local.source, "strategy"))',
            "sound": 'provider::sym::lint_implementation(replace(local.source, "()", "(event)"))',
        },
        SOURCE,
    )
    assert found.pop("parts") == {
        "organization": "acme",
        "model": "access_target",
        "type": "custom",
        "slug": "admins",
        "version": "latest",
        "identifier": None,
    }
    (problem,) = found.pop("problems")
    assert problem["severity"] == "error"
    assert "cannot be called with 1 argument" in problem["message"]
    assert problem["hint"].startswith("Begin it with: def get_permissions(event)")
    assert found == {
        "type": True,
        "untyped": "acme:flow:access:latest",
        "typed": "acme:integration:okta:main:1.0.0:6a1f",
        "seconds": 3630,
        "lines": [5],
        "kinds": 1,
        "sound": [],
    }


def test_an_unknown_argument_gives_an_unknown_result(terraform: TerraformCli) -> None:
    extra = 'resource "terraform_data" "name" {\ninput = "Access"\n}\n'
    expression = 'provider::sym::build_srn("acme", "flow", null, terraform_data.name.output, "latest")'
    assert results(terraform, {"srn": expression}, extra) == {"srn": "acme:flow:access:latest"}


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ('provider::sym::parse_srn("acme")', "Invalid value for \"srn\" parameter: 'acme' is not a valid SRN."),
        ('provider::sym::build_srn("acme", "flow", null, "a b", "latest")', 'Invalid value for "slug" parameter'),
        (
            'provider::sym::build_srn("acme", "flow", null, "a", "latest", "b c")',
            'Invalid value for "identifier" param',
        ),
        ('provider::sym::build_srn("acme", null, null, "a", "latest")', "argument must not be null"),
        (
            'provider::sym::duration_seconds("soon")',
            "Invalid value for \"duration\" parameter: 'soon' is not a duration",
        ),
        ('provider::sym::lint_implementation("", "poem")', '"poem" is not one of: flow, flows_filter, strategy.'),
        ("provider::sym::parse_srn()", "Not enough function arguments"),
    ],
)
def test_a_refused_argument_is_named(terraform: TerraformCli, expression: str, says: str) -> None:
    terraform.write(f'{HEADER}output "result" {{\nvalue = {expression}\n}}\n')
    finished = terraform.fail("plan", "-no-color")
    assert says in finished.output
    assert "Traceback" not in finished.output
