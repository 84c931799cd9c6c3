"""Python source in attributes: as text, as the path of a file, and what happens when the file is edited."""

from __future__ import annotations

from typing import Any

import pytest

from sym.store.database import Store
from tests.acceptance.terraform.author_code import FLOW_CODE, STRATEGY_CODE
from tests.acceptance.terraform.declarations import attributes, stored, supported
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

EDITED = STRATEGY_CODE.replace("return {}", 'return {"done": True}')


def strategy(implementation: str) -> str:
    return supported(f"""
resource "sym_strategy" "this" {{
  type           = "custom"
  name           = "this"
  integration_id = sym_integration.support.id
  targets        = []
  implementation = {implementation}
}}
""")


def flow(implementation: str, on_change: str = '""') -> str:
    return supported(f"""
resource "sym_flow" "this" {{
  name           = "this"
  implementation = {implementation}
  environment_id = sym_environment.support[0].id
  params {{
    prompt_field {{
      name      = "size"
      type      = "int"
      on_change = {on_change}
    }}
  }}
}}
""")


def code_of(terraform: TerraformCli, store: Store, name: str) -> Any:
    resource_id = attributes(terraform, f"sym_{name}.this")["id"]
    return stored(store, name, resource_id)["implementation"]


def apply(terraform: TerraformCli) -> str:
    output = terraform.apply().output
    terraform.assert_empty_plan()
    return output


@pytest.mark.parametrize("written", ['"${path.module}/strategy.py"', '"strategy.py"', 'abspath("strategy.py")'])
def test_a_strategy_named_by_path_is_stored_as_text_and_follows_the_file(
    terraform: TerraformCli, store: Store, written: str
) -> None:
    terraform.write(STRATEGY_CODE, "strategy.py")
    terraform.write(strategy(written))
    apply(terraform)
    assert code_of(terraform, store, "strategy") == STRATEGY_CODE
    terraform.write(EDITED, "strategy.py")
    assert terraform.plan().status == 2
    apply(terraform)
    assert code_of(terraform, store, "strategy") == EDITED


def test_a_strategy_given_as_text_is_kept_and_may_become_a_path(terraform: TerraformCli, store: Store) -> None:
    terraform.write(STRATEGY_CODE, "strategy.py")
    terraform.write(strategy('file("strategy.py")'))
    apply(terraform)
    assert code_of(terraform, store, "strategy") == STRATEGY_CODE
    terraform.write(strategy('"./strategy.py"'))
    terraform.assert_empty_plan()
    terraform.write(EDITED, "strategy.py")
    apply(terraform)
    assert code_of(terraform, store, "strategy") == EDITED
    terraform.write(strategy('file("strategy.py")'))
    terraform.assert_empty_plan()


def test_an_imported_strategy_is_compared_with_what_the_file_says(terraform: TerraformCli, store: Store) -> None:
    terraform.write(STRATEGY_CODE, "strategy.py")
    terraform.write(strategy('"strategy.py"'))
    apply(terraform)
    terraform.run("state", "rm", "sym_strategy.this")
    terraform.import_("sym_strategy.this", "custom:this")
    terraform.assert_empty_plan()
    terraform.write(EDITED, "strategy.py")
    assert terraform.plan().status == 2
    apply(terraform)
    assert code_of(terraform, store, "strategy") == EDITED


def test_the_file_may_be_moved(terraform: TerraformCli, store: Store) -> None:
    terraform.write(STRATEGY_CODE, "strategy.py")
    terraform.write(strategy('"strategy.py"'))
    apply(terraform)
    (terraform.work / "strategy.py").rename(terraform.work / "moved.py")
    terraform.write(strategy('"moved.py"'))
    apply(terraform)
    assert code_of(terraform, store, "strategy") == STRATEGY_CODE


def test_a_file_not_known_before_apply_is_read_then(terraform: TerraformCli, store: Store) -> None:
    terraform.write(STRATEGY_CODE, "strategy.py")
    name = 'resource "terraform_data" "name" {\ninput = "strategy.py"\n}\n'
    terraform.write(strategy("terraform_data.name.output") + name)
    apply(terraform)
    assert code_of(terraform, store, "strategy") == STRATEGY_CODE


def test_a_flow_named_by_path_works_with_a_warning(terraform: TerraformCli, store: Store) -> None:
    terraform.write(FLOW_CODE, "impl.py")
    terraform.write(flow('"${path.module}/impl.py"'))
    assert "A path where source text is expected" in apply(terraform)
    assert code_of(terraform, store, "flow") == FLOW_CODE
    terraform.write(FLOW_CODE + "# edited\n", "impl.py")
    apply(terraform)
    assert code_of(terraform, store, "flow") == FLOW_CODE + "# edited\n"


def test_a_flow_given_by_file_follows_the_file_without_a_warning(terraform: TerraformCli, store: Store) -> None:
    terraform.write(FLOW_CODE, "impl.py")
    terraform.write(flow('file("${path.module}/impl.py")'))
    assert "Warning" not in apply(terraform)
    terraform.write(FLOW_CODE + "# edited\n", "impl.py")
    assert terraform.plan().status == 2
    apply(terraform)
    assert code_of(terraform, store, "flow") == FLOW_CODE + "# edited\n"


def test_code_for_a_change_of_an_answer_may_be_in_a_file(terraform: TerraformCli, store: Store) -> None:
    terraform.write("def on_change_size(username, form):\n    return form\n", "change.py")
    terraform.write(flow("local.flow_code", 'file("change.py")'))
    apply(terraform)
    resource_id = attributes(terraform, "sym_flow.this")["id"]
    (prompt_field,) = stored(store, "flow", resource_id)["params"][0]["prompt_field"]
    assert prompt_field["on_change"] == "def on_change_size(username, form):\n    return form\n"
