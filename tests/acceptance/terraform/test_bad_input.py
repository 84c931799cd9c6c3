"""Whatever is wrong with a configuration is said at its place, with what to do next; and nothing is half-done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, attributes, everything, flow, supported
from tests.terraform_cli import Finished, TerraformCli

pytestmark = pytest.mark.terraform
on_sqlite = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

NOBODY = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"


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


def target(name: str, label: str = "this", more: str = "") -> str:
    return f'resource "sym_target" "{label}" {{\ntype = "custom"\nname = "{name}"\n{more}\n}}\n'


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


# what refers to what


@pytest.mark.parametrize(
    ("resource", "body", "place", "kind"),
    [
        ("strategy", f'type = "http"\nname = "this"\ntargets = ["{NOBODY}"]', "targets[0]", "target"),
        ("strategy", f'type = "http"\nname = "x"\ntargets = []\nintegration_id = "{NOBODY}"', "", "integration"),
        ("environment", f'name = "x"\nintegrations = {{ a_id = "{NOBODY}" }}', 'integrations["a_id"]', "integration"),
        ("environment", f'name = "this"\nerror_logger_id = "{NOBODY}"', "", "error_logger"),
        ("secret", f'path = "this"\nsource_id = "{NOBODY}"', "", "secrets"),
        ("flow", f'name = "this"\nimplementation = "#"\nenvironment_id = "{NOBODY}"', "", "environment"),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_refused_and_nothing_is_stored(
    terraform: TerraformCli, store: Store, resource: str, body: str, place: str, kind: str
) -> None:
    output = refused_apply(terraform, f'{HEADER}resource "sym_{resource}" "this" {{\n{body}\n}}\n')
    assert f"There is no sym_{kind} with the id '{NOBODY}'" in output
    assert place in output
    assert f"with sym_{resource}.this, on main.tf line" in output
    assert everything(store) == []
    assert "sym_" not in terraform.run("state", "list").output


def test_a_reference_inside_params_is_named_by_its_place(terraform: TerraformCli, store: Store) -> None:
    output = refused_apply(terraform, flow(f'params {{\nstrategy_id = "{NOBODY}"\n}}'))
    assert "params[0].strategy_id" in output
    assert f"There is no sym_strategy with the id '{NOBODY}'" in output
    assert not [name for name in everything(store) if name.startswith("sym_flow")]


def test_the_id_of_something_else_is_refused(terraform: TerraformCli) -> None:
    other = 'resource "sym_strategy" "this" {\ntype = "http"\nname = "this"\ntargets = [sym_secret.support.id]\n}\n'
    output = refused_apply(terraform, supported(other))
    assert "is that of a sym_secret, not of a sym_target" in output


def test_what_is_still_used_is_not_deleted(terraform: TerraformCli, store: Store, now: datetime) -> None:
    integration = 'resource "sym_integration" "a" {\ntype = "custom"\nname = "a"\nexternal_id = "a"\n}\n'
    terraform.write(HEADER + integration)
    terraform.apply()
    used = {"name": "Elsewhere", "integrations": {"a_id": attributes(terraform, "sym_integration.a")["id"]}}
    with store.transaction() as conn:
        resources.save(conn, "environment", used, actor=Actor.SYSTEM, now=now)
    output = refused_apply(terraform, HEADER)
    assert "sym_integration custom:a is used by sym_environment elsewhere" in output
    assert everything(store) == ["sym_environment :elsewhere", "sym_integration custom:a"]
    terraform.write(HEADER + integration)
    terraform.assert_empty_plan()


@on_sqlite
def test_what_is_no_longer_used_can_be_deleted_in_the_same_apply_if_terraform_is_told_the_order(
    terraform: TerraformCli, store: Store
) -> None:
    """Terraform deletes a resource before it changes what referred to it, unless the resource says otherwise."""

    def configuration(names: str, lifecycle: str) -> str:
        targets = target("${each.key}", "each", f"for_each = toset({names})\n{lifecycle}")
        return f"""{HEADER}{targets}resource "sym_strategy" "this" {{
type = "http"
name = "this"
targets = [for each in sym_target.each : each.id]
}}
"""

    terraform.write(configuration('["a", "b"]', ""))
    terraform.apply()
    output = refused_apply(terraform, configuration('["a"]', ""))
    assert "sym_target custom:b is used by sym_strategy http:this (targets[1])" in output
    assert "create_before_destroy = true" in output
    in_order = "lifecycle {\ncreate_before_destroy = true\n}"
    terraform.write(configuration('["a", "b"]', in_order))
    terraform.apply()
    terraform.write(configuration('["a"]', in_order))
    terraform.apply()
    assert everything(store) == ["sym_strategy http:this", "sym_target custom:a"]


@pytest.mark.parametrize("other", ["Same", "same", "SAME"])
def test_a_name_that_is_taken_is_refused_with_how_to_import_it(terraform: TerraformCli, other: str) -> None:
    terraform.write(HEADER + target("Same", "first"))
    terraform.apply()
    output = refused_apply(terraform, HEADER + target("Same", "first") + target(other, "second"))
    assert "There is already a sym_target custom:same" in output
    assert f'name = "{other}"' in output
    assert "terraform import sym_target.<address> custom:same" in output
    assert "sym_target.second" not in terraform.run("state", "list").output


def test_a_rename_to_a_name_that_is_taken_changes_nothing(terraform: TerraformCli, store: Store) -> None:
    terraform.write(HEADER + target("a", "first") + target("b", "second"))
    terraform.apply()
    output = refused_apply(terraform, HEADER + target("a", "first") + target("a", "second", 'label = "New"'))
    assert "There is already a sym_target custom:a" in output
    assert everything(store) == ["sym_target custom:a", "sym_target custom:b"]
    assert attributes(terraform, "sym_target.second")["name"] == "b"
    terraform.write(HEADER + target("a", "first") + target("b", "second"))
    terraform.assert_empty_plan()


@on_sqlite
@pytest.mark.parametrize("name", ["", "---", "🙂"])
def test_a_name_nothing_is_left_of_is_refused(terraform: TerraformCli, name: str) -> None:
    output = refused_apply(terraform, HEADER + target(name))
    assert "A name needs at least one letter or digit" in output
    assert "name = " in output


@on_sqlite
def test_text_that_cannot_be_stored_is_refused(terraform: TerraformCli, store: Store) -> None:
    refused_apply(terraform, HEADER + target("this", more='label = "a\\u0000b"'))
    assert everything(store) == []


def test_what_is_right_is_stored_beside_what_is_wrong(terraform: TerraformCli, store: Store) -> None:
    wrong = f'resource "sym_strategy" "wrong" {{\ntype = "http"\nname = "w"\ntargets = ["{NOBODY}"]\n}}\n'
    refused_apply(terraform, HEADER + target("right") + wrong)
    assert everything(store) == ["sym_target custom:right"]
    terraform.write(HEADER + target("right"))
    terraform.assert_empty_plan()
