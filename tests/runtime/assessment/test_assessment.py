"""Whole repositories looked over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sym.assessment import assess
from sym.assessment.preview import card_lines, form_lines
from tests.runtime.assessment.conftest import STRATEGY, Put, by_address

ROOT = Path(__file__).parents[3]
REPOSITORIES = Path(__file__).parent / "repositories"


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
    assert len(report.assessed) == 10


def told(name: str) -> tuple[str, list[str]]:
    """What is said of one of the repositories in ``repositories``, and what was not read or is from elsewhere."""
    folder = REPOSITORIES / name
    report = assess(folder)
    lines = []
    for one in report.assessed:
        lines.append(f"{one.instance.root.name} {one.instance.address}: {one.verdict}")
        lines += [f"    {found.verdict}: {found.message}" for found in one.findings]
    other = [f"{path}:{line}: {why}" for path, line, why in report.unreadable]
    return "\n".join([*lines, ""]).replace(f"{folder}/", ""), [*other, *report.foreign]


@pytest.mark.parametrize("name", ["platform", "legacy"])
def test_of_a_repository_of_old_users_every_resource_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("verdicts", "flow_verdict"):
        monkeypatch.setattr(f"sym.assessment.{module}.is_served", lambda _shelf, _name: True)
    text, _ = told(name)
    assert text == (REPOSITORIES / f"{name}.txt").read_text()


def test_what_is_left_out_of_such_a_repository_is_told() -> None:
    assert told("platform")[1] == [
        f"environments/prod: module.{name}" for name in ("runtime_connector", "sso_connector", "firehose")
    ]
    (broken,) = told("legacy")[1]
    assert broken.startswith(f"{REPOSITORIES}/legacy/broken/main.tf:4: It is not Terraform's language")


def test_what_this_release_does_not_serve_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("verdicts", "flow_verdict"):
        monkeypatch.setattr(f"sym.assessment.{module}.is_served", lambda _shelf, name: name != "okta")
    text, _ = told("platform")
    assert text.count('needs: A release that carries out the type "okta"') == 6
    assert "module.database.sym_flow.this: needs" in text


def test_what_there_is_none_of_may_be_referred_to(tmp_path: Path, put: Put) -> None:
    put("main.tf", """
        resource "sym_target" "off" {
          count = 0
          type = "custom"
          name = "off"
        }
        resource "sym_strategy" "s" {
          type = "custom"
          name = "s"
          integration_id = sym_integration.i.id
          targets = sym_target.off[*].id
          implementation = "strategy.py"
        }
        resource "sym_integration" "i" {
          type = "custom"
          name = "i"
          external_id = "i"
        }
    """)  # fmt: skip
    put("strategy.py", STRATEGY)
    assert by_address(assess(tmp_path)) == {"sym_strategy.s": [], "sym_integration.i": []}


def test_a_module_that_is_called_for_each_key_is_there_for_each(tmp_path: Path, put: Put) -> None:
    put("one/main.tf", 'variable "name" {}\nresource "sym_environment" "e" {\n  name = var.name\n}\n'
                       'output "name" { value = sym_environment.e.name }\n')  # fmt: skip
    put("main.tf", """
        module "each" {
          for_each = toset(["a", "b"])
          source = "./one"
          name = "env-${each.key}"
        }
        module "count" {
          count = 2
          source = "./one"
          name = "n${count.index}"
        }
        module "unknown" {
          for_each = var.unknown
          source = "./one"
          name = each.key
        }
        variable "unknown" {}
        resource "sym_environment" "copy" {
          name = module.each["b"].name
          label = module.count[1].name
        }
    """)  # fmt: skip
    found = {one.instance.address: one.instance.document for one in assess(tmp_path).assessed}
    names = {address: document["name"] for address, document in found.items() if "unknown" not in address}
    assert names == {
        "sym_environment.copy": "env-b",
        'module.each["a"].sym_environment.e': "env-a", 'module.each["b"].sym_environment.e': "env-b",
        "module.count[0].sym_environment.e": "n0", "module.count[1].sym_environment.e": "n1",
    }  # fmt: skip
    assert found["sym_environment.copy"]["label"] == "n1"
    assert "module.unknown.sym_environment.e" in found


def test_the_form_and_the_card_of_such_a_flow_can_be_read() -> None:
    report = assess(REPOSITORIES / "platform")
    by_name = {one.instance.document["name"]: one.instance for one in report.flows()}
    others = {one.instance.address: one.instance for one in report.assessed if one.instance.root.name == "prod"}
    assert list(form_lines(by_name["prod-database"], others)) == [
        "Request form of Production database (break glass)",
        "  1. What do you need?  [target_id: text]",
        "       the strategy's targets; changes the form",
        "       ( ) Production database",
        "  2. duration  [duration: how long]",
        "       ( ) 10m",
        "       ( ) 1h",
        "  3. Severity  [severity: whole number]",
        "       ( ) 1",
        "       ( ) 2",
        "       ( ) 3",
        "  4. witness  [witness: a person, optional]",
    ]
    lines = list(form_lines(by_name["sso_access"], others))
    assert lines[1:7] == [
        "  Questions? Ask in *#platform*.",
        "  1. Target  [target_id: text]",
        "       the strategy's targets",
        "       ( ) Read only in 111111111111",
        "       ( ) Read only in 222222222222",
        "       ( ) Admin in 111111111111",
    ]
    assert lines[-2:] == [
        "  4. Change number  [change_number: text, optional]",
        "  5. Incident number  [incident_number: text, optional]",
    ]
    assert list(card_lines(by_name["sso_access"], others))[-2:] == [
        "  [Approve] [Deny]  and may add a comment",
        "  once granted: [Revoke]",
    ]
