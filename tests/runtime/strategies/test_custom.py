from __future__ import annotations

from sym.sdk.schema import fields, read
from sym.strategies import custom


def test_its_code_comes_with_the_resource() -> None:
    assert custom.needs_implementation


def test_a_target_names_what_the_strategy_is_called_with() -> None:
    assert read(custom.targets["custom"], {"identifier": "readers", "colour": "red"}).identifier == "readers"
    assert [field.name for field in fields(custom.Settings)] == []
