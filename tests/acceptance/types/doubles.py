"""Every double at once: what is granted at, where secrets lie, and where log entries arrive.

To add a type, add a row to its table; the test and the configuration are written over the tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from sym.testing import FakeVendor
from tests.fakes.services.aptible import Aptible
from tests.fakes.services.aws import AwsVendor
from tests.fakes.services.boundary import Boundary
from tests.fakes.services.datadog import API_KEY, Datadog
from tests.fakes.services.github import GitHub
from tests.fakes.services.google import Google
from tests.fakes.services.google_secrets import PROJECT, GoogleSecrets
from tests.fakes.services.iam import IamGroups
from tests.fakes.services.identity_center import AccountAssignments, IdentityCenter
from tests.fakes.services.inbox import AUTHORIZATION, KEY, Inbox
from tests.fakes.services.lambda_function import LambdaFunction
from tests.fakes.services.okta import TOKEN, Okta
from tests.fakes.services.onelogin import OneLogin
from tests.fakes.services.openbao import ROOT_TOKEN, OpenBao
from tests.fakes.services.segment import WRITE_KEY, Segment
from tests.fakes.services.server import Answer, Request
from tests.fakes.services.streams import STREAM, Streams
from tests.fakes.services.tailscale import Tailscale
from tests.fakes.services.web_service import WebService

REQUESTER = "requester@example.com"
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A strategy: its type, the name of its double in :class:`Doubles`, and what is not as most have it. ``who`` is who
    has the access at the double, where that is not the identity that the lease shows."""

    strategy: str
    double: str
    who: str | None = None
    code: str | None = None

    def __str__(self) -> str:
        return self.double


@dataclass(frozen=True, kw_only=True)
class SecretPlaced:
    """A source of secrets: its settings, and where in it the token is. ``{name}`` stands for what the doubles say."""

    type: str
    settings: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    json_key: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        return self.type


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A log destination: its settings, the integration it needs, and the ids of the entries that arrived."""

    type: str
    received: Callable[[Doubles], list[str]]
    settings: Mapping[str, str] = field(default_factory=dict)
    integration: str | None = None

    def __str__(self) -> str:
        return self.type


CUSTOM = """
import os
from sym.sdk.strategies import AccessStrategy

class FolderStrategy(AccessStrategy):
    def path(self, event):
        return os.path.join(self.integration.external_id, self.get_requester_identity(event))

    def fetch_remote_identity(self, user):
        return "file-of-" + user.email.partition("@")[0]

    def escalate(self, target_id, event):
        with open(self.path(event), "w") as file:
            file.write(target_id)

    def deescalate(self, target_id, event):
        os.unlink(self.path(event))
