from __future__ import annotations

from sym.sdk.schema import fields
from sym.secret_sources import aws_ssm


def test_it_needs_the_id_of_the_integration_that_may_read() -> None:
    (field,) = fields(aws_ssm.Settings)
    assert (field.name, field.required, field.declaration.references) == ("context_id", True, "integration")
