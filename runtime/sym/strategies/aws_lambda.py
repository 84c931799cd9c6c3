"""``type = "aws_lambda"``: access granted by an AWS Lambda function, called once to grant and once to take away.

The function is called synchronously, with the event in the shape of the audit log: ``event.type`` is ``escalate`` or
``deescalate``, the requester ``run.actors.request.username``, and the fields of the request are under ``fields``. The
id in ``run.srn`` is the same in both calls of a run, so that things can be named by it. A call that failed is made
again with the same ``id``: doing it twice must be as good as once. The function has a minute.

It answers ``{"body": {…}, "errors": []}``. The body is what ``get_step_output`` gives to hooks; errors, a list of
texts, make the call fail. An answer of another shape counts as success, with a warning in the output. A function that
raises has failed, and is only called again to take access away.

The role needs ``lambda:InvokeFunction`` on the functions. There is nothing to read back: the function's word is taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sym.sdk.connection import Asking, Aws, failure
from sym.sdk.event import Event
from sym.sdk.exceptions.aws import AWSLambdaError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User

integration = "permission_context"
WAIT_SECONDS = 60.0
"""Shorter than the time after which the engine takes a call to be lost."""
WARNING = 'The function should answer {"body": {…}, "errors": []}; what it did answer is taken for success.'


@schema
class Settings:
    """An AWS Lambda strategy needs no settings."""


@schema
class Function:
    """A Lambda function."""

    arn: str = attribute("The ARN of the function.")


targets = {"aws_lambda_function": Function}
multiple: frozenset[str] = frozenset()


class Strategy(AccessStrategy):
    """What a Lambda function does, for as long as the access lasts."""

    needs_log_entry = True
    log_entry: dict[str, Any]
    """The event, as the audit log has it."""
    connection: Any
    """What ``sym.integrations.permission_context`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The e-mail address: the function is told who the requester is, and finds them itself."""
        return user.email or user.username

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Have the function grant it. Raises AWSLambdaError for the errors it answers."""
        return self._called(event)

    def deescalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Have the function take it away. Raises AWSLambdaError for the errors it answers."""
        return self._called(event)

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        requester = event.get_actor("request")
        who = (requester.email or requester.username) if requester else "the requester"
        return (f"Take back from {who} what the Lambda function {_arn(event)} granted in {event.run.srn}; its log in "
                "CloudWatch says what that was.")  # fmt: skip

    def _called(self, event: Event) -> dict[str, Any]:
        return output_of(invoke(self.connection, _arn(event), self.log_entry))


def invoke(connection: Any, arn: str, payload: Any) -> Any:
    """What the function answers, read from JSON; its text if it is none. Raises AWSLambdaError if the call, or the
    function, fails."""
    client, given = _client(connection, arn), json.dumps(payload).encode()
    answer = client.call("invoke", FunctionName=arn, InvocationType="RequestResponse", Payload=given)
    said = _read(answer["Payload"])
    if answer.get("FunctionError"):
        raise failure(AWSLambdaError, "FUNCTION_ERROR", f"The Lambda function {arn} failed: {_raised(said)} Its log in "
                      "CloudWatch says more.", retryable=False)  # fmt: skip
    return said


def output_of(answer: Any) -> dict[str, Any]:
    """The step output an answer makes. Raises AWSLambdaError, a bullet for each error, if it has any."""
    if not isinstance(answer, dict) or "body" not in answer or not isinstance(answer.get("errors"), list):
        return {"warning": WARNING, "answer": answer}
    if answer["errors"]:
        bullets = "".join(f"\n• {error if isinstance(error, str) else json.dumps(error)}" for error in answer["errors"])
        raise failure(AWSLambdaError, "ERRORS", f"The Lambda function answered errors:{bullets}", retryable=False)
    body = answer["body"]
    return body if isinstance(body, dict) else {"body": body}


def _invoke(asking: Asking) -> Any:
    """``aws_lambda.invoke``."""
    return invoke(asking.connection, str(asking.arguments["arn"]), _payload(asking))


def _invoke_async(asking: Asking) -> bool:
    """``aws_lambda.invoke_async``: whether AWS took it on (202)."""
    arn = str(asking.arguments["arn"])
    answer = _client(asking.connection, arn).call("invoke", FunctionName=arn, InvocationType="Event",
                                                  Payload=json.dumps(_payload(asking)).encode())  # fmt: skip
    return bool(answer.get("StatusCode") == 202)


functions = {"invoke": _invoke, "invoke_async": _invoke_async}


def _payload(asking: Asking) -> Any:
    """What the author passes. An event comes as the SRN of the one their code runs for."""
    payload, entry = asking.arguments.get("payload"), asking.log_entry
    if isinstance(payload, Mapping) and payload.keys() == {"event"}:
        return entry if str(payload["event"]).rpartition(":")[2] == entry["event"]["id"] else payload
    return payload


def _client(connection: Any, arn: str) -> Aws:
    parts = arn.split(":")
    region = parts[3] if arn.startswith("arn:") and len(parts) > 3 else None
    # One try: a call whose answer is late may have taken effect. The engine makes it again, and says so.
    client: Aws = connection.aws("lambda", AWSLambdaError, region=region, wait=WAIT_SECONDS, tries=1)
    return client


def _read(payload: Any) -> Any:
    text = payload.read().decode(errors="replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _raised(said: Any) -> str:
    """What a function that raised says: its error's type and text, not its stack."""
    if not isinstance(said, dict):
        return "it gives no reason."
    return ": ".join(str(said[key]) for key in ("errorType", "errorMessage") if said.get(key)).rstrip(".") + "."


def _arn(event: Event) -> str:
    return str(event.payload.fields["target"].settings["arn"])
