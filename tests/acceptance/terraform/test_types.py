"""Every type the original knew, as its users write it: accepted without a warning, stored as written, planned empty."""

from __future__ import annotations

import pytest

from sym import plugins
from sym.store.database import Store
from sym_provider.rules.typed import target_schemas
from tests.acceptance.terraform.author_code import STRATEGY_CODE
from tests.acceptance.terraform.declarations import HEADER, attributes, stored
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

ARN = "arn:aws:iam::123456789012:role/sym/SymRuntimeMain"
SECRET = "sym_secret.this.id"
TOKEN = f"api_token_secret = {SECRET}"

INTEGRATIONS = {
    "slack": "",
    "permission_context": f'cloud = "aws", region = "us-east-1", role_arn = "{ARN}", external_id = "x"',
    "okta": TOKEN,
    "github": TOKEN,
    "pagerduty": TOKEN,
    "knowbe4": f'{TOKEN}, region = "us"',
    "aptible": f"username_secret = {SECRET}, password_secret = {SECRET}",
    "onelogin": f'client_id = "abc", client_secret = {SECRET}',
    "tailscale": TOKEN,
    "segment": f"write_key_secret = {SECRET}",
    "google": """type = "external_account", audience = "//iam.googleapis.com/x", subject_token_type = "jwt",
        service_account_impersonation_url = "https://a.example", token_url = "https://b.example",
        credential_source = jsonencode({ environment_id = "aws1" }), customer_id = "C012abc34" """,
    "custom": f"secret_ids_json = jsonencode([{SECRET}])",
}
"""The settings by type; those of ``boundary`` and ``jira`` were never public."""

STRATEGIES = {
    "aws_sso": ("permission_context", 'instance_arn = "arn:aws:sso:::instance/ssoins-1"'),
    "aws_iam": ("permission_context", ""),
    "aws_lambda": ("permission_context", ""),
    "okta": ("okta", ""),
    "github": ("github", ""),
    "google_group": ("google", ""),
    "aptible": ("aptible", ""),
    "onelogin": ("onelogin", ""),
    "tailscale": ("tailscale", ""),
    "custom": ("custom", ""),
    "http": ("", ""),
}

URL = 'settings = { url = "https://logs.example" }'

TARGETS = {
    "aws_sso_permission_set": 'permission_set_arn = "arn:aws:sso:::permissionSet/x", account_id = "123456789012"',
    "aws_sso_group": 'group_id = "12345678-1234-1234-1234-123456789012"',
    "aws_iam_group": 'iam_group = "admins"',
    "aws_lambda_function": 'arn = "arn:aws:lambda:us-east-1:123456789012:function:f"',
    "okta_group": 'group_id = "00g12345xxx"',
    "github_repo": 'repo_name = "repo"',
    "google_group": 'group_email = "a@example.com", role = "MEMBER"',
    "aptible_role": 'role_id = "12345678-1234-1234-1234-123456789012"',
    "onelogin_role": 'role_id = "123", privilege_level = "member"',
    "tailscale_group": 'group_name = "prod"',
    "boundary_group": 'group_id = "g_123abc"',
    "custom": 'identifier = "x"',
}

LOG_DESTINATIONS = {
    "kinesis_firehose": ("permission_context", 'stream_name = "a"'),
    "kinesis_data_stream": ("permission_context", 'stream_name = "b"'),
    "segment": ("segment", 'stream_name = "c"'),
    "http": ("", 'url = "https://logs.example"'),
    "datadog": ("", ""),
    "s3": ("permission_context", 'bucket = "d"'),
    "file": ("", 'path = "/var/log/sym/audit.jsonl"'),
    "stdout": ("", ""),
}


def resource(name: str, label: str, body: str) -> str:
    return f'resource "sym_{name}" "{label}" {{\n{body}\n}}\n'


def reference(integration: str) -> str:
    return f"integration_id = sym_integration.{integration}.id" if integration else ""


