from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.integrations import onelogin
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.exceptions.onelogin import OneLoginError
from sym.testing.fakes import questions
from tests.fakes.services.onelogin import ROLE, SECRET, OneLogin
from tests.fakes.services.opened import REQUESTER, Opened
from tests.shelf_settings import optional, required, secrets


def test_of_its_credential_pair_only_the_second_part_is_a_secret() -> None:
    assert "domain" in onelogin.external_id
    assert required(onelogin.Settings) == {"client_id", "client_secret"}
    assert secrets(onelogin.Settings) == {"client_secret"}
    assert optional(onelogin.Settings) == set()


@pytest.fixture
def vendor() -> Iterator[OneLogin]:
    vendor = OneLogin()
    yield vendor
    vendor.close()


@pytest.fixture
def opened(vendor: OneLogin) -> Opened:
    return Opened("onelogin", vendor)


def test_people_are_found_by_e_mail_whatever_its_case(opened: Opened, vendor: OneLogin) -> None:
    assert opened.connection.find_identity("requester@EXAMPLE.com") == "11"
    assert opened.connection.find_identity("grace@example.com") is None
    assert len(vendor.tokens) == 1


def test_a_token_that_was_revoked_is_fetched_again(opened: Opened, vendor: OneLogin) -> None:
    opened.connection.add(str(ROLE), "member", "11")
    vendor.tokens.clear()
    opened.connection.add(str(ROLE), "member", "12")
    assert vendor.lists["users"][ROLE] == [11, 12]


def test_a_wrong_secret_is_told_without_it(opened: Opened, vendor: OneLogin) -> None:
    vendor.secrets = {"client_secret": "wrong-" + SECRET}
    with pytest.raises(OneLoginError, match=r"Authentication Failure\. Its credentials are not taken") as raised:
        opened.connection.find_identity("ada@example.com")
    assert SECRET not in str(raised.value)


def test_an_identity_that_is_no_number_is_told(opened: Opened, vendor: OneLogin) -> None:
    with pytest.raises(OneLoginError, match="'ada' is no id of a OneLogin user"):
        opened.connection.add(str(ROLE), "member", "ada")
    opened.connection.find_identity("ada@example.com")


@pytest.mark.parametrize(("wanted", "found"), [(None, [ROLE, 372, 373]), ("Cats", [ROLE, 372]), ("x", [])])
def test_list_roles(opened: Opened, wanted: str | None, found: list[int]) -> None:
    assert [role["id"] for role in opened.ask("list_roles", name_filter=wanted)] == found


def test_list_roles_of_very_many(opened: Opened, vendor: OneLogin) -> None:
    vendor.page = 100
    vendor.roles = {number: f"role {number}" for number in range(650)}
    assert len(opened.ask("list_roles")) == 650
    vendor.roles[650] = "one more"
    with pytest.raises(OneLoginError, match="more than 650 roles"):
        opened.ask("list_roles", name_filter="one more")


def test_get_user_info(opened: Opened, vendor: OneLogin) -> None:
    assert opened.ask("get_user_info", user=REQUESTER)["email"] == "Requester@example.com"
    with pytest.raises(IdentityNotFound):
        opened.ask("get_user_info", user={**REQUESTER, "email": "grace@example.com"})


def test_users_in_role(opened: Opened, vendor: OneLogin) -> None:
    assert opened.ask("users_in_role", role_id=ROLE) == []
    vendor.lists["users"][ROLE] = [11, 12, 13]
    assert opened.ask("users_in_role", role_id=ROLE) == [
        {"user_id": "11", "email": "Requester@example.com"},
        {"user_id": "12", "email": "approver@example.com"},
        {"user_id": "13", "email": "ada@example.com"},
    ]
    with pytest.raises(OneLoginError, match="could not be found"):
        opened.ask("users_in_role", role_id=1)


def test_is_user_in_role(opened: Opened, vendor: OneLogin) -> None:
    assert opened.ask("is_user_in_role", user=REQUESTER, role_id=ROLE) is False
    vendor.lists["users"][ROLE] = [12, 13, 11]
    assert opened.ask("is_user_in_role", user=REQUESTER, role_id=ROLE) is True
    with pytest.raises(OneLoginError, match="could not be found"):
        opened.ask("is_user_in_role", user=REQUESTER, role_id=1)


def test_every_function_of_its_author_module_is_served() -> None:
    assert set(onelogin.functions) == set(questions("onelogin"))
