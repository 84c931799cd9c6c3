from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.integrations import okta
from tests.fakes.services.asking import Asker
from tests.fakes.services.okta import Okta
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_an_okta_domain() -> None:
    assert "domain" in okta.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(okta.Settings) == secrets(okta.Settings) == {"api_token_secret"}
    assert optional(okta.Settings) == set()


@pytest.fixture
def vendor() -> Iterator[Okta]:
    made = Okta()
    made.groups["00g1"] |= {"00u-ada", "00u-requester"}
    made.names = {"00g1": ("Payments", "OKTA_GROUP"), "00g2": ("payroll", "APP_GROUP")}
    yield made
    made.close()


def test_who_is_in_a_group(vendor: Okta) -> None:
    ask = Asker(vendor, "okta")
    assert ask('okta.is_user_in_group(user, group_id="00g1")') is True
    assert ask('okta.is_user_in_group(user, group_id="00g2")') is False
    assert ask('okta.users_in_group(group_id="00g1")') == ["ada@example.com", "requester@example.com"]
    assert ask('okta.users_in_group(group_id="00g2")') == []


@pytest.mark.parametrize("call", ['is_user_in_group(user, group_id="00gX")', 'users_in_group(group_id="00gX")'])
def test_a_group_that_is_not_there_is_an_error(vendor: Okta, call: str) -> None:
    code, message = Asker(vendor, "okta").refused(f"okta.{call}")
    assert code == "Okta:GROUP_NOT_FOUND"
    assert "Okta has no group '00gX', or the token may not see it" in message


def test_somebody_whom_okta_does_not_know_is_an_error_that_says_how_to_map_them(vendor: Okta) -> None:
    code, message = Asker(vendor, "okta").refused("okta.get_user_info(user)", by="stranger@example.com")
    assert code == "Identity:NOT_FOUND"
    assert "symflow users update-identity stranger@example.com" in message


def test_a_user_is_as_okta_describes_them(vendor: Okta) -> None:
    found = Asker(vendor, "okta")("okta.get_user_info(user)")
    assert (found["id"], found["profile"]["login"]) == ("00u-ada", "ada@example.com")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", ["Payments"]),
        ("only_native_groups=False", ["Payments", "payroll"]),
        ('name_filter="PAY", only_native_groups=False', ["Payments", "payroll"]),
        ('name_filter="payr", only_native_groups=False', ["payroll"]),
        ("filter='type eq \"APP_GROUP\"', only_native_groups=False", ["payroll"]),
        ("filter='type eq \"APP_GROUP\"'", []),
    ],
)
def test_groups_are_listed_by_name_and_by_filter(vendor: Okta, arguments: str, names: list[str]) -> None:
    found = Asker(vendor, "okta")(f"okta.list_groups({arguments})")
    assert [group["profile"]["name"] for group in found] == names


def test_groups_are_listed_in_full_however_many_pages_they_fill(vendor: Okta) -> None:
    vendor.page = 2
    vendor.groups |= {f"00g{number}": set() for number in range(3, 8)}
    assert len(Asker(vendor, "okta")("okta.list_groups(only_native_groups=False)")) == 7


def test_groups_come_with_what_is_asked_for_besides(vendor: Okta) -> None:
    found = Asker(vendor, "okta")('okta.list_groups(expand=["stats"])')
    assert found[0]["_embedded"] == {"stats": {"usersCount": 2}}


def test_a_filter_that_okta_does_not_understand_is_an_error_with_its_reason(vendor: Okta) -> None:
    code, message = Asker(vendor, "okta").refused('okta.list_groups(filter="type is big")')
    assert code == "Okta:REJECTED"
    assert "Invalid search criteria: type is big" in message