def everything_there_is() -> str:
    text = f"{HEADER}locals {{\ncode = <<-EOT\n{STRATEGY_CODE}EOT\n}}\n"
    context = 'type = "aws_secrets_manager"\nname = "vault"\nsettings = { context_id = sym_integration.%s.id }'
    text += resource("secrets", "this", context % "permission_context")
    text += resource("secret", "this", 'path = "p"\nsource_id = sym_secrets.this.id\nsettings = { json_key = "k" }')
    for kind, settings in INTEGRATIONS.items():
        body = f'type = "{kind}"\nname = "i"\nexternal_id = "T123ABC"\nsettings = {{ {settings} }}'
        text += resource("integration", kind, body)
    for kind, settings in TARGETS.items():
        text += resource("target", kind, f'type = "{kind}"\nname = "t"\nsettings = {{ {settings} }}')
    for kind, (integration, settings) in STRATEGIES.items():
        code = "implementation = local.code" if kind == "custom" else ""
        body = (
            f'type = "{kind}"\nname = "s"\ntargets = []\nsettings = {{ {settings} }}\n{reference(integration)}\n{code}'
        )
        text += resource("strategy", kind, body)
    for kind, (integration, settings) in LOG_DESTINATIONS.items():
        body = f'type = "{kind}"\nsettings = {{ {settings} }}\n{reference(integration)}'
        text += resource("log_destination", kind, body)
    return text


def test_every_type_applies_without_a_warning_and_plans_empty(terraform: TerraformCli, store: Store) -> None:
    terraform.write(everything_there_is())
    assert "Warning" not in terraform.apply().output
    terraform.assert_empty_plan()
    for name, kinds in (("integration", INTEGRATIONS), ("strategy", STRATEGIES), ("target", TARGETS)):
        for kind in kinds:
            assert stored(store, name, attributes(terraform, f"sym_{name}.{kind}")["id"])["type"] == kind


def test_nothing_is_left_out_here() -> None:
    assert set(plugins.names("integrations")) - INTEGRATIONS.keys() == {"boundary", "jira"}
    assert set(plugins.names("strategies")) - STRATEGIES.keys() == {"boundary"}
    assert set(plugins.names("log_destinations")) == LOG_DESTINATIONS.keys()
    assert set(target_schemas()) - TARGETS.keys() <= {"http"}


@pytest.mark.parametrize("kind", ["http", "datadog"])
def test_a_log_destination_without_an_integration_plans_empty_however_it_is_left_out(
    terraform: TerraformCli, kind: str
) -> None:
    for written in ("", "integration_id = null", 'integration_id = ""'):
        terraform.write(HEADER + resource("log_destination", "this", f'type = "{kind}"\n{written}\n{URL}'))
        terraform.apply()
        terraform.assert_empty_plan()


@pytest.mark.parametrize("written", ["", "integration_id = null", 'integration_id = ""'])
def test_an_http_strategy_without_an_integration_plans_empty(terraform: TerraformCli, written: str) -> None:
    terraform.write(HEADER + resource("strategy", "this", f'type = "http"\nname = "s"\ntargets = []\n{written}'))
    terraform.apply()
    terraform.assert_empty_plan()
    assert "<null>" not in str(attributes(terraform, "sym_strategy.this"))


def test_types_nobody_knows_are_stored_with_a_warning(terraform: TerraformCli, store: Store) -> None:
    """They may be a plug-in's that is installed where flows run."""
    terraform.write(HEADER + resource("target", "this", 'type = "aws_sso_meta_permission_set"\nname = "t"'))
    assert 'There is no sym_target of type "aws_sso_meta_permission_set"' in terraform.apply().output
    terraform.assert_empty_plan()
    document = stored(store, "target", attributes(terraform, "sym_target.this")["id"])
    assert document["type"] == "aws_sso_meta_permission_set"
