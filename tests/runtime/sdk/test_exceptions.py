"""Errors with a code: the whole table."""

from __future__ import annotations

import importlib

import pytest

from sym.sdk import exceptions
from sym.sdk.exceptions import AWSError, ExceptionWithHint, IdentityError, SDKError, SymException
from sym.sdk.exceptions.identity import IdentityNotFound

WITH_TYPE = {
    "AccessStrategyError": ("access_strategy", "AccessStrategy"),
    "AptibleError": ("aptible", "Aptible"),
    "AWSError": ("aws", "AWS"),
    "BoundaryError": ("boundary", "Boundary"),
    "GitHubError": ("github", "GitHub"),
    "GoogleError": ("google", "Google"),
    "HTTPError": ("http", "HTTP"),
    "IdentityError": ("identity", "Identity"),
    "OktaError": ("okta", "Okta"),
    "OneLoginError": ("onelogin", "OneLogin"),
    "PagerDutyError": ("pagerduty", "PagerDuty"),
    "SDKError": ("sdk", "SymSDK"),
    "SlackError": ("slack", "Slack"),
    "SymIntegrationError": ("sym_integration", "SymIntegration"),
}
WITHOUT_TYPE = {
    "AWSLambdaError": ("aws", "AWSLambda"),
    "AWSIAMError": ("aws", "AWSIAM"),
    "AWSSSOError": ("aws", "AWSSSO"),
    "JiraError": ("jira", "Jira"),
    "KnowBe4Error": ("knowbe4", "KnowBe4"),
}
OTHERS = {"CouldNotSaveError", "MissingArgument", "ExceptionWithHint", "SymException"}


def test_the_exported_names() -> None:
    assert set(exceptions.__all__) == {*WITH_TYPE, *WITHOUT_TYPE, *OTHERS}
    assert not hasattr(exceptions, "IdentityNotFound")


@pytest.mark.parametrize("name", [*WITH_TYPE, *WITHOUT_TYPE])
def test_each_lives_in_its_module_and_has_its_type(name: str) -> None:
    module, error_type = (WITH_TYPE | WITHOUT_TYPE)[name]
    kind = getattr(importlib.import_module(f"sym.sdk.exceptions.{module}"), name)
    assert kind is getattr(exceptions, name)
    error = kind(name="BROKEN", message="It broke.")
    assert isinstance(error, SymException)
    assert str(error) == error.message == "It broke."
    assert error.error_code == f"{error_type}:BROKEN"
    assert error.to_dict() == {"error": True, "message": "It broke.", "code": f"{error_type}:BROKEN"}


@pytest.mark.parametrize("name", WITH_TYPE)
def test_most_take_another_type(name: str) -> None:
    assert getattr(exceptions, name)("X", "m", error_type="Other").error_code == "Other:X"


@pytest.mark.parametrize("name", WITHOUT_TYPE)
def test_some_do_not(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(exceptions, name)("X", "m", error_type="Other")


def test_the_families() -> None:
    for name in ("AWSLambdaError", "AWSIAMError", "AWSSSOError"):
        assert issubclass(getattr(exceptions, name), AWSError)
    assert issubclass(exceptions.CouldNotSaveError, IdentityError)
    assert issubclass(exceptions.MissingArgument, SDKError)
    assert issubclass(IdentityNotFound, IdentityError)
    assert issubclass(IdentityNotFound, ExceptionWithHint)


def test_errors_with_a_code_of_their_own() -> None:
    assert exceptions.CouldNotSaveError("m").error_code == "Identity:COULD_NOT_SAVE"
    missing = exceptions.MissingArgument("role_id", "onelogin.users_in_role")
    assert missing.error_code == "SymSDK:MISSING_ARGUMENT"
    assert "role_id" in str(missing)
    assert "onelogin.users_in_role" in str(missing)


def test_an_unknown_identity_says_which_and_what_to_do() -> None:
    error = IdentityNotFound(email="ann@acme.example", service_id="T1")
    assert error.error_code == "Identity:NOT_FOUND"
    assert "ann@acme.example" in error.message
    assert str(error) == f"{error.message}\n\n*Hint:* {error.hint}"
    assert "symflow users update-identity ann@acme.example" in str(error)


def test_without_a_hint_the_message_stands_alone() -> None:
    plain = ExceptionWithHint("T", "N", "It broke.")
    assert plain.hint is None
    assert str(plain) == "It broke."
