from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sym.integrations import google
from sym.sdk.exceptions.google import GoogleError
from sym.sdk.schema import fields
from sym.testing.fakes import questions
from tests.fakes.services.aws import aws_environment
from tests.fakes.services.discovered import Discovered
from tests.fakes.services.google import AWS, AWS_SOURCE, GROUP, PROOF, Google
from tests.fakes.services.opened import REQUESTER, Opened
from tests.shelf_settings import optional, required, secrets

WHO = "requester@example.com"
INNER = "inner@example.com"


@pytest.fixture
def vendor() -> Iterator[Google]:
    vendor = Google()
    yield vendor
    vendor.close()


@pytest.fixture
def opened(vendor: Google) -> Opened:
    return Opened("google", vendor)


def test_it_needs_everything_the_connector_module_puts_out_and_no_secret() -> None:
    assert "domain" in google.external_id
    assert required(google.Settings) == {
        "type",
        "audience",
        "subject_token_type",
        "service_account_impersonation_url",
        "token_url",
        "credential_source",
        "customer_id",
    }
    assert optional(google.Settings) == secrets(google.Settings) == set()


@pytest.mark.parametrize(("text", "right"), [('{"environment_id": "aws1"}', True), ("[]", False), ("aws1", False)])
def test_the_source_of_credentials_is_a_json_object(text: str, right: bool) -> None:
    (validate,) = next(field.declaration.validators for field in fields(google.Settings) if field.name.endswith("rce"))
    assert (validate(text) is None) is right


def test_people_are_their_addresses(opened: Opened, vendor: Google) -> None:
    assert opened.connection.find_identity(" Ada@Example.com ") == "ada@example.com"
    assert opened.connection.find_identity("") is None
    assert vendor.requests == 0


def test_the_workers_identity_is_exchanged_once_for_many_requests(opened: Opened, vendor: Google) -> None:
    for _ in range(3):
        assert opened.connection.role_of(GROUP, WHO) is None
    assert vendor.log[:2] == ["POST /v1/token", f"POST /v1/projects/-/serviceAccounts/{'sym@project'}"
                              ".iam.gserviceaccount.com:generateAccessToken"]  # fmt: skip
    assert len(vendor.log) == 5


def test_a_token_that_is_not_taken_any_more_is_had_anew(opened: Opened, vendor: Google) -> None:
    opened.connection.role_of(GROUP, WHO)
    vendor.tokens.clear()
    assert opened.connection.add_member(GROUP, WHO, "MEMBER") is True
    assert vendor.groups[GROUP] == {WHO: "MEMBER"}


@pytest.mark.parametrize("with_boto3", [True, False])
def test_in_aws_the_worker_proves_itself_with_its_role(
    vendor: Google, monkeypatch: pytest.MonkeyPatch, with_boto3: bool
) -> None:
    vendor.settings = {**vendor.settings, **{"subject_token_type": AWS, "credential_source": json.dumps(AWS_SOURCE)}}
    if not with_boto3:
        monkeypatch.setitem(sys.modules, "boto3", None)
    with aws_environment(vendor.url):
        assert Opened("google", vendor).connection.role_of(GROUP, WHO) is None


def test_a_token_may_come_from_an_address(vendor: Google) -> None:
    vendor.settings = {**vendor.settings, **{"credential_source": json.dumps({"url": "http://metadata.test/v1/token"})}}
    with pytest.raises(GoogleError, match="credential_source"):
        Opened("google", vendor).connection.role_of(GROUP, WHO)
    assert vendor.wrong.pop() == "unknown: GET /v1/token"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"type": "service_account"}, "only external_account is known"),
        ({"credential_source": '{"file": "/nowhere/token"}'}, "'/nowhere/token' was not found"),
        ({"credential_source": '{"executable": {"command": "x"}}'}, "neither a file, nor a url"),
        ({"credential_source": '{"environment_id": "aws2"}', "subject_token_type": AWS}, "could not prove who it is"),
    ],
)
def test_settings_that_cannot_be_used_are_told(vendor: Google, settings: dict[str, str], said: str) -> None:
    vendor.settings = {**vendor.settings, **settings}
    vendor.requests += 1
    with pytest.raises(GoogleError, match=said):
        Opened("google", vendor).connection.role_of(GROUP, WHO)


def test_a_proof_google_does_not_take_is_told_without_it(vendor: Google) -> None:
    Path(vendor.proof_file).write_text("another-token")
    with pytest.raises(GoogleError, match=r"invalid_grant: The subject token is not valid") as raised:
        Opened("google", vendor).connection.role_of(GROUP, WHO)
    assert "another-token" not in str(raised.value)