"""

GRANTS = (
    Grant(strategy="okta", double="okta"),
    Grant(strategy="github", double="github"),
    Grant(strategy="google_group", double="google"),
    Grant(strategy="aptible", double="aptible"),
    Grant(strategy="onelogin", double="onelogin"),
    Grant(strategy="tailscale", double="tailscale"),
    Grant(strategy="boundary", double="boundary"),
    Grant(strategy="http", double="web_service", who=REQUESTER),
    Grant(strategy="custom", double="folder", code=CUSTOM),
    Grant(strategy="aws_iam", double="iam"),
    Grant(strategy="aws_sso", double="identity_center"),
    Grant(strategy="aws_sso", double="identity_store"),
    Grant(strategy="aws_lambda", double="lambda_function", who=REQUESTER),
)
SOURCES = (
    SecretPlaced(type="env", path="SYM_SECRET_OKTA"),
    SecretPlaced(type="file", path="okta/token"),
    SecretPlaced(type="local", path="okta", value=TOKEN),
    SecretPlaced(type="vault", settings={"address": "{vault}"}, path="okta/api", json_key="deep.token"),
    SecretPlaced(type="aws_secrets_manager", settings={"context_id": "{context}"}, path="sym/okta", json_key="a.token"),
    SecretPlaced(type="aws_ssm", settings={"context_id": "{context}"}, path="/sym/okta"),
    SecretPlaced(
        type="google_secret_manager", settings={"context_id": "{google}", "project_id": PROJECT}, path="okta"
    ),
)  # fmt: skip
DESTINATIONS = (
    Sent(type="stdout", received=lambda all_: _ids(all_.printed())),
    Sent(type="file", settings={"path": "{folder}/audit.jsonl"}, received=lambda all_: _ids(all_.lines())),
    Sent(
        type="http", received=lambda all_: all_.inbox.ids,
        settings={"url": "https://inbox.example/entries", "authorization_secret": "{authorization}",
                  "signing_secret": "{signing}"},
    ),
    Sent(type="datadog", settings={"api_key_secret": "{datadog}"}, received=lambda all_: _ids(all_.datadog.entries)),
    Sent(
        type="segment", integration="segment", settings={"stream_name": "audit"},
        received=lambda all_: [call["messageId"] for call in all_.segment.calls],
    ),
    Sent(
        type="kinesis_data_stream", integration="permission_context", settings={"stream_name": STREAM},
        received=lambda all_: _ids(all_.streams.in_stream()),
    ),
    Sent(
        type="kinesis_firehose", integration="permission_context", settings={"stream_name": STREAM},
        received=lambda all_: list(all_.streams.taken),
    ),
    Sent(
        type="s3", integration="permission_context", settings={"bucket": STREAM, "prefix": "sym"},
        received=lambda all_: [entry["id"] for key, found in all_.written().items() for entry in found],
    ),
)  # fmt: skip


class Folder:
    """What the strategy with code of its own grants: a file in a folder."""

    target, target_type, target_settings = "door", "custom", {"identifier": "door"}
    strategy_settings: Mapping[str, str] = {}
    settings: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self.external_id = str(path)

    def has_access(self, identity: str, target: str) -> bool:
        return Path(self.external_id, identity).exists()


class IdentityStore:
    """A group in the identity store of an instance that has a permission set too."""

    target, target_type = "writers", "aws_sso_group"
    secrets: Mapping[str, str] = {}

    def __init__(self, center: IdentityCenter) -> None:
        self._center = center
        made = center.client("identitystore").create_group(IdentityStoreId=center.store, DisplayName="writers")
        self._group = made["GroupId"]
        self.target_settings = {"group_id": self._group}
        self.external_id, self.settings = center.instance, center.settings
        self.strategy_settings = center.strategy_settings

    def has_access(self, identity: str, target: str) -> bool:
        found = self._center.client("identitystore").list_group_memberships(
            IdentityStoreId=self._center.store, GroupId=self._group
        )["GroupMemberships"]
        return identity in [item["MemberId"]["UserId"] for item in found]


class WholeAws(AwsVendor):
    """All of AWS behind one address: each service is answered by its own double, what has none by moto."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, AwsVendor] = {}

    def add(self, part: Callable[[], Any], *services: str) -> Any:
        """Let the double that ``part`` makes answer for ``services``, as requests are signed for them."""
        with mock.patch("tests.fakes.services.aws.requests.post"):  # which would make moto forget the others
            made = part()
        self._parts |= dict.fromkeys(services, made)
        return made

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        signed = _SCOPE.search(request.headers.get("authorization", ""))
        part = self._parts.get(signed[1]) if signed else None
        return part.answer(request) if part else super().answer(request)


