from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.integrations import boundary
from sym.sdk.exceptions.boundary import BoundaryError
from sym.testing.fakes import questions
from tests.fakes.services.boundary import GROUP, PASSWORD, Boundary
from tests.fakes.services.opened import Opened
from tests.shelf_settings import optional, required, secrets


def test_it_logs_in_with_a_password_account_and_requires_none_of_its_own_names() -> None:
    assert "address" in boundary.external_id
    assert required(boundary.Settings) == set()
    assert optional(boundary.Settings) == {"auth_method_id", "login_name", "login_name_secret", "password_secret"}
    assert secrets(boundary.Settings) == {"login_name_secret", "password_secret"}
    assert "this\nproject's own" in str(boundary.__doc__)


@pytest.fixture
def vendor() -> Iterator[Boundary]:
    vendor = Boundary()
    yield vendor
    vendor.close()


@pytest.fixture
def opened(vendor: Boundary) -> Opened:
    return Opened("boundary", vendor)


def members(vendor: Boundary) -> list[str]:
    found: list[str] = vendor.groups[GROUP]["member_ids"]
    return found


@pytest.mark.parametrize(
    ("email", "user_id"),
    [("ada@example.com", "u_ada"), ("approver@example.com", "u_approver"), ("grace@example.com", None), ("none", None)],
)
def test_people_are_found_by_e_mail_or_login_name_in_any_scope(opened: Opened, email: str, user_id: str | None) -> None:
    assert opened.connection.find_identity(email) == user_id


def test_who_cannot_be_told_apart_is_nobody(opened: Opened, vendor: Boundary) -> None:
    vendor.users["u_more"] = {"scope_id": "o_1", "login_name": "ADA@example.com", "email": ""}
    assert opened.connection.find_identity("ada@example.com") is None


@pytest.mark.parametrize("stale", [400, 404, 409, 500])
def test_what_somebody_else_changes_at_the_same_moment_is_kept(opened: Opened, vendor: Boundary, stale: int) -> None:
    vendor.stale = stale
    vendor.before_change = vendor.somebody_changes
    opened.connection.add_member(GROUP, "u_ada")
    assert members(vendor) == ["u_other2", "u_ada"]
    vendor.before_change = vendor.somebody_changes
    assert opened.connection.remove_member(GROUP, "u_ada") is True
    assert members(vendor) == ["u_other2", "u_other4"]


def test_a_group_that_others_change_all_the_time_is_left_for_later(opened: Opened, vendor: Boundary) -> None:
    def other() -> None:
        vendor.somebody_changes()
        vendor.before_change = other

    vendor.before_change = other
    with pytest.raises(BoundaryError, match="tried again later") as raised:
        opened.connection.add_member(GROUP, "u_ada")
    assert raised.value.retryable
    assert len(members(vendor)) == boundary.TRIES


def test_a_group_that_is_deleted_at_the_same_moment_is_told(opened: Opened, vendor: Boundary) -> None:
    vendor.before_change = lambda: vendor.remove_target("")
    with pytest.raises(BoundaryError, match=f"no group {GROUP}"):
        opened.connection.add_member(GROUP, "u_ada")
    assert opened.connection.remove_member(GROUP, "u_ada") is False


def test_what_is_so_already_is_not_changed(opened: Opened, vendor: Boundary) -> None:
    assert opened.connection.remove_member(GROUP, "u_ada") is False
    opened.connection.add_member(GROUP, "u_ada")
    opened.connection.add_member(GROUP, "u_ada")
    assert vendor.groups[GROUP]["version"] == 2


def test_the_login_name_may_be_a_secret_and_the_address_a_bare_name(vendor: Boundary) -> None:
    vendor.settings = {"auth_method_id": "ampw_1234567890", "login_name_secret": "login", "password_secret": "password"}
    vendor.secrets = {"login": "sym", "password": PASSWORD}
    vendor.external_id = "boundary.example.com/"
    assert Opened("boundary", vendor).connection.members(GROUP) == []


@pytest.mark.parametrize("missing", ["auth_method_id", "login_name", "password_secret"])
def test_without_its_settings_it_says_which_it_needs(vendor: Boundary, missing: str) -> None:
    vendor.settings = {name: value for name, value in vendor.settings.items() if name != missing}
    vendor.requests += 1
    with pytest.raises(BoundaryError, match="auth_method_id, password_secret, and login_name"):
        Opened("boundary", vendor).connection.members(GROUP)


def test_a_token_that_has_ended_is_fetched_again(opened: Opened, vendor: Boundary) -> None:
    opened.connection.members(GROUP)
    vendor.tokens.clear()
    opened.connection.add_member(GROUP, "u_ada")
    assert members(vendor) == ["u_ada"]


def test_a_wrong_password_is_told_without_it(vendor: Boundary) -> None:
    vendor.secrets = {"password": "wrong-" + PASSWORD}
    with pytest.raises(BoundaryError, match=r"Unable to authenticate\. Its credentials are not taken") as raised:
        Opened("boundary", vendor).connection.members(GROUP)
    assert PASSWORD not in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"scope_id": "global", "filter": None, "recursive": False}, [GROUP, "g_3", "g_4"]),
        ({"scope_id": "global", "filter": None, "recursive": True}, [GROUP, "g_2", "g_3", "g_4"]),
        ({"scope_id": "o_1"}, ["g_2"]),
        ({"filter": '"/item/name" == "g_3"'}, ["g_3"]),
    ],
)
def test_list_groups(opened: Opened, asked: dict[str, object], found: list[str]) -> None:
    assert [group["id"] for group in opened.ask("list_groups", **asked)] == found


def test_list_groups_with_a_filter_that_is_none(opened: Opened) -> None:
    with pytest.raises(BoundaryError, match="invalid filter"):
        opened.ask("list_groups", filter="(")


def test_get_group(opened: Opened, vendor: Boundary) -> None:
    vendor.groups[GROUP]["member_ids"] = ["u_ada"]
    assert opened.ask("get_group", group_id=GROUP)["member_ids"] == ["u_ada"]
    with pytest.raises(BoundaryError, match="no group g_9") as raised:
        opened.ask("get_group", group_id="g_9")
    assert raised.value.error_code == "Boundary:NOT_FOUND"


def test_every_function_of_its_author_module_is_served() -> None:
    assert set(boundary.functions) == set(questions("boundary"))
