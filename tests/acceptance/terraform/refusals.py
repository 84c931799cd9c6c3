"""Terraform commands that must be refused, in words for people."""

from __future__ import annotations

from tests.terraform_cli import Finished, TerraformCli


def said(finished: Finished) -> str:
    """What a refusal says, after making sure that it is one for people to read."""
    assert "Error:" in finished.output
    for crash in ("Traceback", "did not respond", "Plugin error", "panic", "Request cancelled", "Set TF_LOG=DEBUG"):
        assert crash not in finished.output
    return finished.output


def refused_plan(terraform: TerraformCli, text: str) -> str:
    terraform.write(text)
    return said(terraform.fail("plan", "-no-color"))


def refused_apply(terraform: TerraformCli, text: str) -> str:
    terraform.write(text)
    return said(terraform.fail("apply", "-no-color", "-auto-approve"))