class Doubles:
    """All of them, on this machine."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.output = folder, folder / "stdout"
        self._stack = stack
        self.okta, self.github, self.google = self._open(Okta), self._open(GitHub), self._open(Google)
        self.aptible, self.onelogin, self.tailscale = self._open(Aptible), self._open(OneLogin), self._open(Tailscale)
        self.boundary, self.web_service = self._open(Boundary), self._open(WebService)
        self.inbox, self.datadog, self.segment = Inbox(is_signed=True), self._open(Datadog), self._open(Segment)
        stack.callback(self.inbox.close)
        self.google_secrets, self.bao = self._open(GoogleSecrets), self._open(OpenBao)
        self.custom_folder = Folder(folder / "granted")
        self._open_aws()
        self._put_secrets()

    def _open(self, kind: Callable[[], Any]) -> Any:
        made = kind()
        self._stack.callback(made.close)
        return made

    def _open_aws(self) -> None:
        self.aws = self._open(WholeAws)
        self.iam = self._open(lambda: self.aws.add(IamGroups, "iam"))
        self.identity_center = self._open(lambda: self.aws.add(AccountAssignments, "sso"))
        self.identity_center.external_id = self.identity_center.instance
        self.identity_store = IdentityStore(self.identity_center)
        self.lambda_function = self._open(lambda: self.aws.add(LambdaFunction, "lambda"))
        self.streams = self._open(lambda: self.aws.add(Streams, "kinesis", "firehose", "s3"))

    def _put_secrets(self) -> None:
        """The token of the double of Okta, in every source."""
        self.bao.put("okta/api", {"deep": {"token": TOKEN}})
        self.aws.client("secretsmanager").create_secret(
            Name="sym/okta", SecretString=json.dumps({"a": {"token": TOKEN}})
        )
        self.aws.client("ssm").put_parameter(Name="/sym/okta", Value=TOKEN, Type="SecureString")
        self.google_secrets.values["okta"] = [TOKEN.encode()]
        (self.folder / "secrets" / "okta").mkdir(parents=True)
        (self.folder / "secrets" / "okta" / "token").write_text(f"{TOKEN}\n")

    def of(self, grant: Grant) -> FakeVendor:
        """The double at which ``grant`` grants."""
        found: FakeVendor = getattr(self, "custom_folder" if grant.double == "folder" else grant.double)
        return found

    def environment(self) -> dict[str, str]:
        """The environment of a server that is to find them."""
        hosts = {
            "acme.okta.com": self.okta, "api.github.com": self.github, "admin.googleapis.com": self.google,
            "sts.googleapis.com": self.google, "iamcredentials.googleapis.com": self.google,
            "sts.secrets.example": self.google_secrets, "iamcredentials.secrets.example": self.google_secrets,
            "secretmanager.googleapis.com": self.google_secrets, "auth.aptible.com": self.aptible,
            "acme.onelogin.com": self.onelogin, "api.tailscale.com": self.tailscale,
            "boundary.example.com": self.boundary, "vault.example": self.web_service, "inbox.example": self.inbox,
            "http-intake.logs.datadoghq.com": self.datadog, "api.segment.io": self.segment,
        }  # fmt: skip
        secrets = {
            f"SYM_SECRET_{grant.double}_{name}".upper(): value
            for grant in GRANTS for name, value in self.of(grant).secrets.items()
        }  # fmt: skip
        return {
            **secrets, "SYM_SECRET_OKTA": TOKEN, "SYM_SECRET_AUTHORIZATION": AUTHORIZATION, "SYM_SECRET_SIGNING": KEY,
            "SYM_SECRET_DATADOG": API_KEY, "SYM_SECRET_SEGMENT": WRITE_KEY, "SYM_SECRET_VAULT_TOKEN": ROOT_TOKEN,
            "SYM_SERVICE_URLS": ",".join(f"{host}={double.url}" for host, double in hosts.items()),
            "SYM_SECRETS_DIR": str(self.folder / "secrets"), "SYM_HANDLER_FOLDERS": self.custom_folder.external_id,
            "AWS_ENDPOINT_URL": self.aws.url, "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "SYM_DRIFT_EVERY": "off",
        }  # fmt: skip

    def printed(self) -> list[dict[str, Any]]:
        """The entries on the server's standard output."""
        return [json.loads(line) for line in self.output.read_text().splitlines()]

    def lines(self) -> list[dict[str, Any]]:
        """The entries in the file."""
        file = self.folder / "audit.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def written(self) -> dict[str, list[dict[str, Any]]]:
        """The entries in the objects that the destination ``s3`` has written; Firehose's lie in the same bucket."""
        import gzip

        s3, found = self.streams.client("s3"), {}
        for item in s3.list_objects_v2(Bucket=STREAM, Prefix="sym/").get("Contents", []):
            body = s3.get_object(Bucket=STREAM, Key=item["Key"])["Body"].read()
            found[item["Key"]] = [json.loads(line) for line in gzip.decompress(body).decode().splitlines()]
        return found


def _ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]
