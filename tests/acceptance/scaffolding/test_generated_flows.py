"""Every type of flow, from ``symflow init`` and ``symflow generate`` to the store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sym.implementation import read_problems
from sym.scaffolding.catalogue import TYPES
from tests.acceptance.scaffolding.conftest import Workshop

pytestmark = pytest.mark.terraform

ROLE = "3c1a9a63-7c43-4c4b-8f9a-2b0f6f0d3c11"
ARGUMENTS: dict[str, list[str]] = {
    "approval-only": [],
    "okta": ["--okta-domain", "acme.okta.com", "--okta-group", "Readers=00g12345xxx", "--okta-group", "00g6789",
             "--aws-region", "us-east-1"],
    "aws-iam": ["--aws-region", "eu-central-1", "--iam-group", "Admins"],
    "aws-lambda": ["--aws-region", "us-east-1"],
    "aws-sso": ["--aws-region", "us-east-1", "--sso-profile", "sso",
                "--permission-set", "AdministratorAccess=111122223333", "--permission-set",
                "AdministratorAccess=444455556666", "--sso-group", "Platform Team"],
    "github": ["--github-org", "acme", "--github-repo", "shop", "--secret-source", "env"],
    "google-group": ["--google-domain", "acme.example", "--google-customer-id", "C012abc34",
                     "--google-group", "Admins=admins@acme.example"],
    "aptible": ["--aptible-organization", ROLE, "--aptible-role", f"Owners={ROLE}", "--secret-source", "env"],
    "onelogin": ["--onelogin-domain", "acme.onelogin.com", "--onelogin-client-id", "abc", "--onelogin-role", "Ops=123",
                 "--secret-source", "env"],
    "tailscale": ["--tailnet", "acme.example", "--tailscale-group", "prod", "--secret-source", "env"],
    "boundary": ["--boundary-address", "https://boundary.acme.example", "--boundary-auth-method", "ampw_1234567890",
                 "--boundary-group", "DBAs=g_1234567890", "--secret-source", "env"],
    "custom": ["--custom-address", "https://directory.acme.example", "--custom-target", "Production=production",
               "--secret-source", "env", "--pagerduty-domain", "acme.pagerduty.com", "--on-call-schedule", "Platform"],
    "http": ["--http-url", "https://grants.acme.example/sym", "--http-target", "production", "--aws-region",
             "us-east-1", "--worker-account-id", "999988887777"],
}  # fmt: skip
CREDENTIALS = {
    "type": "external_account", "audience": "//iam.googleapis.com/x", "subject_token_type": "urn:x",
    "service_account_impersonation_url": "https://iamcredentials.googleapis.com/x", "token_url":
        "https://sts.googleapis.com/v1/token", "credential_source": {"file": "/var/run/token"},
}  # fmt: skip


def arguments(kind: str, folder: Path) -> list[str]:
    if kind != "google-group":
        return ARGUMENTS[kind]
    (folder / "credentials.json").write_text(json.dumps(CREDENTIALS))
    return [*ARGUMENTS[kind], "--google-credentials", str(folder / "credentials.json")]


def without_source(given: list[str]) -> list[str]:
    """The arguments for a folder that says already where secrets are."""
    return [one for one in given if one not in ("--secret-source", "env")]


def test_every_type_there_is_is_tried() -> None:
    assert set(ARGUMENTS) == set(TYPES)


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_what_is_generated_applies_and_then_plans_nothing(workshop: Workshop, tmp_path: Path, kind: str) -> None:
    workshop.begin()
    workshop.symflow("generate", "--type", kind, "--flow-name", "prod-access", *arguments(kind, tmp_path))
    validated = workshop.apply()
    assert validated["diagnostics"] == []
    stored = workshop.stored()
    assert "sym_flow :prod-access" in stored
    assert "sym_environment :prod" in stored
    strategy = TYPES[kind].strategy
    assert [one for one in stored if one.startswith("sym_strategy")] == (
        [f"sym_strategy {strategy}:prod-access"] if strategy else []
    )
    for path in (workshop.folder / "impls").glob("*_impl.py"):
        assert list(read_problems("flow", path.read_text())) == []


def test_all_of_them_in_one_folder_after_people_changed_things(workshop: Workshop, tmp_path: Path) -> None:
    workshop.begin()
    environment = workshop.folder / "environment.tf"
    environment.write_text(
        environment.read_text().replace("environment_name\n  error", "environment_name # ours\n  error")
    )
    for kind in ARGUMENTS:
        workshop.symflow(
            "generate", "--type", kind, "--flow-name", f"{kind}-flow", *without_source(arguments(kind, tmp_path))
        )
    workshop.apply()
    stored = workshop.stored()
    assert [one for one in stored if one.startswith("sym_flow")] == sorted(
        f"sym_flow :{kind}-flow" for kind in ARGUMENTS
    )
    assert "# ours\n" in environment.read_text()
    settings = workshop.terraform.attributes("sym_environment.this")["integrations"]
    assert set(settings) == {"slack_id", "pagerduty_id"}


def test_the_runtime_may_take_on_roles_of_the_account_of_identity_center(workshop: Workshop, tmp_path: Path) -> None:
    workshop.begin()
    workshop.symflow("generate", "--type", "aws-iam", "--flow-name", "iam", *ARGUMENTS["aws-iam"])
    workshop.apply()
    workshop.symflow("generate", "--type", "aws-sso", "--flow-name", "sso", *ARGUMENTS["aws-sso"])
    workshop.apply()
    shown = workshop.terraform.run("state", "show", "-no-color", "module.runtime_connector.sym_integration.this").stdout
    assert '"safe:111122223333"' in shown


def test_the_code_of_a_function_and_of_a_strategy_is_python_that_loads(workshop: Workshop, tmp_path: Path) -> None:
    workshop.begin()
    for kind in ("aws-lambda", "custom"):
        workshop.symflow("generate", "--type", kind, "--flow-name", kind, *ARGUMENTS[kind])
    names: dict[str, object] = {}
    exec((workshop.folder / "aws-lambda_lambda_src" / "handler.py").read_text(), names)
    event = {"event": {"type": "other"}, "run": {"actors": {"request": {"username": "ada@acme.example"}}}}
    assert names["handle"](event, None) == {"body": {}, "errors": ["unknown event other"]}  # type: ignore[operator]
    source = (workshop.folder / "impls" / "custom_strategy.py").read_text()
    assert list(read_problems("strategy", source)) == []


def test_with_the_provider_installed_as_the_readme_says(workshop: Workshop) -> None:
    workshop.begin()
    workshop.symflow("generate", "--type", "approval-only", "--flow-name", "release")
    terraform = workshop.terraform
    assert "terraform-provider-sym install --mirror" in (workshop.folder / "README.md").read_text()
    mirror = terraform.directory / "mirror"
    line = [sys.executable, "-m", "sym_provider", "install", "--mirror", str(mirror)]
    subprocess.run(line, check=True, capture_output=True, timeout=60)
    terraform.variables = {"SYM_STORE_URL": workshop.store_url}
    assert "Installed symopsio/sym v3." in terraform.init().stdout
    terraform.apply()
    assert "sym_flow :release" in workshop.stored()
