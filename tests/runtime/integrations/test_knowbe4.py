from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.integrations import knowbe4
from tests.fakes.services.asking import Asker
from tests.fakes.services.knowbe4 import KnowBe4
from tests.shelf_settings import choices, optional, required, secrets


def test_the_account_is_a_domain() -> None:
    assert "domain" in knowbe4.external_id


def test_it_needs_a_token_and_one_of_five_regions() -> None:
    assert required(knowbe4.Settings) == {"api_token_secret", "region"}
    assert optional(knowbe4.Settings) == set()
    assert secrets(knowbe4.Settings) == {"api_token_secret"}
    assert choices(knowbe4.Settings, "region") == ("us", "eu", "ca", "uk", "de")


@pytest.fixture
def vendor() -> Iterator[KnowBe4]:
    made = KnowBe4()
    yield made
    made.close()


@pytest.fixture
def ask(vendor: KnowBe4) -> Asker:
    return Asker(vendor, "knowbe4")


@pytest.mark.parametrize(
    ("arguments", "campaigns"),
    [
        ("", ["C1", "C2"]),
        (", campaign_id=2", ["C2"]),
        (", store_purchase_id=100", ["C1"]),
        (", store_purchase_id=100, campaign_id=2", []),
    ],
)
def test_the_trainings_somebody_is_enrolled_in(ask: Asker, arguments: str, campaigns: list[str]) -> None:
    found = ask(f"knowbe4.get_training_enrollments_for_user(user{arguments})")
    assert [item["campaign_name"] for item in found] == campaigns


def test_only_ones_own_enrolments_count_whatever_knowbe4_lists(vendor: KnowBe4, ask: Asker) -> None:
    vendor.enrolled = [(11, 1, 100, "Passed")] * 501 + [(12, 1, 100, "Passed")]
    assert len(ask("knowbe4.get_training_enrollments_for_user(user)")) == 501


def test_whether_somebody_is_in_a_group(ask: Asker) -> None:
    assert ask("knowbe4.is_user_in_group(user, 7)") is True
    assert ask("knowbe4.is_user_in_group(user, 8)") is False
    code, message = ask.refused("knowbe4.is_user_in_group(user, 9)")
    assert (code, message) == ("KnowBe4:GROUP_NOT_FOUND", "KnowBe4 has no group 9.")


@pytest.mark.parametrize("who", ["stranger@example.com", "gone@example.com"])
@pytest.mark.parametrize("call", ["get_training_enrollments_for_user(user)", "is_user_in_group(user, 7)"])
def test_somebody_whom_knowbe4_does_not_know_is_an_error_of_its_own(ask: Asker, call: str, who: str) -> None:
    code, message = ask.refused(f"knowbe4.{call}", by=who)
    assert code == "KnowBe4:USER_NOT_FOUND"
    assert f"symflow users update-identity {who}" in message


def test_somebody_on_the_second_page_is_found(vendor: KnowBe4, ask: Asker) -> None:
    vendor.people = {number: (f"p{number}@example.com", []) for number in range(500)} | {501: ("ada@example.com", [7])}
    assert ask("knowbe4.is_user_in_group(user, 7)") is True


def test_an_account_elsewhere_is_not_asked_here(vendor: KnowBe4) -> None:
    vendor.settings = {**vendor.settings, "region": "us"}
    vendor.addresses = {"eu.api.knowbe4.com": "http://127.0.0.1:9", "us.api.knowbe4.com": vendor.url}
    assert Asker(vendor, "knowbe4")("knowbe4.is_user_in_group(user, 7)") is True


def test_a_token_that_is_refused(vendor: KnowBe4, ask: Asker) -> None:
    vendor.secrets = {"token": "another-token-of-knowbe4"}
    code, message = ask.refused("knowbe4.is_user_in_group(user, 7)")
    assert code == "KnowBe4:UNAUTHORIZED"
    assert "The token is not valid" in message
