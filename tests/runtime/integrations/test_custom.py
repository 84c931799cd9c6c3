from __future__ import annotations

import pytest

from sym.integrations import custom
from sym.sdk.schema import fields, read


def test_secrets_are_named_by_a_json_list_of_ids() -> None:
    assert [field.name for field in fields(custom.Settings)] == ["secret_ids_json"]
    assert read(custom.Settings, {}).secret_ids_json is None


@pytest.mark.parametrize(
    ("text", "right"),
    [('["a", "b"]', True), ("[]", True), ('"a"', False), ("[1]", False), ("a", False), ("[" * 100_000, False)],
)
def test_the_list_must_be_readable(text: str, right: bool) -> None:
    (validate,) = fields(custom.Settings)[0].declaration.validators
    assert (validate(text) is None) is right


def test_other_settings_are_the_authors_own_and_so_is_the_connection() -> None:
    assert custom.Settings.takes_any_setting
    assert custom.needs_no_connection
