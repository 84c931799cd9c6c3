"""AWS: the chain of roles, and what errors say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sym.engine.connections.aws import AwsSessions
from sym.sdk.connection import AwsRole, AwsService
from sym.sdk.exceptions.aws import AWSIAMError
from tests.fakes.services.aws import ACCOUNT, REGION, AwsVendor
from tests.fakes.services.server import Answer, Request

FIRST = AwsRole(arn=f"arn:aws:iam::{ACCOUNT}:role/sym/SymRuntimeMain", external_id="acme-external")
SECOND = AwsRole(arn=f"arn:aws:iam::{ACCOUNT}:role/sym/SymIAMMain")


class Iam(AwsVendor):
    """AWS; it remembers what roles were taken on, with whose credentials."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[str, str | None, str]] = []

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        if b"Action=AssumeRole" in request.body:
            key = request.headers["authorization"].partition("Credential=")[2].partition("/")[0]
            self.taken.append((request.form["RoleArn"], request.form.get("ExternalId"), key))
        return super().answer(request)


@pytest.fixture
def iam() -> Iterator[Iam]:
    vendor = Iam()
    yield vendor
    vendor.close()


def client(*roles: AwsRole, name: str = "iam", **more: Any) -> Any:
    return AwsSessions().aws(AwsService(name=name, region=REGION, roles=roles, error=AWSIAMError, **more))


def test_each_role_is_taken_on_with_the_credentials_of_the_one_before(iam: Iam) -> None:
    assert client(FIRST, SECOND).call("list_groups")["Groups"] == []
    (first, second) = iam.taken
    assert first == (FIRST.arn, "acme-external", "AKIATEST")
    assert second[:2] == (SECOND.arn, None)
    assert second[2] not in ("AKIATEST", "")


def test_clients_and_credentials_are_kept(iam: Iam) -> None:
    sessions = AwsSessions()
    service = AwsService(name="iam", region=REGION, roles=(FIRST,), error=AWSIAMError)
    for _ in range(3):
        sessions.aws(service).call("list_groups")
    assert len(iam.taken) == 1


def test_a_refusal_is_named_and_says_what_was_asked(iam: Iam) -> None:
    with pytest.raises(AWSIAMError, match="AWS answered NoSuchEntity to iam:GetGroup") as caught:
        client().call("get_group", GroupName="none")
    assert caught.value.error_code.endswith(":NOT_FOUND")
    assert caught.value.code == "NoSuchEntity"  # type: ignore[attr-defined]
    assert not caught.value.retryable


def test_an_accepted_code_is_an_answer(iam: Iam) -> None:
    assert client().call("get_group", accept=("NoSuchEntity",), GroupName="none")["Error"]["Code"] == "NoSuchEntity"


def test_a_broken_connection_may_pass(iam: Iam) -> None:
    iam.fail_next(503, times=9)
    with pytest.raises(AWSIAMError) as caught:
        client().call("list_groups")
    assert caught.value.retryable


def test_every_page_is_read(iam: Iam) -> None:
    made = iam.client("iam")
    for number in range(3):
        made.create_group(GroupName=f"g{number}")
    names = [group["GroupName"] for group in client().pages("list_groups", "Groups", PaginationConfig={"PageSize": 1})]
    assert names == ["g0", "g1", "g2"]


def test_without_credentials_the_worker_is_told_how_to_have_some(
    iam: Iam, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(AWSIAMError, match="instance profile"):
        client().call("list_groups")


def test_what_cannot_be_reached_may_pass(iam: Iam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(AWSIAMError, match="could not be reached in time") as caught:
        client(wait=1.0, tries=1).call("list_groups")
    assert caught.value.retryable
    assert caught.value.error_code.endswith(":UNREACHABLE")


def test_a_request_is_made_as_often_and_waited_for_as_long_as_the_service_says(iam: Iam) -> None:
    iam.fail_next(503, times=9)
    with pytest.raises(AWSIAMError):
        client(tries=1).call("list_groups")
    assert iam.requests == 1
    with pytest.raises(AWSIAMError):
        client().call("list_groups")
    assert iam.requests == 4
