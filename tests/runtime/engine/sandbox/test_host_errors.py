"""Errors of the host, taken apart and put together again."""

from __future__ import annotations

import json

import pytest

from sym.engine.sandbox.host_errors import from_document, to_document
from sym.sdk.errors import SymIntegrationError
from sym.sdk.exceptions import MissingArgument, OktaError, SymException
from sym.sdk.exceptions.identity import IdentityNotFound


@pytest.mark.parametrize(
    "error",
    [OktaError("GROUP_NOT_FOUND", "No group."), MissingArgument("role_id", "users_in_role"),
     IdentityNotFound("ann@acme.example", "T1"), SymException("A", "B", "c"),
     SymIntegrationError("It said {x}.", params={"x": 5})],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_an_error_arrives_as_its_own_class_with_its_text(error: SymException) -> None:
    arrived = from_document(json.loads(json.dumps(to_document(error))))
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


def test_a_class_of_the_hosts_own_arrives_as_the_root() -> None:
    class Private(SymException):
        pass

    arrived = from_document(to_document(Private("A", "B", "c")))
    assert type(arrived) is SymException
    assert str(arrived) == "c"


@pytest.mark.parametrize("path", ["os.system", "sym.sdk.exceptions.okta.Any", "sym.sdk.exceptions.none.X", "x"])
def test_nothing_but_the_sdks_errors_is_ever_made(path: str) -> None:
    document = {"message": "m", "class": path, "attributes": {"message": "m", "error_code": "A:B"}}
    assert type(from_document(document)) is SymException
