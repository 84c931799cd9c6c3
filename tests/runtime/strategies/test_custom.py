from __future__ import annotations

from sym.sdk.schema import fields, read
from sym.strategies import custom


def test_its_code_comes_with_the_resource_and_works_through_a_custom_integration() -> None:
    assert custom.needs_implementation
    assert custom.integration == "custom"


def test_a_target_names_what_the_strategy_is_called_with() -> None:
    assert read(custom.targets["custom"], {"identifier": "readers", "colour": "red"}).identifier == "readers"
    assert [field.name for field in fields(custom.Settings)] == []


def test_other_settings_of_a_target_are_the_authors_own() -> None:
    assert custom.Target.takes_any_setting
