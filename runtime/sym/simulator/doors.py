"""From an HTTP request to a method of the Web API, and back."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sym.simulator.acting import Acting
from sym.simulator.apps import Installation
from sym.simulator.errors import ApiError
from sym.simulator.web_api import METHODS
from sym.simulator.web_api.calling import Answer, Call, Method

_DOCUMENTS = ("blocks", "attachments", "view", "metadata")
LARGEST_BODY = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in; header names are in lower case."""

    method: str
    headers: Mapping[str, str]
    query: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Response:
    """What goes out."""

    document: Answer
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Door:
    """Carries out calls of the Web API."""

    def __init__(self, acting: Acting) -> None:
        self._acting, self._slack = acting, acting.slack

    def answer(self, request: Request) -> Response:
        """Carry out one call, and note it in the log."""
        started, caller = time.monotonic(), None
        try:
            arguments = _arguments(request)
            caller = self._caller_of(_token(request, arguments))
            response = Response(document={"ok": True, **self._carry_out(request, arguments, caller)})
        except ApiError as error:
            wait = error.more.pop("retry_after", None)
            headers = {"Retry-After": str(wait)} if wait else {}
            response = Response(document=error.as_json(), status=error.status, headers=headers)
        if caller is not None:
            response.headers["X-OAuth-Scopes"] = ",".join(caller.scopes)
        self._note(request.method, response, caller, round((time.monotonic() - started) * 1000))
        return response

    def _note(self, method: str, response: Response, caller: Installation | None, milliseconds: int) -> None:
        document = response.document
        self._slack.journal.add(
            "call", method, document.get("error", "ok"), at=self._slack.now(), team=caller.team if caller else None,
            details=document.get("response_metadata", {}).get("messages", []), milliseconds=milliseconds,
        )  # fmt: skip
        self._slack.changes.add("log", team=caller.team if caller else None)

    def _caller_of(self, token: str | None) -> Installation | None:
        return self._slack.app.of_token(token) if token else None

    def _carry_out(self, request: Request, arguments: Mapping[str, Any], caller: Installation | None) -> Answer:
        method = METHODS.get(request.method)
        if method is None:
            raise ApiError("unknown_method", req_method=request.method)
        with self._slack.lock:
            self._admit(method, _token(request, arguments), caller)
            call = Call(
                slack=self._slack, sockets=self._acting.delivery.sockets, events=self._acting.events,
                method=request.method, arguments=arguments, basic=_basic(request), caller=caller,
            )  # fmt: skip
            if caller is not None:
                call.needs(*method.scopes)
                self._limit(request.method, caller, arguments)
            return method.answer(call)

    def _admit(self, method: Method, token: str | None, caller: Installation | None) -> None:
        app = self._slack.app
        if not method.by:
            return
        if not token:
            raise ApiError("not_authed")
        if token in app.revoked:
            raise ApiError("token_revoked")
        is_app_token = token == app.app_token
        if not is_app_token and caller is None:
            raise ApiError("invalid_auth")
        if is_app_token is not (method.by == "app"):
            raise ApiError("not_allowed_token_type")

    def _limit(self, method: str, caller: Installation, arguments: Mapping[str, Any]) -> None:
        wait = self._slack.limiter.wait(method, caller.team, arguments.get("channel"))
        if wait:
            raise ApiError("ratelimited", status=429, retry_after=wait)


def _arguments(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(parse_qsl(request.query, keep_blank_values=True))
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if len(request.body) > LARGEST_BODY:
        raise ApiError("invalid_post_type", status=413)
    if kind == "application/json" and request.body:
        arguments |= _json(request.body)
    elif kind in ("application/x-www-form-urlencoded", ""):
        arguments |= dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    elif request.body:
        raise ApiError("invalid_post_type")
    for name in _DOCUMENTS:
        if isinstance(arguments.get(name), str):
            arguments[name] = _read(name, arguments[name])
    return arguments


def _json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(document, dict):
        raise ApiError("json_not_object")
    return document


def _read(name: str, text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        codes = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
        raise ApiError(codes.get(name, "invalid_arguments"), [f"[ERROR] invalid JSON [json-pointer:/{name}]"]) from None


def _token(request: Request, arguments: Mapping[str, Any]) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    given = arguments.get("token")
    return given if isinstance(given, str) and given else None


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret
