"""Secrets in AWS, as flows read them."""

from __future__ import annotations

from typing import Any

import pytest

from sym.engine.connections.opening import Connections
from sym.engine.host import FlowHost
from sym.engine.reach import Reach
from sym.engine.resource_views import integration_with_id
from sym.engine.views import load_world
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import SymException
from tests.fakes.services.aws import AwsVendor

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
AWS_VALUE = '{"okta": {"token": "hunter2-hunter2"}}'


@pytest.mark.parametrize(("key", "expected"), [(None, AWS_VALUE), ("okta.token", "hunter2-hunter2")])
def test_a_secret_in_aws_is_read_through_the_permission_context_of_its_source(
    engine: Any, key: str | None, expected: str
) -> None:
    vendor = InAws()
    context = {"type": "permission_context", "name": "aws", "external_id": "1", "settings": dict(vendor.settings)}
    settings = {"context_id": engine.save("integration", "context", context)}
    source = engine.save("secrets", "source", {"type": "aws_secrets_manager", "name": "aws", "settings": settings})
    document = {"source_id": source, "path": "sym/okta", **({"settings": {"json_key": key}} if key else {})}
    engine.settings = {"api_key": engine.save("secret", "first", document)}
    engine.flow("")
    run_id = engine.requested()
    with engine.store.reading() as conn:
        world = load_world(conn, engine.run(run_id), engine.named(run_id, "request"))
    reach = Reach(connections=Connections())
    reader = FlowHost(engine.store, SecretPlace(), world, engine.clock, reach)
    assert reader.secret(engine.ids["first"]) == expected
    vendor.forbid_next()
    with pytest.raises(SymException, match=r"The secret 'sym/okta' could not be read: .*SymEnv") as caught:
        reader.secret(engine.ids["first"], fresh=True)
    assert "hunter2" not in str(caught.value)
    vendor.close()


def test_a_source_whose_context_is_gone_says_so(engine: Any) -> None:
    settings = {"context_id": "11111111-1111-1111-1111-111111111111"}
    with engine.store.reading() as conn, pytest.raises(LookupError, match="permission_context with the id '1111"):
        integration_with_id(conn, "acme", "permission_context", settings["context_id"])


class InAws(AwsVendor):
    """AWS with one secret."""

    def __init__(self) -> None:
        super().__init__()
        self.client("secretsmanager").create_secret(Name="sym/okta", SecretString=AWS_VALUE)

    def has_access(self, identity: str, target: str) -> bool:
        return False
