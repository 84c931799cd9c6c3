"""What becomes of single resources."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[[str], dict[str, list[str]]]


@pytest.mark.parametrize(
    ("text", "address", "says"),
    [
        ('resource "sym_strategy" "s" {\n type = "okta"\n name = "s"\n targets = []\n}', "sym_strategy.s",
         'needs: A release that carries out the type "okta"'),
        ('resource "sym_strategy" "s" {\n type = "okta"\n name = "s"\n targets = []\n}', "sym_strategy.s",
         'needs: A sym_strategy of type "okta" needs an integration of type "okta".'),
        ('resource "sym_strategy" "s" {\n type = "custm"\n name = "s"\n targets = []\n}', "sym_strategy.s",
         'needs: A plug-in for the type "custm", which is not known here. Did you mean custom?'),
        ('resource "sym_target" "t" {\n type = "okta_group"\n name = "t"\n}', "sym_target.t",
         'needs: A sym_target of type "okta_group" needs the setting "group_id"'),
        ('resource "sym_target" "t" {\n type = "okta_group"\n name = "t"\n settings = {grup_id = 1, group_id = 2}\n}',
         "sym_target.t", 'warns: A sym_target of type "okta_group" has no setting "grup_id"; nothing reads it.'),
        ('resource "sym_environment" "e" {\n nme = "e"\n}', "sym_environment.e", 'needs: The attribute "name" is'),
        ('resource "sym_environment" "e" {\n nme = "e"\n}', "sym_environment.e",
         'needs: There is no attribute "nme" any more, or there never was. Did you mean name?'),
        ('resource "sym_environment" "e" {\n name = "e"\n runtime_id = sym_runtime.gone.id\n}', "sym_environment.e",
         "needs: runtime_id refers to sym_runtime.gone, which nothing declares."),
        ('resource "sym_widget" "w" {}', "sym_widget.w", "needs: There is no sym_widget."),
        ('resource "sym_secret" "s" {\n path = "p"\n source_id = sym_secrets.s.id\n}\n'
         'resource "sym_secrets" "s" {\n type = "aws_secrets_manager"\n name = "s"\n}', "sym_secret.s",
         "needs: It uses sym_secrets.s, which needs something itself."),
        ('resource "sym_flows_filter" "f" {\n implementation = "def get_flows(user): ..."\n}', "sym_flows_filter.f",
         "warns: implementation:1: get_flows is not decorated"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_resource_is_said(findings: Find, text: str, address: str, says: str) -> None:
    found = findings(text)[address]
    assert any(one.startswith(says) for one in found), found


@pytest.mark.parametrize(
    "text",
    [
        "settings = var.anything",
        "settings = { group_id = data.okta_group.x.id }",
        "settings = { group_id = one([for g in var.all : g.id if g.ok]) }",
        'settings = merge({ "a" = 1 }, local.nowhere)',
        "field_bindings = var.names",
        'settings = { group_id = "${random_id.x.hex}-%{ if var.a }x%{ endif }" }',
    ],
)
def test_what_only_terraform_could_tell_is_unknown_and_no_error(findings: Find, text: str) -> None:
    config = f'resource "sym_target" "t" {{\n type = "okta_group"\n name = "t"\n {text}\n}}'
    assert findings(config) == {"sym_target.t": []}
