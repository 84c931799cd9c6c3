"""What becomes of flows, and of the forms that older providers took."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.runtime.assessment.conftest import IMPL, Put

Find = Callable[[str], dict[str, list[str]]]
FLOW = """
resource "sym_environment" "e" {{
  name = "e"
}}
resource "sym_flow" "f" {{
  name           = "f"
  environment_id = sym_environment.e.id
  implementation = {code}
  {more}
}}
"""


def flow(more: str = "", code: str = 'file("impl.py")') -> str:
    return FLOW.format(code=code, more=more)


def test_the_form_of_the_first_providers_is_told_how_to_change(findings: Find, put: Put) -> None:
    put("impl.py", IMPL)
    found = findings(flow(
        'template = "sym:template:approval:1.0.0"\n'
        'params = {\n prompt_fields_json = jsonencode([{name = "why", type = "list", allowed_values = [1, 2]}])\n}',
        code='"impl.py"',
    ))["sym_flow.f"]  # fmt: skip
    assert found[0].startswith("needs: A newer form: this is that of the 1.x providers.")
    assert any(one.startswith('needs: The prompt field "why" has the type "list" of 1.x') for one in found)
    assert 'warns: implementation is a path, as 2.x took it. Write file("${path.module}/impl.py").' in found


@pytest.mark.parametrize("code", ['file("nowhere.py")', '"nowhere.py"', 'file("${path.module}/nowhere.py")'])
def test_a_file_that_is_not_there_is_named(findings: Find, code: str) -> None:
    found = findings(flow(code=code))["sym_flow.f"]
    assert any("nowhere.py" in one and "is not there" in one and one.startswith("needs") for one in found)


def test_the_file_of_a_template_is_filled_in_and_read(findings: Find, put: Put) -> None:
    put("impl.py.tpl", "from sym.sdk.annotations import reducer\n@reducer\ndef get_permissions(${argument}): ...\n")
    assert findings(flow(code='templatefile("impl.py.tpl", { argument = "event" })'))["sym_flow.f"] == []
    found = findings(flow(code='templatefile("impl.py.tpl", { argument = "" })'))["sym_flow.f"]
    assert "impl.py.tpl:3: get_permissions cannot be called with 1 argument" in found[0]
    assert findings(flow(code='templatefile("impl.py.tpl", { argument = var.x })'))["sym_flow.f"] == []


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ("allow_revoke = false\n schedule_deescalation = false", "needs: An end of access"),
        ('allowed_sources = ["sms"]', 'warns: There is no source "sms"'),
        ("allowed_sources = []", "warns: allowed_sources is empty"),
        ('prompt_field {\n name = "duration"\n type = "duration"\n}', "needs: A flow without strategy_id has no use"),
        ('prompt_field {\n name = "a"\n type = "int"\n}\n prompt_field {\n name = "a"\n type = "int"\n}',
         'needs: Two prompt fields are named "a".'),
        ('prompt_field {\n name = "a"\n type = "slack_user"\n default = "x"\n}', 'needs: The prompt field "a" is'),
        ('prompt_field {\n name = "a"\n type = "string"\n prefetch = true\n}', 'warns: Nothing prefetches the options'),
        ('prompt_field {\n name = "a"\n type = "string"\n on_change = "def on_change_b(u, f): ..."\n}',
         "needs: on_change of a:1: There is no function on_change_a."),
        ('strategy_id = var.s\nprompt_field {\n name = "duration"\n type = "duration"\n allowed_values = ["1 w"]\n}',
         "needs: The prompt field duration: "),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_form_is_said(findings: Find, put: Put, params: str, says: str) -> None:
    put("impl.py", IMPL)
    found = findings(flow(f"params {{\n {params}\n}}"))["sym_flow.f"]
    assert any(one.startswith(says) for one in found), found
