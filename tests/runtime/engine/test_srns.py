"""The names the engine gives to what it speaks of."""

from __future__ import annotations

import uuid

import pytest

from sym.engine import srns
from sym.sdk.resource import SRN

ID = str(uuid.UUID(int=7))


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1.0.0"), (4, "4.0.0"), (999, "999.0.0"), (1000, "999.1.0"), (1999, "999.999.1")]
)
def test_a_version_number_is_an_srns_version_and_back(number: int, text: str) -> None:
    assert srns.version_text(number) == text
    assert srns.version_number(text) == number


def test_every_name_is_an_srn() -> None:
    names = [
        srns.event_spec("approve"), srns.flow("acme", "prod_db", 4, ID), srns.flow("acme", "prod_db", 4),
        srns.run("acme", "prod_db", 4, ID), srns.event("acme", "approve", ID), srns.user("acme", "bot", ID),
        srns.typed("acme", "access_target", "okta_group", "dba", ID), srns.TEMPLATE,
    ]  # fmt: skip
    assert [str(SRN.parse(name)) for name in names] == names
    assert names[1] == f"acme:flow:prod_db:4.0.0:{ID}"
    assert names[3] == f"acme:run:prod_db:4.0.0:{ID}"
    assert names[6] == f"acme:access_target:okta_group:dba:latest:{ID}"
