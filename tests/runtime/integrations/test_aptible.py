from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.integrations import aptible
from sym.sdk.exceptions.aptible import AptibleError
from tests.fakes.services.aptible import PASSWORD, ROLE, Aptible
from tests.fakes.services.opened import Opened
from tests.shelf_settings import optional, required, secrets


def test_it_logs_in_with_a_name_and_a_password_that_are_both_secrets() -> None:
    assert "UUID" in aptible.external_id
    assert required(aptible.Settings) == secrets(aptible.Settings) == {"username_secret", "password_secret"}
    assert optional(aptible.Settings) == set()


@pytest.fixture
def vendor() -> Iterator[Aptible]:
    vendor = Aptible()
    yield vendor
    vendor.close()


def test_people_are_found_by_e_mail_whatever_its_case_on_any_page(vendor: Aptible) -> None:
    connection = Opened("aptible", vendor).connection
    assert connection.find_identity("ada@example.com") == "u-ada"
    assert connection.find_identity("REQUESTER@example.com") == "u-requester"
    assert connection.find_identity("grace@example.com") is None
    assert len(vendor.tokens) == 1


def test_a_token_that_has_ended_is_fetched_again(vendor: Aptible) -> None:
    connection = Opened("aptible", vendor).connection
    assert connection.membership(ROLE, "u-ada") is None
    vendor.tokens.clear()
    connection.give(ROLE, "u-ada")
    assert connection.membership(ROLE, "u-ada") == "m-1"


def test_a_wrong_password_is_told_without_it(vendor: Aptible) -> None:
    vendor.secrets = {**vendor.secrets, "password": "wrong-" + PASSWORD}
    with pytest.raises(AptibleError, match=r"401 to POST /tokens: Invalid password\. Its credentials") as raised:
        Opened("aptible", vendor).connection.find_identity("ada@example.com")
    assert PASSWORD not in str(raised.value)


def test_an_organization_that_is_not_there_is_told(vendor: Aptible) -> None:
    vendor.external_id = "other"
    with pytest.raises(AptibleError, match="404 to GET /organizations/other/users"):
        Opened("aptible", vendor).connection.find_identity("ada@example.com")


def test_the_token_is_sent_to_aptible_alone(vendor: Aptible, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.services.aptible.ADDRESS", "https://elsewhere.example")
    with pytest.raises(AptibleError, match="at another address"):
        Opened("aptible", vendor).connection.find_identity("grace@example.com")
