"""What the sources in AWS share: whose credentials they read with, and what their refusals say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sym.sdk._secrets import LONGEST_VALUE, SecretPlace
from sym.sdk.connection import failure
from sym.sdk.exceptions.aws import AWSError
from sym.sdk.exceptions.sym_exception import SymException

_NAME = re.compile(r"[A-Za-z0-9/_+=.@:!-]{1,2048}")


class AwsReader:
    """One service of AWS that keeps secrets, which boto3 calls ``service``, through a ``permission_context``."""

    def __init__(self, connection: Any, service: str) -> None:
        self._connection = connection
        self._service = service

    @classmethod
    def open(cls, context_id: str, service: str, place: SecretPlace) -> AwsReader:
        """A reader in the role of the context with an id. Raises ValueError where AWS cannot be reached, LookupError
        if there is no such context."""
        if place.aws is None:
            raise ValueError("This process was started without a way to AWS.")
        return cls(place.aws(context_id), service)

    def read(self, path: str, operation: str, absent: tuple[str, ...], needs: str, **given: Any) -> Mapping[str, Any]:
        """What AWS answers to ``operation`` about the secret at ``path``; ``absent`` are the codes that say there is
        none, ``needs`` is what the role must be allowed.

        Raises LookupError if there is none, PermissionError if the role may not read it, SymException for the rest.
        """
        if not _NAME.fullmatch(path):
            raise ValueError("this is no name of a secret in AWS.")
        try:
            client = self._connection.aws(self._service, AWSError, region=_region(path))
            answer: Mapping[str, Any] = client.call(operation, accept=absent, **given)
        except SymException as error:
            raise self._refused(error, path, needs) from None
        if "Error" in answer:
            raise LookupError(f"AWS has none of this name in {_region(path) or self._connection.region} that could be "
                              f"read ({answer['Error'].get('Code')}).")  # fmt: skip
        return answer

    def _refused(self, error: SymException, path: str, needs: str) -> Exception:
        code = error.error_code.rpartition(":")[2]
        if code == "FORBIDDEN":
            text = f"AWS does not let the role {self._connection.role_arn} read it: {needs}"
            return PermissionError(text)
        return failure(AWSError, code, f"The secret {path!r} could not be read: {error.message}",
                       status=getattr(error, "status", None), retryable=error.retryable)  # fmt: skip


def text_of(value: Any) -> str:
    """A value as text. Raises ValueError, without a word of it, if it is none, is empty or is too long."""
    if isinstance(value, bytes | bytearray):
        try:
            value = bytes(value).decode()
        except UnicodeDecodeError:
            value = None
    if not isinstance(value, str):
        raise ValueError("its value is not text.")
    if not value or len(value.encode()) > LONGEST_VALUE:
        raise ValueError("its value is empty." if not value else "its value is longer than 64 KiB.")
    return value


def _region(path: str) -> str | None:
    """The region an ARN names; None for a name, which is in the context's own."""
    parts = path.split(":")
    return parts[3] or None if path.startswith("arn:") and len(parts) > 5 else None
