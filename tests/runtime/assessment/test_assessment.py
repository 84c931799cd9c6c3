"""Whole repositories looked over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sym.assessment import assess
from tests.runtime.assessment.conftest import Put, by_address

ROOT = Path(__file__).parents[3]


def test_every_environment_is_read_with_the_modules_it_calls(repository: Path) -> None:
    report = assess(repository)
    assert {one.instance.root.name for one in report.assessed} == {"prod", "staging"}
    found = {(one.instance.root.name, one.instance.address): one for one in report.assessed}
    assert len(found) == 14
    flow = found["prod", "module.access.sym_flow.this"]
    assert flow.instance.document["name"] == "access-prod"
    assert flow.instance.document["label"] == "Access to PROD"
    assert flow.verdict == "warns"
    assert [finding.message for finding in flow.findings] == [
        "The code imports sym.sdk.integrations.okta: its functions fail, because this release does not serve okta yet."
    ]
    assert ("staging", 'module.access.sym_target.this["readers"]') in found
    assert [one.verdict for one in report.assessed].count("runs") == 12
    assert not report.needs_work
    assert report.foreign == ("environments/prod: module.connector", "environments/staging: module.connector")


def test_a_finding_in_a_module_is_told_for_each_environment(repository: Path, put: Put) -> None:
    put("modules/access/impl.py", "def (")
    report = assess(repository)
    needy = [one for one in report.assessed if one.verdict == "needs"]
    assert [one.instance.block.type for one in needy] == ["sym_flow"] * 2
    assert f"{repository}/modules/access/impl.py:1: Syntax error" in needy[0].findings[0].message
    assert report.needs_work


def test_json_configurations_are_read_alike(tmp_path: Path, put: Put) -> None:
    document = {
        "variable": {"env": {"default": "prod"}},
        "resource": {
            "sym_environment": {"main": {"name": "${var.env}"}},
            "sym_flow": {"deploy": {
                "name": "deploy-${var.env}", "environment_id": "${sym_environment.main.id}",
                "implementation": '${file("${path.module}/impl.py")}',
                "params": [{"prompt_field": [{"name": "why", "type": "text"}]}],
            }},
        },
    }  # fmt: skip
    put("main.tf.json", json.dumps(document, indent=2))
    put("impl.py", "from sym.sdk.annotations import reducer\n\n@reducer\ndef get_permissions(event): ...\n")
    report = assess(tmp_path)
    assert by_address(report) == {
        "sym_environment.main": [],
        "sym_flow.deploy": ['needs: The prompt field "why" has the type "text"; there are: string, int, bool, '
                            "duration, slack_user, slack_user_list, str_list, int_list."],
    }  # fmt: skip
    flow = report.flows()[0].instance
    assert (flow.document["name"], flow.block.line) == ("deploy-prod", 14)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [("main.tf", 'resource "sym_flow" "x" {\n  name = \n}\n', 2), ("main.tf.json", '{\n  "a": \n}', 3),
     ("main.tf.json", "[]", 0)],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(
    tmp_path: Path, put: Put, name: str, text: str, line: int
) -> None:
    path = put(name, text)
    put("other.tf", 'resource "sym_environment" "x" {\n  name = "x"\n}\n')
    report = assess(tmp_path)
    assert [(where, at) for where, at, _ in report.unreadable] == [(path, line)]
    assert by_address(report) == {"sym_environment.x": []}
    assert report.needs_work


def test_modules_that_call_one_another_in_a_circle_come_to_an_end(tmp_path: Path, put: Put) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        put(f"{one}/main.tf", f'module "next" {{\n  source = "../{other}"\n  x = module.next.y\n}}\n'
                              'output "y" { value = module.next.y }\n'
                              f'resource "sym_environment" "e" {{\n  name = module.next.y\n}}\n')  # fmt: skip
    assert assess(tmp_path).assessed


def test_our_own_example_runs() -> None:
    report = assess(ROOT / "examples/terraform/flows/quickstart")
    assert {one.verdict for one in report.assessed} == {"runs"}
    assert len(report.assessed) == 8