def test_without_google_auth_it_says_what_to_install(vendor: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth.exceptions", None)
    with pytest.raises(GoogleError, match=r"symflow\[google\]"):
        Opened("google", vendor).connection.role_of(GROUP, WHO)


def test_too_many_requests_and_forbidden_ones_are_told_apart(opened: Opened, vendor: Google) -> None:
    opened.connection.role_of(GROUP, WHO)
    vendor.throttle_next()
    with pytest.raises(GoogleError, match="asked too often") as raised:
        opened.connection.add_member(GROUP, WHO, "MEMBER")
    assert raised.value.retryable
    vendor.is_allowed = False
    with pytest.raises(GoogleError, match=r"Not Authorized.*admin role") as raised:
        opened.connection.add_member(GROUP, WHO, "MEMBER")
    assert raised.value.retryable is False


def test_is_user_in_group(opened: Opened, vendor: Google) -> None:
    assert opened.ask("is_user_in_group", user=REQUESTER, group_email=GROUP) is False
    vendor.groups[INNER][WHO] = "MEMBER"
    assert opened.ask("is_user_in_group", user=REQUESTER, group_email=GROUP) is False
    vendor.groups[GROUP][INNER] = "MEMBER"
    assert opened.ask("is_user_in_group", user=REQUESTER, group_email=GROUP) is True
    with pytest.raises(GoogleError, match=r"no group other@example\.com"):
        opened.ask("is_user_in_group", user=REQUESTER, group_email="other@example.com")


@pytest.mark.parametrize("email", ["guest@elsewhere.org", "nobody@example.com"])
def test_people_google_does_not_know_are_in_a_group_only_directly(opened: Opened, vendor: Google, email: str) -> None:
    user = {**REQUESTER, "email": email}
    assert opened.ask("is_user_in_group", user=user, group_email=GROUP) is False
    vendor.groups[GROUP][email] = "MEMBER"
    assert opened.ask("is_user_in_group", user=user, group_email=GROUP) is True


def test_list_groups(opened: Opened, vendor: Google) -> None:
    vendor.groups |= {"a@other.example": {}, "b@other.example": {}, "c@other.example": {}}
    assert [item["email"] for item in opened.ask("list_groups", domain=None)] == sorted(vendor.groups)
    found = opened.ask("list_groups", domain="other.example")
    assert [item["email"] for item in found] == ["a@other.example", "b@other.example", "c@other.example"]


def test_users_in_group(opened: Opened, vendor: Google) -> None:
    vendor.groups[GROUP] = {"approver@example.com": "MEMBER", "ada@example.com": "OWNER", INNER: "MEMBER"}
    vendor.groups[INNER] = {"grace@example.com": "MEMBER", "ada@example.com": "MEMBER"}
    everybody = opened.ask("users_in_group", group_email=GROUP, include_indirect_members=True)
    assert [user["email"] for user in everybody] == ["ada@example.com", "approver@example.com", "grace@example.com"]
    direct = opened.ask("users_in_group", group_email=GROUP, include_indirect_members=False)
    assert [user["email"] for user in direct] == ["ada@example.com", "approver@example.com"]
    with pytest.raises(GoogleError, match="groupKey"):
        opened.ask("users_in_group", group_email="other@example.com")


@pytest.mark.parametrize(
    ("query", "body", "reply", "problem"),
    [
        ({"maxResults": "201"}, b"", {"members": []}, "query.maxResults is out of bounds"),
        ({"max": "1"}, b"", {"members": []}, "query.max is not described"),
        ({}, b"{}", {"members": []}, "a body is sent where none is described"),
        ({}, b"", {"members": [{"e-mail": "x"}]}, r"reply.members[0].e-mail is not described"),
        ({}, b"", {"members": [{"email": 1}]}, r"reply.members[0].email is no string"),
        ({"maxResults": "200", "includeDerivedMembership": "true"}, b"", {"members": []}, None),
    ],
)
def test_the_fake_is_held_against_googles_description(
    query: dict[str, str], body: bytes, reply: object, problem: str | None
) -> None:
    held = Discovered("admin.directory_v1")
    path = "/admin/directory/v1/groups/g/members"
    assert held.problems("GET", path, query, {}, body, (200, reply, {})) == ([problem] if problem else [])
    assert held.problems("GET", "/admin/directory/v1/nothing", {}, {}, b"", (200, {}, {})) != []


def test_no_secret_is_in_what_is_shown(opened: Opened) -> None:
    assert PROOF not in repr(vars(opened.connection))


def test_every_function_of_its_author_module_is_served() -> None:
    assert set(google.functions) == set(questions("google"))
