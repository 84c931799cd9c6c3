"""A Lambda function: moto's own run in containers, or answer what is queued, so this one is behind the proxy itself.

Source of its protocol: "Invoke" of the AWS Lambda API reference; FunctionError and the shape of what a function that
raised answers: "AWS Lambda function errors in Python".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

import jsonschema

from sym.audit.entry_schema import entry_schema
from tests.fakes.services.aws import ACCOUNT, REGION, AwsVendor
from tests.fakes.services.server import Request

Code = Callable[[dict[str, Any]], Any]


class Raised(Exception):
    """What a function raises."""


class LambdaFunction(AwsVendor):
    """A function that grants and takes away, for those it keeps in ``members``. ``payloads`` are all it was called
    with; they are held against the published schema of log entries. ``code`` is what it does."""

    def __init__(self, region: str = REGION) -> None:
        super().__init__()
        self.arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:grant"
        self.is_there = True
        self.target_settings = {"arn": self.arn}
        self._path = f"/2015-03-31/functions/{quote(self.arn, safe='')}/invocations"
        self.changes = (f"POST {self._path}",)
        self.members: set[str] = set()
        self.payloads: list[dict[str, Any]] = []
        self.code: Code = self.grants

    def grants(self, payload: dict[str, Any]) -> Any:
        """What a function should do: twice is as good as once."""
        requester = payload["run"]["actors"]["request"]["username"]
        change = {"escalate": self.members.add, "deescalate": self.members.discard}[payload["event"]["type"]]
        change(requester)
        return {"body": {"user": requester}, "errors": []}

    def _forward(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        if f"{request.method} {request.path}" not in self.changes:
            return super()._forward(request)
        if not self.is_there:  # moto's own would not say so
            told: dict[str, Any] = {"Type": "User", "Message": f"Function not found: {self.arn}"}
            return 404, json.dumps(told).encode(), {"x-amzn-ErrorType": "ResourceNotFoundException"}
        payload = request.json
        self.payloads.append(payload)
        if request.headers.get("x-amz-invocation-type") == "Event":
            return 202, b"", {}
        if isinstance(payload, dict) and "meta" in payload:
            if payload["state"] != {"status": "processing", "errors": []}:
                self.wrong.append(f"a payload in the state {payload['state']}")
            logged = {**payload, "state": {"status": "completed", "errors": []}}
            problems = jsonschema.Draft202012Validator(entry_schema()).iter_errors(logged)
            self.wrong += [f"{unquote(request.path)}: {problem.message}" for problem in problems]
        try:
            return 200, json.dumps(self.code(payload)).encode(), {}
        except Raised as error:
            told = {"errorMessage": str(error), "errorType": "Raised", "stackTrace": ['  File "/var/task/handler.py"']}
            return 200, json.dumps(told).encode(), {"X-Amz-Function-Error": "Unhandled"}

    def has_access(self, identity: str, target: str) -> bool:
        return identity in self.members

    def remove_target(self, target: str) -> None:
        """Delete the function; what it granted stays."""
        self.is_there = False
