"""``type = "aws_secrets_manager"``: AWS Secrets Manager; the path of a secret is its name or its ARN.

It is read in the role of the permission context, which is taken on as for everything else in AWS. A name is looked for
in the context's region, an ARN in the region it names. The current version counts.

The role needs ``secretsmanager:GetSecretValue``, which the policy of the connector modules gives for secrets that have
the tag ``SymEnv`` with the environment's name; for secrets with a key of your own also ``kms:Decrypt`` on that key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from sym.sdk import schema as declared
from sym.sdk._secrets import SecretPlace
from sym.sdk.schema import attribute, schema
from sym.secret_sources._aws import AwsReader, text_of

ABSENT = ("ResourceNotFoundException", "InvalidRequestException")
"""The latter of a secret that is being deleted."""
NEEDS = ("its policy must allow secretsmanager:GetSecretValue, where it goes by the tag SymEnv, the secret must have "
         "that tag with the name of the environment, and a key of your own needs kms:Decrypt.")  # fmt: skip


@schema
class Settings:
    """Settings of AWS Secrets Manager as a source."""

    context_id: str = attribute(
        "Id of the `sym_integration` of type `permission_context` that may read the secrets.", references="integration"
    )


class Source:
    """Reads secrets of AWS Secrets Manager."""

    def __init__(self, reader: AwsReader) -> None:
        self._reader = reader

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source in the role of the context that ``settings`` name. Raises ValueError or LookupError if there is no
        way to it."""
        return cls(AwsReader.open(declared.read(Settings, settings).context_id, "secretsmanager", place))

    def fetch(self, path: str) -> str:
        """The current value of the secret with this name or ARN.

        Raises LookupError if there is none, PermissionError if the role may not read it, ValueError if it is empty or
        not text, SymException if AWS could not be asked.
        """
        answer = self._reader.read(path, "get_secret_value", ABSENT, NEEDS, SecretId=path)
        return text_of(answer.get("SecretString", answer.get("SecretBinary")))
