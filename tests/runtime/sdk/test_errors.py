"""Errors with a hint."""

from __future__ import annotations

from enum import Enum

import pytest

from sym.sdk import errors, exceptions
from sym.sdk.errors import SymIntegrationError, SymSDKError


class Code(Enum):
    LOST = "lost"


def test_the_text_has_message_hint_and_address() -> None:
    error = SymSDKError("It broke.", "Mend it.", "docs/x")
    assert str(error) == "It broke.\n\nHint: Mend it.\n\nFor more details, see: docs/x"
    assert error.format_slack() == "It broke.\n\n*Hint:* Mend it.\n\n*For more details, see:* docs/x"
    assert (error.message, error.hint, error.doc_url) == ("It broke.", "Mend it.", "docs/x")


def test_further_keywords_are_refused() -> None:
    with pytest.raises(TypeError):
        SymSDKError("m", "h", "d", colour="red")


def test_an_integrations_error_fills_in_what_it_knows() -> None:
    error = SymIntegrationError("No {user} in {group}", "Add {user}", "d", error_code=Code.LOST, params={"user": "ann"})
    for text in (str(error), error.format_slack()):
        assert "No ann in {group}" in text
        assert "Add ann" in text
    assert "No ann in {group}" in repr(error)
    assert error.error_code is Code.LOST
    assert error.params == {"user": "ann"}


@pytest.mark.parametrize("stray", ["{", "}", "{}", "{0!", "a } b {", "{:d}"])
def test_a_stray_brace_does_no_harm(stray: str) -> None:
    assert stray in str(SymIntegrationError(stray, params={"user": "ann"}))


def test_an_integrations_error_falls_back_on_its_class() -> None:
    class Lost(SymIntegrationError):
        default_message = "Lost {what}"
        default_hint = "Look"
        default_docs_url = "docs/lost"

    error = Lost(params={"what": "it"})
    assert str(error) == "Lost it\n\nHint: Look\n\nFor more details, see: docs/lost"
    assert (error.error_code, error.hint) == (None, "Look")
    assert str(SymIntegrationError())


def test_the_two_classes_of_one_name_are_unrelated() -> None:
    assert not issubclass(errors.SymIntegrationError, exceptions.SymIntegrationError)
    assert not issubclass(exceptions.SymIntegrationError, errors.SymIntegrationError)
