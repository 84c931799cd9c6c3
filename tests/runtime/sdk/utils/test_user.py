"""Remembering identities."""

from __future__ import annotations

from typing import Any

import pytest

from sym.sdk import utils
from sym.sdk._host import NoHost
from sym.sdk.exceptions import CouldNotSaveError, SlackError
from sym.sdk.utils import persist_user_identity

ANN = {"email": "ann@acme.example", "service": "custom", "service_id": "acme", "user_id": "u1"}


def test_the_exported_names() -> None:
    assert utils.__all__ == ["persist_user_identity"]


def test_the_host_remembers_and_the_identity_is_returned(host: Any) -> None:
    host.answers["persist_identity"] = None
    identity = persist_user_identity(**ANN)
    assert (identity.service, identity.service_id, identity.user_id) == ("custom", "acme", "u1")
    assert host.asked == [("persist_identity", ANN)]


@pytest.mark.parametrize("failure", [ValueError("full"), SlackError("X", "full"), OSError("full")])
def test_any_failure_is_the_one_error_with_its_cause(host: Any, failure: Exception) -> None:
    host.answers["persist_identity"] = failure
    with pytest.raises(CouldNotSaveError, match="full") as caught:
        persist_user_identity(**ANN)
    assert caught.value.__cause__ is failure


def test_without_a_host_it_says_so() -> None:
    with pytest.raises(NoHost, match="persist_user_identity"):
        persist_user_identity(**ANN)


def test_arguments_have_names() -> None:
    with pytest.raises(TypeError):
        persist_user_identity(*ANN.values())  # type: ignore[call-arg]


@pytest.mark.parametrize("name", ANN)
def test_what_is_empty_is_named_and_the_host_is_not_asked(host: Any, name: str) -> None:
    for nothing in (None, ""):
        with pytest.raises(CouldNotSaveError, match=rf"needs {name}, which came empty") as caught:
            persist_user_identity(**(ANN | {name: nothing}))  # type: ignore[arg-type]
        assert ("user.username" in str(caught.value)) is (name == "email")
    assert host.asked == []


def test_a_bot_is_named_by_its_username(host: Any) -> None:
    host.answers["persist_identity"] = None
    persist_user_identity(**(ANN | {"email": "deploy-bot"}))
    assert host.asked[0][1]["email"] == "deploy-bot"
