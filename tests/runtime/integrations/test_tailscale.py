from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sym.integrations import tailscale
from sym.sdk.exceptions.access_strategy import AccessStrategyError
from tests.fakes.services.opened import Opened
from tests.fakes.services.tailscale import POLICY, TOKEN, Tailscale
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_a_tailnet() -> None:
    assert "tailnet" in tailscale.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(tailscale.Settings) == secrets(tailscale.Settings) == {"api_token_secret"}
    assert optional(tailscale.Settings) == set()


@pytest.fixture
def vendor() -> Iterator[Tailscale]:
    vendor = Tailscale()
    yield vendor
    vendor.close()


@pytest.fixture
def connection(vendor: Tailscale) -> tailscale.Connection:
    found: tailscale.Connection = Opened("tailscale", vendor).connection
    return found


def test_people_are_their_addresses(connection: tailscale.Connection, vendor: Tailscale) -> None:
    assert connection.find_identity("Ada@Example.com") == "ada@example.com"
    assert connection.find_identity("") is None
    assert connection.members("eng") == ["ada@example.com", "grace@example.com"]


def test_what_somebody_else_changes_at_the_same_moment_is_kept(
    connection: tailscale.Connection, vendor: Tailscale
) -> None:
    def other() -> None:
        vendor.policy = vendor.policy.replace('"grace@example.com",', '"grace@example.com", "eve@example.com",')

    vendor.before_write = other
    connection.add_member("prod", "requester@example.com")
    assert vendor.members("prod") == ["requester@example.com"]
    assert vendor.members("eng") == ["ada@example.com", "grace@example.com", "eve@example.com"]
    assert vendor.log == ["GET /api/v2/tailnet/example.com/acl", "POST /api/v2/tailnet/example.com/acl"] * 2
    vendor.before_write = lambda: setattr(vendor, "policy", POLICY)
    assert connection.remove_member("prod", "requester@example.com") is True
    assert vendor.policy == POLICY


def test_a_file_that_others_change_all_the_time_is_left_for_later(
    connection: tailscale.Connection, vendor: Tailscale
) -> None:
    def other() -> None:
        vendor.policy += "\n"
        vendor.before_write = other

    vendor.before_write = other
    with pytest.raises(AccessStrategyError, match="tried again later") as raised:
        connection.add_member("prod", "requester@example.com")
    assert raised.value.retryable
    assert vendor.policy == POLICY + "\n" * tailscale.TRIES


def test_several_workers_at_once_lose_nothing(vendor: Tailscale) -> None:
    def add(name: str) -> None:
        Opened("tailscale", vendor).connection.add_member("prod", f"{name}@example.com")

    threads = [threading.Thread(target=add, args=(name,)) for name in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(vendor.members()) == ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]


def test_what_is_so_already_is_not_written(connection: tailscale.Connection, vendor: Tailscale) -> None:
    connection.add_member("eng", "ADA@example.com")
    assert connection.remove_member("eng", "eve@example.com") is False
    assert connection.remove_member("other", "eve@example.com") is False
    assert not [line for line in vendor.log if line.startswith("POST")]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("{", "line 1"),
        ('{"groups": {"group:prod": "ada@example.com"}}', "groups.group:prod is no list"),
        ('{"groups": {"group:prod": [], "group:prod": []}}', "group:prod is there twice"),
    ],
)
def test_a_policy_file_that_cannot_be_used_is_told_and_not_written(
    connection: tailscale.Connection, vendor: Tailscale, policy: str, said: str
) -> None:
    vendor.policy = policy
    with pytest.raises(AccessStrategyError, match=said) as raised:
        connection.add_member("prod", "requester@example.com")
    assert raised.value.error_code == "Tailscale:POLICY_FILE"
    assert raised.value.retryable is False
    assert vendor.policy == policy


def test_a_file_without_its_version_is_not_written(
    connection: tailscale.Connection, vendor: Tailscale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tailscale, "_version", lambda self: "")
    with pytest.raises(AccessStrategyError, match="without its version"):
        connection.add_member("prod", "requester@example.com")


def test_a_token_that_has_ended_is_told_without_it(vendor: Tailscale) -> None:
    vendor.secrets = {"token": "old-" + TOKEN}
    with pytest.raises(AccessStrategyError, match=r"API token invalid\. Its credentials are not taken") as raised:
        Opened("tailscale", vendor).connection.members("prod")
    assert TOKEN not in str(raised.value)
    assert raised.value.error_code == "Tailscale:UNAUTHORIZED"
