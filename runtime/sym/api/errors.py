"""Every error the API answers with, in one shape, whatever went wrong and wherever."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from sym.errors import (
    Conflict,
    InUse,
    Invalid,
    NotFound,
    NotServed,
    Recovering,
    Refused,
    Retryable,
    SymError,
    Unauthenticated,
    Unavailable,
)
from sym.oidc.web import IssuerUnavailable

_LOG = logging.getLogger(__name__)

# The first class that fits decides: status, and the code of an error that has none of its own.
_ANSWERS: tuple[tuple[type[SymError], int, str], ...] = (
    (Invalid, 400, "API:INVALID_REQUEST"),
    (NotServed, 400, "API:NOT_SERVED"),
    (Unauthenticated, 401, "Auth:INVALID_TOKEN"),
    (Refused, 403, "Auth:FORBIDDEN"),
    (NotFound, 404, "API:NOT_FOUND"),
    (InUse, 409, "API:IN_USE"),
    (Conflict, 409, "API:CONFLICT"),
    (Retryable, 503, "API:RETRY"),
    (Unavailable, 503, "API:UNAVAILABLE"),
)
# The one conflict that clients have always known as a bad request.
_STATUS_BY_CODE = {"DeescalateAPI:INVALID_RUN": 400}
# Conflicts that pass by themselves, and in how many seconds they should be asked about again.
_PASSING = {"Idempotency:IN_PROGRESS": 1}
_CODES = {
    404: "API:NOT_FOUND",
    405: "API:METHOD_NOT_ALLOWED",
    413: "API:BODY_TOO_LARGE",
    415: "API:UNSUPPORTED_MEDIA_TYPE",
    429: "RateLimit:EXCEEDED",
}
_MESSAGES = {404: "There is nothing at this address.", 405: "This address does not take that method."}


class FieldProblem(BaseModel):
    """What is wrong with one field; ``field`` is its path in the body, such as ``flow_inputs.reason``."""

    field: str
    message: str


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: bool = True
    message: str
    errors: list[FieldProblem] = Field(default_factory=list)
    code: str = Field(examples=["RequestAPI:INVALID_INPUTS"])
    status_code: int
    is_retryable: bool = False


Problems = list[tuple[str, str]]


def answer(
    status: int, code: str, message: str, problems: Problems | None = None, *, retry_after: int | None = None
) -> JSONResponse:
    """An error's response; ``problems`` are (field, message) pairs. What is worth another try says so, and after how
    many seconds: a 503, and whatever has ``retry_after``."""
    if status == 503 and retry_after is None:
        retry_after = 5
    body = ErrorBody(
        message=message,
        errors=[FieldProblem(field=field, message=text) for field, text in problems or []],
        code=code,
        status_code=status,
        is_retryable=retry_after is not None,
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def too_many(wait: int) -> JSONResponse:
    """The answer to a call too many; the next may come in ``wait`` seconds."""
    message = f"Too many calls: try again in {wait} seconds."
    return answer(429, "RateLimit:EXCEEDED", message, retry_after=wait)


def answer_to(error: Exception) -> JSONResponse | None:
    """The answer that ``error`` stands for, None for a fault of ours that nothing is known about."""
    if isinstance(error, SymError):
        return _to_sym_error(error)
    if isinstance(error, RequestValidationError):
        return _to_validation_error(error)
    return _to_http_exception(error) if isinstance(error, HTTPException) else None


def install(app: FastAPI) -> None:
    """Make ``app`` answer with this module's body for everything it, FastAPI or Starlette refuses."""
    for kind in (SymError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _on_known)


async def _on_known(_: Request, raised: Exception) -> JSONResponse:
    response = answer_to(raised)
    assert response is not None, "it is installed for what has an answer"
    return response


def _to_sym_error(error: SymError) -> JSONResponse:
    fits = ((status, code) for kind, status, code in _ANSWERS if isinstance(error, kind))
    status, code = next(fits, (500, "API:INTERNAL"))
    if status >= 500:
        if isinstance(error, (Recovering, IssuerUnavailable)):
            return answer(status, error.code or code, str(error))
        # Such messages name files, addresses and statements of this machine: they are for its log.
        _LOG.error("answered %d: %s", status, error, exc_info=error if status == 500 else None)
        message = "The server cannot do this now; try again soon." if status == 503 else internal_message()
        return answer(status, error.code or code, message)
    problems = getattr(error, "problems", None) or ([(error.path, error.message)] if error.path else [])
    status, code = _STATUS_BY_CODE.get(error.code, status), error.code or code
    return answer(status, code, str(error), problems, retry_after=_PASSING.get(code))


def _to_validation_error(error: RequestValidationError) -> JSONResponse:
    problems = [(_field(item["loc"]), _reason(item)) for item in error.errors()]
    message = "The request is not valid: " + "; ".join(f"{field or 'body'}: {text}" for field, text in problems)
    return answer(400, "API:INVALID_REQUEST", message, problems)


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location[1:])


def _reason(item: dict[str, Any]) -> str:
    if item["type"] == "extra_forbidden":
        return "there is no such key"
    if item["type"] == "missing":
        return "a value is required"
    return str(item["msg"])


def _to_http_exception(error: HTTPException) -> JSONResponse:
    status = error.status_code
    response = answer(status, _CODES.get(status, "API:REFUSED"), _MESSAGES.get(status, str(error.detail)))
    response.headers.update(error.headers or {})
    return response


def internal_message() -> str:
    """What a caller learns of a fault on our side; the rest is in the log, under the request's id."""
    return "Something went wrong on the server. Its log says more under the id in X-Sym-Request-ID."
