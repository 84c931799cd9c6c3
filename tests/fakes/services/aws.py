"""AWS: moto's server, behind a proxy that fails, breaks and lags when it is told to. moto is kinder than AWS."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from tests.fakes.services.server import Answer, Request, ServiceVendor

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sym/SymConnector"
# The host stays: it is signed, and moto checks signatures where it checks policies.
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@functools.cache
def moto_url() -> str:
    """moto's server, one for the whole test run."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@contextmanager
def aws_environment(url: str) -> Iterator[None]:
    """boto3 finds AWS at ``url``, and credentials in the environment."""
    given = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "test-secret-key",
             "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}  # fmt: skip
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class AwsVendor(ServiceVendor):
    """AWS with nothing in it. ``changes`` are the names of operations that change something, ``looks`` of those whose
    answer lags when :meth:`lag_next` says so."""

    external_id: str = ACCOUNT
    settings: Mapping[str, Any] = {"cloud": "aws", "region": REGION, "role_arn": ROLE}
    changes: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    keys = ("AKIATEST", "test")
    """The access key of this test's own clients."""

    def __init__(self) -> None:
        super().__init__()
        requests.post(f"{moto_url()}/moto-api/reset", timeout=10)
        self._environment = aws_environment(self.url)
        self._environment.__enter__()
        self._lags = 0
        self._seen: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.calls: list[str] = []

    def client(self, service: str, region: str = REGION) -> Any:
        """A client of moto itself, past the proxy."""
        import boto3

        return boto3.client(service, endpoint_url=moto_url(), region_name=region, aws_access_key_id=self.keys[0],
                            aws_secret_access_key=self.keys[1])  # fmt: skip

    def lag_next(self) -> None:
        self._lags = 2

    def forbid_next(self, times: int = 1) -> None:
        """Refuse the next requests for want of permissions."""
        self.faults += ["forbid"] * times

    def close(self) -> None:
        self._environment.__exit__(None, None, None)
        super().close()

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        operation = operation_of(request)
        with self.lock:
            self.requests += 1
            self.calls.append(operation)
            fault = self.faults[0] if self.faults else ""
            if operation.startswith("AssumeRole"):
                fault = ""
            is_refused = fault in ("throttle", "forbid") or fault.startswith("status")
            if is_refused or (fault == "crash" and operation in self.changes):
                self.faults.pop(0)
            if fault == "forbid":
                return _refusal(request, 403, "AccessDeniedException", f"not authorized to perform {operation}"), True
            if fault == "throttle":
                return _refusal(request, 400, "ThrottlingException", "Rate exceeded"), True
            if fault.startswith("status"):
                return _refusal(request, int(fault.split()[1]), "InternalFailure", "failed"), True
            if operation in self.looks and self._lags and operation in self._seen:
                self._lags -= 1
                return self._seen[operation], True
            given = self._forward(request)
            if operation in self.looks:
                self._seen[operation] = given
            return given, not (fault == "crash" and operation in self.changes)

    def _forward(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        headers = {name: value for name, value in request.headers.items() if name not in _HOP}
        url = moto_url() + request.path + ("?" + "&".join(f"{k}={v}" for k, v in request.query.items())
                                           if request.query else "")  # fmt: skip
        answer = requests.request(request.method, url, data=request.body, headers=headers, timeout=20)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
        return answer.status_code, answer.content, kept


def operation_of(request: Request) -> str:
    """What is asked for: boto3 says it in a header, in the form, or in the path."""
    if target := request.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    form = request.form if b"Action=" in request.body else {}
    return form.get("Action") or f"{request.method} {request.path}"


def _refusal(request: Request, status: int, code: str, message: str) -> Answer:
    """A refusal in the protocol the service speaks: JSON, or XML where the operation is in a form."""
    if request.headers.get("x-amz-target"):
        return status, {"__type": code, "message": message}
    if b"Action=" not in request.body:
        return status, {"message": message}, {"x-amzn-ErrorType": code}
    text = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return status, text.encode(), {"Content-Type": "text/xml"}
