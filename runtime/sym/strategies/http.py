"""``type = "http"``: access granted by a web service of yours, which is asked to grant it and to take it away.

Every request is a POST of JSON to `url`, signed with `signing_secret`; both are needed. Headers:

* `Sym-Timestamp`: when it was made, in seconds since 1970. Refuse what is older than five minutes.
* `Sym-Signature`: `v1=` and the HMAC-SHA256 of `v1:<timestamp>:<body>` in hexadecimal digits.
* `Idempotency-Key`, of `escalate` and `deescalate`: the event's id, the same when a call is repeated.

The body has `version` (1), `action`, `requester` (`id`, `username`, `email`, `first_name`, `last_name`, `identity`),
`event` (`id`, `name`), `run`, `target` (`id`, `type`, `name`, `label`, `settings`) and `fields`. Answers, by action:

* `escalate`, `deescalate`: `{"status": "succeeded", "output": {…}}`; or `"in_progress"` with an `operation_id`; or
  `"failed"` with a `message` and perhaps `"retryable": true`. `output` may be left out; `deescalate` sends it along. Of
  access that is not there `deescalate` says `{"status": "already_gone"}` with status 404; any other 404 is a failure.
* `poll`: the same, about the `operation` that is in progress (`id`, `data`). What failed is begun again, a few times.
* `is_escalated`: `{"escalated": true}` or false.
* `get_requester_identity`: `{"user_id": "…"}`, or null. Asked, with nothing but the requester, where the strategy has
  an integration, to which identities belong. Without one `identity` is null.
* `list_active`: `{"active": ["…"]}`, everybody who has the access of `target.settings`, which is all that is sent.

The last three may be answered with status 501 by a service that cannot tell. Nothing else counts, and redirects are not
followed. Statuses 408, 425, 429 and from 500 are tried again. `runtime/docs/http-strategy.md` has an example.

What the settings and the target were called elsewhere is not known: these names are this project's own, and none is
required to be there when Terraform applies. The strategy works without an integration, and with one of any type.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from sym.sdk.connection import ConnectionHost, Reply, Service
from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.http import HTTPError
from sym.sdk.schema import attribute, schema
from sym.sdk.secret import Secret
from sym.sdk.strategies import AccessStrategy, Operation
from sym.sdk.templates import get_step_output
from sym.sdk.user import User

integration: str | None = None
integration_optional = True


@schema
class Settings:
    """Settings of an HTTP strategy."""

    takes_any_setting: ClassVar[bool] = True

    url: str | None = attribute("The address that is called.", default=None)
    signing_secret: str | None = attribute(
        "Id of the `sym_secret` with the key that requests are signed with.", default=None, references="secret"
    )


@schema
class Target:
    """What a `sym_target` of type `http` names. Any other setting is sent along as it is."""

    takes_any_setting: ClassVar[bool] = True

    identifier: str | None = attribute("What the service is asked to grant access to.", default=None)


targets = {"http": Target}
multiple: frozenset[str] = frozenset()


def account(settings: Mapping[str, Any]) -> str:
    """The address without what may be secret in it: services at different addresses grant different things."""
    parts = urlsplit(str(settings.get("url") or ""))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def connect(host: ConnectionHost, settings: Mapping[str, Any]) -> Connection:
    """The service at ``settings["url"]``. Raises HTTPError if the settings are not complete."""
    parts, secret = urlsplit(str(settings.get("url") or "")), settings.get("signing_secret")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise HTTPError("NOT_CONFIGURED", "The strategy needs settings.url, an https:// address to call.")
    if not isinstance(secret, Secret):
        raise HTTPError("NOT_CONFIGURED", "The strategy needs settings.signing_secret, the id of a sym_secret.")
    site = f"{parts.scheme}://{parts.netloc}"
    service = Service(name=f"The service at {parts.hostname}", base_url=site, error=HTTPError, reason=_reason)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Connection(host, service, path, secret)


class Connection:
    """One service. Raises HTTPError."""

    def __init__(self, host: ConnectionHost, service: Service, path: str, secret: Secret) -> None:
        self._host, self._service, self._path, self._secret = host, service, path, secret

    def ask(self, document: Mapping[str, Any], *, key: str | None = None, accept: tuple[int, ...] = ()) -> Reply:
        """Post a signed request; ``key`` is its idempotency key."""
        body = json.dumps({"version": 1, **document}, separators=(",", ":")).encode()
        more = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        # What is signed is part of the credentials: they are made anew if the service does not take them.
        http = self._host.http(replace(self._service, headers=lambda: {**more, **self._signed(body)}))
        return http.send("POST", self._path, data=body, accept=accept)

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._host.now().timestamp()))
        text = b":".join((b"v1", timestamp.encode(), body))
        digest = hmac.new(self._host.secret(str(self._secret.id)).encode(), text, hashlib.sha256).hexdigest()
        return {"Sym-Timestamp": timestamp, "Sym-Signature": f"v1={digest}"}


class Strategy(AccessStrategy):
    """Whatever the service makes of it, for as long as the access lasts."""

    connection: Any
    """What :func:`connect` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """Whom the service says; the e-mail address if it cannot tell."""
        question = {"action": "get_requester_identity", "requester": _person(user, None)}
        reply = self.connection.ask(question, accept=(501,))
        if reply.status == 501:
            return user.email
        found = _read(reply, "user_id", (str, type(None)))
        return found or None

    def escalate(self, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """Have the service grant it."""
        return self._change("escalate", target_id, event)

    def deescalate(self, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """Have the service take it away."""
        return self._change("deescalate", target_id, event)

    def poll(self, operation: Operation, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """How the service is getting on."""
        asked = {"id": operation.id, "data": operation.data}
        reply = self.connection.ask({**self._document("poll", target_id, event), "operation": asked})
        return _outcome(reply, operation.id)

    def is_escalated(self, target_id: str, event: Event) -> bool:
        """What the service says. Raises NotImplementedError if it cannot tell."""
        reply = self.connection.ask(self._document("is_escalated", target_id, event), accept=(501,))
        return bool(_read(_able(reply), "escalated", (bool,)))

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """Whom the service lists. Raises NotImplementedError if it cannot tell."""
        reply = self.connection.ask({"action": "list_active", "target": {"settings": settings}}, accept=(501,))
        yield from (str(item) for item in _read(_able(reply), "active", (list,)))

    def manual_instructions(self, target_id: str, event: Event) -> str:
        """How a person takes the access away."""
        requester = event.get_actor("request")
        who = self._identity(event) or (requester.username if requester else "the requester")
        return f"Have those who run {account(self.settings)} take {target_id} away from {who}."

    settings: dict[str, Any]

    def _change(self, action: str, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        document = self._document(action, target_id, event)
        if action == "deescalate":
            document["output"] = get_step_output("escalate")
        accept = (404,) if action == "deescalate" else ()
        reply = self.connection.ask(document, key=str(event.srn.identifier), accept=accept)
        if reply.status != 404:
            return _outcome(reply)
        if reply.json() == {"status": "already_gone"}:
            raise AlreadyGone("The service says that the access is gone already.")
        raise HTTPError(
            "NOT_FOUND", 'The service answered 404 without {"status": "already_gone"}: is settings.url right?'
        )

    def _identity(self, event: Event) -> str | None:
        return self.get_requester_identity(event) if self.integration is not None else None

    def _document(self, action: str, target_id: str, event: Event) -> dict[str, Any]:
        requester, target = event.get_actor("request"), event.payload.fields["target"]
        fields = {name: value for name, value in event.payload.fields.items() if name not in ("target", "target_id")}
        return {
            "action": action,
            "event": {"id": str(event.srn.identifier), "name": event.name},
            "run": str(event.run.srn.identifier),
            "requester": _person(requester, self._identity(event)) if requester else None,
            "target": {"id": target_id, "type": target.type, "name": target.name, "label": target.label,
                       "settings": target.settings},
            "fields": json.loads(json.dumps(fields, default=str)),
        }  # fmt: skip


def _person(user: User, identity: str | None) -> dict[str, Any]:
    return {"id": str(user.id), "username": user.username, "email": user.email, "first_name": user.first_name,
            "last_name": user.last_name, "identity": identity}  # fmt: skip


def _outcome(reply: Reply, polled: str = "") -> dict[str, Any] | Operation | None:
    status, body = _read(reply, "status", (str,)), reply.json()
    output, message = body.get("output"), str(body.get("message") or "The service gave no reason.")[:500]
    if output is not None and not isinstance(output, dict):
        raise _unreadable("output must be an object")
    if status == "succeeded":
        return output
    if status == "in_progress" and body.get("operation_id"):
        return Operation(id=str(body["operation_id"]), status="IN_PROGRESS", data=output)
    if status == "failed" and polled:
        return Operation(id=polled, status="FAILED", message=message)
    if status == "failed":
        error = HTTPError("FAILED", f"The service failed: {message}")
        error.retryable = body.get("retryable") is True
        raise error
    raise _unreadable("status must be succeeded, in_progress (with an operation_id) or failed")


def _read(reply: Reply, name: str, kinds: tuple[type, ...]) -> Any:
    body = reply.json()
    if not isinstance(body, dict) or name not in body or not isinstance(body[name], kinds):
        raise _unreadable(f"a JSON object with {name} is needed")
    return body[name]


def _able(reply: Reply) -> Reply:
    if reply.status == 501:
        raise NotImplementedError
    return reply


def _unreadable(why: str) -> HTTPError:
    return HTTPError("UNREADABLE", f"The service gave an answer that is not understood: {why}.")


def _reason(reply: Reply) -> str:
    body = reply.json()
    return str(body.get("message") or "") if isinstance(body, dict) else ""
