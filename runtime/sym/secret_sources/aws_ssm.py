"""``type = "aws_ssm"``: AWS Systems Manager Parameter Store; the path of a secret is a parameter's name or ARN.

It is read in the role of the permission context, which is taken on as for everything else in AWS. A name, such as
``/sym/prod/okta``, is looked for in the context's region, an ARN in the region it names. A ``SecureString`` is
decrypted.

The role needs ``ssm:GetParameter`` on the parameters, and ``kms:Decrypt`` on the key if it is one of your own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from sym.sdk import schema as declared
from sym.sdk._secrets import SecretPlace
from sym.sdk.schema import attribute, schema
from sym.secret_sources._aws import AwsReader, text_of

ABSENT = ("ParameterNotFound", "ParameterVersionNotFound")
NEEDS = ("its policy must allow ssm:GetParameter on the parameter, where it goes by the tag SymEnv, the parameter must "
         "have that tag with the name of the environment, and a key of your own needs kms:Decrypt.")  # fmt: skip


@schema
class Settings:
    """Settings of the Parameter Store as a source."""

    context_id: str = attribute(
        "Id of the `sym_integration` of type `permission_context` that may read the parameters.",
        references="integration",
    )


class Source:
    """Reads parameters of AWS Systems Manager."""

    def __init__(self, reader: AwsReader) -> None:
        self._reader = reader

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source in the role of the context that ``settings`` name. Raises ValueError or LookupError if there is no
        way to it."""
        return cls(AwsReader.open(declared.read(Settings, settings).context_id, "ssm", place))

    def fetch(self, path: str) -> str:
        """The value of the parameter with this name or ARN, decrypted.

        Raises LookupError if there is none, PermissionError if the role may not read it, ValueError if it is empty,
        SymException if AWS could not be asked.
        """
        answer = self._reader.read(path, "get_parameter", ABSENT, NEEDS, Name=path, WithDecryption=True)
        return text_of(answer["Parameter"].get("Value"))
