"""``type = "permission_context"``: a role of an AWS account that the worker takes on.

AWS strategies, AWS Lambda functions, AWS Secrets Manager and Kinesis are reached through it. The AWS connector modules
output its settings ready to use.

The worker takes on the role of the environment's runtime first, with its own credentials (an instance profile, a
service account, the environment), and from there this one; where an environment has no runtime, this one at once.
What each role must allow, and whom it must trust, is in the guide *AWS roles*.

A context is one account to Sym, and people have one identity in it. One that is for IAM Identity Center has the ARN of
its instance as ``external_id``, or as ``instance_arn``; people are then found in its identity store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sym.sdk._integration import Integration
from sym.sdk.connection import Aws, AwsRole, AwsService, ConnectionHost
from sym.sdk.exceptions.aws import AWSSSOError
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.schema import attribute, schema

external_id = "The id of the AWS account; for AWS IAM Identity Center (SSO), the ARN of its instance."


@schema
class Settings:
    """Settings of a permission context."""

    cloud: str = attribute("The cloud the role is in.", choices=("aws",))
    region: str = attribute("The region requests go to, such as `us-east-1`.")
    role_arn: str = attribute("The ARN of the role to take on.")
    external_id: str | None = attribute("The external id that the role's trust policy asks for.", default=None)
    account_id: str | None = attribute("The id of the AWS account the role belongs to.", default=None)
    instance_arn: str | None = attribute("The ARN of the IAM Identity Center instance.", default=None)


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """AWS, in the role that ``integration`` names."""
    settings = integration.settings
    own = AwsRole(arn=settings["role_arn"], external_id=settings.get("external_id"))
    first = host.runtime_role
    roles = (own,) if first is None or first.arn == own.arn else (first, own)
    named = integration.external_id if ":sso:" in integration.external_id else None
    return Connection(host, settings["region"], roles, settings.get("instance_arn") or named)


class Connection:
    """AWS in one role. ``instance_arn`` is that of its IAM Identity Center, None if the context names none."""

    def __init__(self, host: ConnectionHost, region: str, roles: tuple[AwsRole, ...],
                 instance_arn: str | None = None) -> None:  # fmt: skip
        self._host = host
        self._roles = roles
        self.region = region
        self.instance_arn = instance_arn

    @property
    def role_arn(self) -> str:
        """The role that requests are made in."""
        return self._roles[-1].arn

    def aws(self, name: str, error: Callable[[str, str], SymException], *, region: str | None = None,
            **more: Any) -> Aws:  # fmt: skip
        """Requests to the service that boto3 calls ``name``; refusals raise ``error``. ``more`` are ``wait`` and
        ``tries`` of an :class:`AwsService`."""
        service = AwsService(name=name, region=region or self.region, roles=self._roles, error=error, **more)
        return self._host.aws(service)

    def find_identity(self, email: str) -> str | None:
        """The id of the user of the identity store with this e-mail address. None if there is none, and for a context
        of another kind: who somebody is there is for the strategy to say. Raises AWSSSOError."""
        return self.find_store_user(self.instance_arn, email) if self.instance_arn else None

    def find_store_user(self, instance_arn: str, email: str) -> str | None:
        """The id of the user of an instance with this name; else, of the one user with this e-mail address; None if
        there is none. Raises AWSSSOError."""
        store, store_id = self.aws("identitystore", AWSSSOError), self.identity_store(instance_arn)
        for path in ("UserName", "Emails.Value"):
            found = store.call("list_users", accept=("ValidationException",), IdentityStoreId=store_id,
                               Filters=[{"AttributePath": path, "AttributeValue": email}])  # fmt: skip
            users = [user for user in found.get("Users", []) if _has(user, email)]
            if len(users) == 1:
                return str(users[0]["UserId"])
        return None

    def identity_store(self, instance_arn: str) -> str:
        """The id of an instance's identity store. Raises AWSSSOError if the role sees no such instance."""
        for instance in self.aws("sso-admin", AWSSSOError).pages("list_instances", "Instances"):
            if instance["InstanceArn"] == instance_arn:
                return str(instance["IdentityStoreId"])
        raise AWSSSOError("INSTANCE_NOT_FOUND", f"The role sees no IAM Identity Center instance {instance_arn}; check "
                          "the strategy's instance_arn, and the region of its permission_context.")  # fmt: skip


def _has(user: dict[str, Any], email: str) -> bool:
    """Whether a user has this name or address: what is filtered by is not left to AWS alone."""
    known = [user.get("UserName"), *(item.get("Value") for item in user.get("Emails") or [])]
    return email.casefold() in [str(item).casefold() for item in known if item]
