"""What the sources in AWS share, on moto: whose credentials, which region, and refusals that tell no value."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sym import plugins
from sym.engine.connections.opening import Connections
from sym.sdk._secrets import LONGEST_VALUE, SecretPlace
from sym.sdk.exceptions.aws import AWSError
from sym.secret_sources._aws import text_of
from tests.fakes.services.aws import ACCOUNT, REGION, ROLE, AwsVendor
from tests.fakes.services.aws_policies import context

VALUE = "hunter2-in-aws"
NOTHING: dict[str, Any] = {}
KINDS = ("aws_secrets_manager", "aws_ssm")


class Kept(AwsVendor):
    """AWS with a secret and a parameter of the same name, in two regions."""

    def __init__(self) -> None:
        super().__init__()
        self.arns: dict[tuple[str, str], str] = {}
        for region, value in ((REGION, VALUE), ("eu-west-1", f"{VALUE}-eu")):
            made = self.client("secretsmanager", region).create_secret(Name="/sym/prod/okta", SecretString=value)
            self.arns["aws_secrets_manager", region] = made["ARN"]
            self.client("ssm", region).put_parameter(Name="/sym/prod/okta", Value=value, Type="SecureString")
            self.arns["aws_ssm", region] = f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/sym/prod/okta"

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def keep(self, kind: str, path: str, value: str | bytes) -> None:
        """Keep a value at a path."""
        if kind == "aws_ssm":
            self.client("ssm").put_parameter(Name=path, Value=value, Type="String", Overwrite=True)
        elif isinstance(value, bytes):
            self.client("secretsmanager").create_secret(Name=path, SecretBinary=value)
        else:
            self.client("secretsmanager").create_secret(Name=path, SecretString=value)


Open = Callable[[str], Any]


@pytest.fixture
def aws(caplog: pytest.LogCaptureFixture) -> Iterator[Kept]:
    vendor = Kept()
    with caplog.at_level(logging.INFO):
        yield vendor
        assert VALUE not in caplog.text
    vendor.close()


@pytest.fixture
def source(aws: Kept) -> Open:
    connection = Connections().open(context(ROLE), lambda _id: "")

    def made(kind: str) -> Any:
        return plugins.load("secret_sources", kind).Source.open(
            {"context_id": "c1"}, SecretPlace(aws={"c1": connection}.__getitem__)
        )

    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_is_read_by_its_name_in_the_contexts_region(source: Open, kind: str) -> None:
    assert source(kind).fetch("/sym/prod/okta") == VALUE


@pytest.mark.parametrize("kind", KINDS)
def test_an_arn_is_read_in_the_region_it_names(source: Open, aws: Kept, kind: str) -> None:
    assert source(kind).fetch(aws.arns[kind, "eu-west-1"]) == f"{VALUE}-eu"
    assert source(kind).fetch(aws.arns[kind, REGION]) == VALUE


@pytest.mark.parametrize("kind", KINDS)
def test_the_contexts_role_is_taken_on(source: Open, aws: Kept, kind: str) -> None:
    source(kind).fetch("/sym/prod/okta")
    assert aws.calls[0] == "AssumeRole"


@pytest.mark.parametrize("kind", KINDS)
def test_what_there_is_not_is_named_with_the_region(source: Open, kind: str) -> None:
    with pytest.raises(LookupError, match=f"none of this name in {REGION}"):
        source(kind).fetch("/sym/prod/none")
    elsewhere = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:none-AbCdEf"
    with pytest.raises(LookupError, match="none of this name in eu-west-1"):
        source("aws_secrets_manager").fetch(elsewhere)


def test_a_secret_that_is_being_deleted_cannot_be_read(source: Open, aws: Kept) -> None:
    aws.client("secretsmanager").delete_secret(SecretId="/sym/prod/okta")
    with pytest.raises(LookupError):
        source("aws_secrets_manager").fetch("/sym/prod/okta")


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_says_what_the_policy_and_the_tag_must_be(source: Open, aws: Kept, kind: str) -> None:
    reader = source(kind)
    reader.fetch("/sym/prod/okta")
    aws.forbid_next()
    with pytest.raises(PermissionError) as caught:
        reader.fetch("/sym/prod/okta")
    told = str(caught.value)
    assert ROLE in told
    assert "the tag SymEnv" in told or "tag with the name of the environment" in told
    assert "kms:Decrypt" in told
    assert {"aws_ssm": "ssm:GetParameter", "aws_secrets_manager": "secretsmanager:GetSecretValue"}[kind] in told


@pytest.mark.parametrize("kind", KINDS)
def test_being_busy_may_pass_and_names_the_path(source: Open, aws: Kept, kind: str) -> None:
    reader = source(kind)
    aws.faults += ["throttle"] * 3
    with pytest.raises(AWSError, match="The secret '/sym/prod/okta' could not be read: AWS answered") as caught:
        reader.fetch("/sym/prod/okta")
    assert caught.value.retryable
    assert caught.value.error_code == "AWS:THROTTLED"


def test_what_is_no_text_is_refused_without_a_word_of_it(source: Open, aws: Kept) -> None:
    aws.keep("aws_secrets_manager", "odd", b"hunter2\xff")
    with pytest.raises(ValueError, match="its value is not text") as caught:
        source("aws_secrets_manager").fetch("odd")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "problem"), [("", "is empty"), ("x" * (LONGEST_VALUE + 1), "longer"), (None, "text")]
)
def test_what_cannot_be_a_secret_is_refused(value: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        text_of(value)
    assert "xx" not in str(caught.value)


def test_binary_that_is_text_is_read(source: Open, aws: Kept) -> None:
    aws.keep("aws_secrets_manager", "binary", b"hunter2")
    assert source("aws_secrets_manager").fetch("binary") == "hunter2"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["", "a b", "a\nb", "x" * 2049])
def test_what_is_no_name_is_not_asked_for(source: Open, aws: Kept, kind: str, path: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        source(kind).fetch(path)
    assert aws.calls == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_way_to_aws_nothing_is_opened(kind: str) -> None:
    source = plugins.load("secret_sources", kind).Source
    with pytest.raises(ValueError, match="without a way to AWS"):
        source.open({"context_id": "c1"}, SecretPlace())
    with pytest.raises(LookupError):
        source.open({"context_id": "c2"}, SecretPlace(aws=NOTHING.__getitem__))


def test_nothing_of_the_way_shows(source: Open) -> None:
    assert "aws" not in repr(SecretPlace(aws=NOTHING.__getitem__))
    assert json.dumps(VALUE) not in repr(source("aws_ssm"))
