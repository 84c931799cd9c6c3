"""A flow whose strategy works in a double of AWS, asked for and approved; and what must not leak on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sym import plugins
from sym.engine.connections.opening import Connections
from sym.store.identities import Identity, save_identity
from sym.testing import FlowTest
from sym.testing.requests import Request
from sym.testing.strategy_contract import ANYBODY
from tests.fakes.services.aws import AwsVendor

REQUESTER = "requester@example.com"
SECRETS = ("test-secret-key",)


@contextmanager
def aws_flow(
    kind: str, vendor: AwsVendor, settings: Mapping[str, str] | None = None, **more: Any
) -> Iterator[FlowTest]:
    """A flow with the strategy ``kind`` in ``vendor``, which is closed in the end."""
    target = {"settings": dict(vendor.target_settings)}
    if vendor.target_type:
        target["type"] = vendor.target_type  # type: ignore[assignment]
    given = {
        "implementation": ANYBODY, "strategy_type": kind, "targets": {"target": target},
        "external_id": vendor.external_id, "settings": vendor.settings,
        "strategy_settings": {**vendor.strategy_settings, **(settings or {})},
    }  # fmt: skip
    with FlowTest(**{**given, **more}) as flow:
        yield flow
    vendor.close()


def granted(flow: FlowTest, *, by: str = REQUESTER, wait: float = 60) -> Request:
    """A request for an hour that is approved, and ``wait`` seconds later; nothing of it shows a credential."""
    request = flow.request(by=by, target="target", duration="1h")
    request.approve(by="approver@example.com")
    flow.travel(seconds=wait)
    tells_no_secret(request)
    return request


def ended(flow: FlowTest, request: Request) -> Request:
    """The request, after its hour and some more."""
    flow.travel(hours=1, minutes=5)
    tells_no_secret(request)
    return request


def tells_no_secret(request: Request) -> None:
    """No credential is in its trace, audit entries, errors, messages or reports."""
    told = [repr(request), *map(str, request.reports), *map(str, request.messages), *request.errors]
    told += [json.dumps([phase.steps for phase in request.trace], default=str),
             json.dumps(request.audit_entries, default=str)]  # fmt: skip
    assert not [secret for secret in SECRETS if secret in "\n".join(told)]


def known(flow: FlowTest, email: str, account: str, identity: str) -> None:
    """Somebody's identity for a permission context, as an administrator would map it."""
    person = flow.person(email)
    found = Identity(
        user_id=person.user.id, service="permission_context", service_id=account, external_user_id=identity
    )
    with flow.stage.store.transaction() as conn:
        save_identity(conn, found, flow.now)


def connection_of(vendor: AwsVendor, **more: str) -> Any:
    """What a permission context with the vendor's settings connects."""
    view = {"$type": "integration", "srn": "test:integration:permission_context:aws:latest:1",
            "type": "permission_context", "external_id": vendor.external_id,
            "settings": {**vendor.settings, **more}}  # fmt: skip
    return Connections().open(view, secret=lambda _id: "")


def active(kind: str, vendor: AwsVendor) -> list[str]:
    """Who has the access, as the strategy lists it."""
    strategy = plugins.load("strategies", kind).Strategy(None)
    strategy.connection, strategy.settings = connection_of(vendor), dict(vendor.strategy_settings)
    return list(strategy.list_active(dict(vendor.target_settings)))
