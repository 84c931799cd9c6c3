"""Requests to AWS: credentials by a chain of roles, clients that are kept, errors that say what to do."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from sym.errors import Unavailable
from sym.sdk.connection import AwsRole, AwsService, failure
from sym.sdk.exceptions.sym_exception import SymException

MOST_CLIENTS = 64
SESSION_NAME = "symflow"
_THROTTLED = ("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException",
              "RequestLimitExceeded", "RequestThrottled", "PriorRequestNotComplete", "LimitExceededException",
              "ProvisionedThroughputExceededException")  # fmt: skip
_FORBIDDEN = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "KMSAccessDeniedException")
_UNAUTHORIZED = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
                 "SignatureDoesNotMatch", "InvalidSignatureException")  # fmt: skip
_ABSENT = ("NoSuchEntity", "ResourceNotFoundException", "NotFoundException")
_CONFLICTS = ("ConflictException", "EntityAlreadyExists", "ConcurrentModification", "ResourceConflictException")
_ADVICE = {
    "FORBIDDEN": "Give the role the permissions that the strategy's page lists.",
    "UNAUTHORIZED": "The worker's AWS credentials are not taken: see to them.",
    "THROTTLED": "AWS is asked too often: it is tried again later.",
}


class AwsSessions:
    """The clients of one process, kept by service, region and roles; their credentials renew themselves."""

    def __init__(self) -> None:
        self._clients: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._making = threading.Lock()

    def aws(self, service: AwsService) -> AwsClient:
        """Requests to ``service``. Raises Unavailable if boto3 is not installed."""
        return AwsClient(service, self._client(service))

    def _client(self, service: AwsService) -> Any:
        key = (service.name, service.region, service.roles, service.wait, service.tries)
        with self._making:  # boto3's sessions are not made to be shared; its clients are
            if key not in self._clients:
                self._clients[key] = _make_client(service)
                if len(self._clients) > MOST_CLIENTS:
                    self._clients.popitem(last=False)
            self._clients.move_to_end(key)
            return self._clients[key]


class AwsClient:
    """See :class:`sym.sdk.connection.Aws`."""

    def __init__(self, service: AwsService, client: Any) -> None:
        self._service = service
        self._client = client

    def call(self, operation: str, *, accept: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
        """See ``Aws.call``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in accept:
                return dict(error.response)
            raise self._refused(operation, error) from None
        except BotoCoreError as error:
            raise self._unreached(operation, error) from None
        return answer

    def pages(self, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """See ``Aws.pages``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for page in self._client.get_paginator(operation).paginate(**arguments):
                yield from page.get(key, ())
        except ClientError as error:
            raise self._refused(operation, error) from None
        except BotoCoreError as error:
            raise self._unreached(operation, error) from None

    def _refused(self, operation: str, error: Any) -> SymException:
        answer = error.response
        code, said = answer.get("Error", {}).get("Code", ""), answer.get("Error", {}).get("Message", "")
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
        name = _name(code, status)
        # Taking on a role fails under the name of another operation.
        asked = getattr(error, "operation_name", operation)
        text = f"AWS answered {code} to {self._service.name}:{asked}: {said.rstrip('.')}. {_ADVICE.get(name, '')}"
        made = failure(self._service.error, name, text.strip(), status=status,
                       retryable=name in ("THROTTLED", "UNAVAILABLE", "CONFLICT"))  # fmt: skip
        made.code = code  # type: ignore[attr-defined]
        return made

    def _unreached(self, operation: str, error: Exception) -> SymException:
        from botocore.exceptions import (
            ConnectionError as NoConnection,
        )  # fmt: skip
        from botocore.exceptions import (
            ConnectTimeoutError,
            HTTPClientError,
            NoCredentialsError,
            ReadTimeoutError,
        )
        from botocore.parsers import ResponseParserError

        if isinstance(error, NoCredentialsError):
            text = "The worker has no AWS credentials: run it with an instance profile or a service account."
            return failure(self._service.error, "UNAUTHORIZED", text, retryable=False)
        name = "TIMEOUT" if isinstance(error, ReadTimeoutError | ConnectTimeoutError) else "UNREACHABLE"
        passes = isinstance(error, HTTPClientError | NoConnection | ResponseParserError)
        what = "could not be reached in time" if passes else f"could not be asked ({type(error).__name__})"
        return failure(self._service.error, name if passes else "REJECTED",
                       f"AWS {self._service.name}:{operation} {what}.", retryable=passes)  # fmt: skip


def _name(code: str, status: int | None) -> str:
    for names, name in ((_THROTTLED, "THROTTLED"), (_FORBIDDEN, "FORBIDDEN"), (_UNAUTHORIZED, "UNAUTHORIZED"),
                        (_ABSENT, "NOT_FOUND"), (_CONFLICTS, "CONFLICT")):  # fmt: skip
        if code in names:
            return name
    return "UNAVAILABLE" if (status or 0) >= 500 else "REJECTED"


def _make_client(service: AwsService) -> Any:
    try:
        from botocore.config import Config
    except ImportError:
        raise Unavailable("AWS is reached with boto3, which is not installed.",
                          hint="Install symflow[aws] where the worker runs.") from None  # fmt: skip
    retries = {"mode": "standard", "total_max_attempts": service.tries}
    options = Config(connect_timeout=5, read_timeout=service.wait, retries=retries)
    return _session(service.roles).create_client(service.name, region_name=service.region, config=options)


def _session(roles: tuple[AwsRole, ...]) -> Any:
    """A session with the credentials of the last of ``roles``, taken on when they are needed and renewed in time."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    session = _plain_session()
    for role in roles:
        extra = {"RoleSessionName": SESSION_NAME} | ({"ExternalId": role.external_id} if role.external_id else {})
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=session.create_client, source_credentials=session.get_credentials(),
            role_arn=role.arn, extra_args=extra, cache={},
        )  # fmt: skip
        session = _plain_session()
        session._credentials = DeferredRefreshableCredentials(
            method="assume-role", refresh_using=fetcher.fetch_credentials
        )
    return session


def _plain_session() -> Any:
    import botocore.session

    session = botocore.session.get_session()
    session.register_component("data_loader", _descriptions())
    return session


@functools.cache
def _descriptions() -> Any:
    """AWS's descriptions of its services: megabytes of JSON, which each session would read again."""
    import botocore.session
    from botocore.loaders import create_loader

    return create_loader(botocore.session.get_session().get_config_variable("data_path"))
