from __future__ import annotations

import pytest

from sym.resources import slug_of
from sym.resources.error_logger import ErrorLogger
from sym.sdk.schema import fields


def test_both_its_attributes_are_required() -> None:
    assert {field.name: field.required for field in fields(ErrorLogger)} == {
        "integration_id": True,
        "destination": True,
    }


@pytest.mark.parametrize(
    ("destination", "slug"),
    [("#sym-errors", "sym-errors"), ("sym-errors", "sym-errors"), ("dev #Sym Errors", "dev-sym-errors")],
)
def test_it_is_found_by_its_channel(destination: str, slug: str) -> None:
    assert slug_of("error_logger", {"destination": destination}) == slug
