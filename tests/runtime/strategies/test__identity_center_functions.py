"""What authors see of them is in tests/runtime/engine/author_modules/test_vendor_call_aws.py."""

from __future__ import annotations

import inspect

from sym.sdk.integrations import aws_sso as author_module
from sym.strategies import aws_sso


def test_every_function_of_the_author_module_is_served() -> None:
    declared = {name for name, item in inspect.getmembers(author_module, inspect.isfunction)
                if item.__module__ == author_module.__name__}  # fmt: skip
    assert set(aws_sso.functions) == {"is_user_in_group", "list_groups", "users_in_group", "list_accounts"}
    assert declared == set(aws_sso.functions)
