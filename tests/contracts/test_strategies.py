"""Every strategy of the shelf that is served has passed the contract: a test beside it that inherits it."""

from __future__ import annotations

import ast
from pathlib import Path

from sym import plugins, serving
from tests.architecture.sources import ROOT

SERVED = [name for name in plugins.names("strategies")
          if serving.is_served("strategies", name)
          and not getattr(plugins.load("strategies", name), "needs_implementation", False)]  # fmt: skip
CUSTOM = ROOT / "examples" / "terraform" / "flows" / "on_call" / "test_strategy.py"


def inherits_the_contract(path: Path) -> bool:
    """Whether a test class of this file has the contract's tests, and a vendor for them."""
    classes = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef))
    return any(
        class_.name.startswith("Test")
        and any(isinstance(base, ast.Name) and base.id == "StrategyContract" for base in class_.bases)
        and any(isinstance(item, ast.FunctionDef) and item.name == "vendor" for item in class_.body)
        for class_ in classes
    )


def test_every_strategy_that_is_served_has_the_contract_among_its_tests() -> None:
    tests = {name: ROOT / "tests" / "runtime" / "strategies" / f"test_{name}.py" for name in SERVED}
    assert [name for name, path in tests.items() if not inherits_the_contract(path)] == []


def test_strategies_of_authors_are_under_contract_in_the_examples(tmp_path: Path) -> None:
    assert inherits_the_contract(CUSTOM)
    other = tmp_path / "test_other.py"
    other.write_text(CUSTOM.read_text().replace("(StrategyContract)", ""))
    assert not inherits_the_contract(other)
