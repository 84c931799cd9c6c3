from __future__ import annotations

import pytest

from sym.integrations import google
from sym.sdk.schema import fields
from tests.shelf_settings import optional, required, secrets


def test_it_needs_everything_the_connector_module_puts_out_and_no_secret() -> None:
    assert "domain" in google.external_id
    assert required(google.Settings) == {
        "type",
        "audience",
        "subject_token_type",
        "service_account_impersonation_url",
        "token_url",
        "credential_source",
        "customer_id",
    }
    assert optional(google.Settings) == secrets(google.Settings) == set()


@pytest.mark.parametrize(("text", "right"), [('{"environment_id": "aws1"}', True), ("[]", False), ("aws1", False)])
def test_the_source_of_credentials_is_a_json_object(text: str, right: bool) -> None:
    (validate,) = next(field.declaration.validators for field in fields(google.Settings) if field.name.endswith("rce"))
    assert (validate(text) is None) is right
