"""Whatever is wrong with a configuration is said at its place, with what to do next; and nothing is half-done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.terraform.declarations import HEADER, flow, supported
from tests.acceptance.terraform.refusals import refused_plan
from tests.acceptance.terraform.variants import on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform


def at(terraform: TerraformCli) -> list[tuple[str, int]]:
    """Where the errors of ``terraform validate`` are: the line of the configuration, as text, and its number."""
    found: list[dict[str, Any]] = terraform.validate()["diagnostics"]
    errors = [item for item in found if item["severity"] == "error"]
    return [(item["snippet"]["code"].strip(), item["range"]["start"]["line"]) for item in errors]


def strategy(implementation: str) -> str:
    return supported(f"""
resource "sym_strategy" "this" {{
  type           = "custom"
  name           = "this"
  integration_id = sym_integration.support.id
  targets        = []
  {implementation}
}}
""")


# source code


@on_sqlite
def test_a_syntax_error_in_a_flows_code_is_shown_with_its_line(terraform: TerraformCli) -> None:
    terraform.write("import os\n\ndef get_permissions(event:\n    pass\n", "impl.py")
    text = flow("").replace("local.flow_code", 'file("impl.py")')
    output = refused_plan(terraform, text)
    assert "Invalid Python source" in output
    assert 'implementation = file("impl.py")' in output
    assert "Line 3 of impl.py" in output


@on_sqlite
def test_a_flows_code_that_is_empty_gets_a_warning(terraform: TerraformCli) -> None:
    terraform.write(flow("").replace("local.flow_code", '""'))
    assert "There is no reducer named get_permissions" in terraform.plan().output


@on_sqlite
def test_a_misspelt_handler_gets_a_warning(terraform: TerraformCli) -> None:
    code = "from sym.sdk.annotations import hook\\n\\n@hook\\ndef on_aprove(event):\\n    pass\\n"
    terraform.write(flow("").replace("local.flow_code", f'"{code}"'))
    output = terraform.plan().output
    assert "There is no hook named on_aprove" in output
    assert "Line 4 of impl.py: Did you mean on_approve" in output


@on_sqlite
@pytest.mark.parametrize("written", ['"nowhere.py"', '"${path.module}/nowhere.py"'])
def test_a_file_that_is_not_there_is_no_code(terraform: TerraformCli, written: str) -> None:
    for text in (strategy(f"implementation = {written}"), flow("").replace("local.flow_code", written)):
        output = refused_plan(terraform, text)
        assert 'nowhere.py" looks like the name of a file' in output
        assert f"implementation = {written}" in output


@on_sqlite
@pytest.mark.parametrize("written", ["", "implementation = null", 'implementation = ""'])
def test_a_custom_strategy_without_code_is_refused(terraform: TerraformCli, written: str) -> None:
    output = refused_plan(terraform, strategy(written))
    assert "Missing implementation" in output
    assert "AccessStrategy subclass" in output


@on_sqlite
def test_a_custom_strategy_without_a_strategy_in_its_code_is_refused(terraform: TerraformCli) -> None:
    output = refused_plan(terraform, strategy('implementation = "class Other:\\n    pass\\n"'))
    assert "There is no class derived from AccessStrategy" in output
    assert "Import AccessStrategy from sym.sdk.strategies" in output


@on_sqlite
def test_a_syntax_error_in_a_strategys_file_is_shown_with_its_line(terraform: TerraformCli) -> None:
    terraform.write("class A\n    pass\n", "grants.py")
    output = refused_plan(terraform, strategy('implementation = "${path.module}/grants.py"'))
    assert "Line 1 of ./grants.py" in output


@on_sqlite
def test_a_syntax_error_in_on_change_is_shown_at_its_field(terraform: TerraformCli) -> None:
    text = flow("""params {
      prompt_field {
        name      = "size"
        type      = "int"
        on_change = "def on_change_size(:"
      }
    }""")
    output = refused_plan(terraform, text)
    assert "params[0].prompt_field[0].on_change" in output
    assert "Line 1 of on_change of size" in output


# the form


@on_sqlite
def test_an_unknown_type_of_prompt_field_is_named_with_a_suggestion(terraform: TerraformCli) -> None:
    text = flow("""params {
      prompt_field {
        name = "first"
        type = "string"
      }
      prompt_field {
        name = "second"
        type = "strng"
      }
    }""")
    output = refused_plan(terraform, text)
    assert "params[0].prompt_field[1].type" in output
    assert 'Did you mean "string"?' in output
    assert at(terraform) == [('type = "strng"', text[: text.index('"strng"')].count("\n") + 1)]


@on_sqlite
def test_an_unknown_type_in_a_dynamic_block_is_named_by_its_place(terraform: TerraformCli) -> None:
    output = refused_plan(terraform, flow("""params {
      dynamic "prompt_field" {
        for_each = ["string", "list"]
        content {
          name = prompt_field.value
          type = prompt_field.value
        }
      }
    }"""))  # fmt: skip
    assert "params[0].prompt_field[1].type" in output
    assert '"list" is not one of: string, int, bool' in output


@on_sqlite
def test_a_bad_duration_is_named_by_its_place(terraform: TerraformCli) -> None:
    output = refused_plan(terraform, flow("""params {
      prompt_field {
        name           = "duration"
        type           = "duration"
        allowed_values = ["1h", "soon", "0s"]
      }
    }"""))  # fmt: skip
    assert "params[0].prompt_field[0].allowed_values[1]" in output
    assert "params[0].prompt_field[0].allowed_values[2]" in output
    assert "'soon' is not a duration" in output


@on_sqlite
def test_access_that_could_never_end_is_refused(terraform: TerraformCli) -> None:
    output = refused_plan(terraform, flow("params {\nallow_revoke = false\nschedule_deescalation = false\n}"))
    assert "Access could never end" in output
    assert "params[0].allow_revoke" in output


@on_sqlite
def test_everything_that_is_wrong_is_said_at_once(terraform: TerraformCli) -> None:
    terraform.write(flow("""params {
      allow_revoke          = false
      schedule_deescalation = false
      prompt_field {
        name = "a"
        type = "text"
      }
      prompt_field {
        name = "b"
        type = "number"
      }
    }""").replace("local.flow_code", '"def f(:"'))  # fmt: skip
    assert len(at(terraform)) == 4


@on_sqlite
def test_two_params_blocks_are_refused(terraform: TerraformCli) -> None:
    output = refused_plan(terraform, flow("params {}\nparams {}"))
    assert 'No more than 1 "params" blocks are allowed' in output


@on_sqlite
def test_a_provider_block_without_an_organization_is_refused(terraform: TerraformCli) -> None:
    target = 'resource "sym_target" "this" {\ntype = "custom"\nname = "this"\n}\n'
    output = refused_plan(terraform, HEADER.replace('"acme"', "null") + target)
    assert 'The argument "org" is required, and its value here is null' in output
    assert "org = null" in output
