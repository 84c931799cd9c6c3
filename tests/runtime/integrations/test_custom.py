from __future__ import annotations

from sym.integrations import custom
from sym.sdk.schema import fields, read


def test_secrets_are_named_by_a_json_list_of_ids() -> None:
    assert [field.name for field in fields(custom.Settings)] == ["secret_ids_json"]
    assert read(custom.Settings, {}).secret_ids_json is None
