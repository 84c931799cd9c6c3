"""What the examples are connected to: doubles of vendors' services, and the services that examples fake themselves."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from contextlib import ExitStack
from types import ModuleType
from typing import Any
from unittest import mock

from tests.acceptance.types.doubles import IdentityStore, WholeAws
from tests.architecture.sources import ROOT
from tests.fakes.services.aws import REGION, moto_url
from tests.fakes.services.github import TOKEN as GITHUB_TOKEN
from tests.fakes.services.github import GitHub
from tests.fakes.services.identity_center import AccountAssignments
from tests.fakes.services.lambda_function import LambdaFunction
from tests.fakes.services.okta import TOKEN as OKTA_TOKEN
from tests.fakes.services.okta import Okta
from tests.fakes.services.pagerduty import KEY, PagerDuty

FLOWS = ROOT / "examples" / "terraform" / "flows"
REQUESTER, APPROVER = "requester@example.com", "approver@example.com"
TABLE = "administrators"


def code_of(example: str, file: str) -> ModuleType:
    """A Python file of an example."""
    path = FLOWS / example / file
    spec = importlib.util.spec_from_file_location(f"{example}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Surroundings:
    """All of them, on this machine."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.okta, self.github, self.pagerduty = self._open(Okta), self._open(GitHub), self._open(PagerDuty)
        self.okta.groups |= {"00g3": {"00u-approver"}, "00g12345xxx": set()}
        self.pagerduty.users |= {"PREQ": "requester@example.com"}
        self.pagerduty.schedules["S9"] = ("Platform", ["PREQ"])
        self.pagerduty.on_call.append(("PREQ", "E1", "S9"))
        self.directory = self._open(code_of("on_call", "directory.py").Directory)
        self.analytics = self._open(code_of("custom_integration", "analytics.py").Analytics)
        self._open_aws()

    def _open(self, kind: Callable[[], Any]) -> Any:
        made = kind()
        self._stack.callback(made.close)
        return made

    def _open_aws(self) -> None:
        self.aws = self._open(WholeAws)
        self.identity_center = self._open(lambda: self.aws.add(AccountAssignments, "sso"))
        self.identity_store = IdentityStore(self.identity_center)
        self.function = self._open(lambda: self.aws.add(LambdaFunction, "lambda"))
        self._table = self.aws.client("dynamodb")
        self._table.create_table(
            TableName=TABLE, KeySchema=[{"AttributeName": "email", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
        )  # fmt: skip
        # What the function calls goes past the double it is called by, which waits for its answer.
        variables = {"TABLE": TABLE, "AWS_ENDPOINT_URL_DYNAMODB": moto_url()}
        self._stack.enter_context(mock.patch.dict(os.environ, variables))
        handler = code_of("lambda", "lambda_src/handler.py")
        self.function.code = lambda payload: handler.handle(payload, None)

    def is_in_table(self, email: str) -> bool:
        """Whether the Lambda function's table has somebody."""
        return "Item" in self._table.get_item(TableName=TABLE, Key={"email": {"S": email}})

    def put_on_call(self, email: str) -> None:
        """Put somebody into the group of the identity store that is on call."""
        client, center = self.aws.client("identitystore"), self.identity_center
        group = client.create_group(IdentityStoreId=center.store, DisplayName="OnCall")["GroupId"]
        client.create_group_membership(
            IdentityStoreId=center.store, GroupId=group, MemberId={"UserId": center.user_ids[email]}
        )

    def environment(self) -> dict[str, str]:
        """The environment of a server that is to find them."""
        hosts = {"acme.okta.com": self.okta, "api.github.com": self.github, "api.pagerduty.com": self.pagerduty}
        return {
            "SYM_SECRET_OKTA_TOKEN": OKTA_TOKEN, "SYM_SECRET_GITHUB_TOKEN": GITHUB_TOKEN,
            "SYM_SECRET_PAGERDUTY_TOKEN": KEY, "SYM_SECRET_DIRECTORY_KEY": self.directory.secrets["directory_key"],
            "SYM_SECRET_ANALYTICS_CLIENT_ID": self.analytics.secrets["client_id"],
            "SYM_SECRET_ANALYTICS_CLIENT_SECRET": self.analytics.secrets["client_secret"],
            "SYM_SERVICE_URLS": ",".join(f"{host}={double.url}" for host, double in hosts.items()),
            "AWS_ENDPOINT_URL": self.aws.url, "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "SYM_DRIFT_EVERY": "off",
        }  # fmt: skip
