"""The API as ``symflow`` uses it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

from sym.errors import Conflict, Invalid, NotFound, Refused, Retryable, SymError, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from sym.commands._asked import Ask, Wanted
    from sym.engine.audit_keys import PublicKeys

Document = dict[str, Any]
Documents = list[Document]
_SECONDS = (5, 30)  # to connect, to answer
# How often a busy server is asked, and how long it may have one wait each time.
_BUSY = (429, 503)
_TRIES, _LONGEST_WAIT = 4, 30.0
_PAGE = 500
_ERRORS: dict[int, type[SymError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Refused,
    404: NotFound,
    409: Conflict,
    429: Retryable,
    503: Unavailable,
}


class _Bearer(requests.auth.AuthBase):
    # Not a header: requests would replace that by what a ~/.netrc says about the host.
    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Api:
    """The server at ``api_url``, spoken to with ``token`` (None: what needs none). Methods raise the errors that
    its answers stand for."""

    def __init__(self, api_url: str, token: str | None) -> None:
        self._url = api_url
        self._auth = _Bearer(token)

    def send(
        self, method: str, path: str, body: Document | None = None, query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Document:  # fmt: skip
        """Ask for ``path`` (with ``query``, of which what is None is left out); gives the answer's document. While the
        server is busy (429, 503) it is asked again when it says so; what is to be done once has a key, the same each
        time."""
        if method == "POST":
            headers = {"Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        response = self._ask(method, path, body, query, headers)
        for _ in range(_TRIES - 1):
            if response.status_code not in _BUSY:
                break
            time.sleep(_wait(response.headers.get("Retry-After", "")))
            response = self._ask(method, path, body, query, headers)
        try:
            document = response.json()
        except ValueError:
            document = None
        if response.status_code == 200 and isinstance(document, dict):
            return document
        raise _error(response, document if isinstance(document, dict) else {})

    def _ask(self, method: str, path: str, body: Document | None, query: Mapping[str, Any] | None,
             headers: Mapping[str, str] | None) -> requests.Response:  # fmt: skip
        given = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            return requests.request(
                method, self._url + path, json=body, params=given, headers=dict(headers or {}), auth=self._auth,
                timeout=_SECONDS, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise Unavailable(f"The server at {self._url} does not answer: {type(error).__name__}.") from error

    def pages(self, path: str, key: str, query: Mapping[str, Any] | None = None) -> Documents:
        """The whole of a list that the server gives a page at a time: ``key`` names the list in the answer."""
        found: Documents = []
        cursor = None
        while True:
            page = self.send("GET", path, query={**(query or {}), "limit": _PAGE, "cursor": cursor})
            found += page[key]
            cursor = page.get("next_cursor")
            if cursor is None:
                return found

    def listing(self, path: str) -> Documents:
        """The list that is the whole answer for ``path``, as those of ``/entities`` are."""
        try:
            response = requests.get(self._url + path, auth=self._auth, timeout=_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise Unavailable(f"The server at {self._url} does not answer: {type(error).__name__}.") from error
        try:
            document = response.json()
        except ValueError:
            document = None
        if response.status_code == 200 and isinstance(document, list):
            return document
        raise _error(response, document if isinstance(document, dict) else {})


def segment(text: str) -> str:
    """``text`` as one part of a path."""
    return quote(text, safe="")


class RemoteGateway:
    """Runs on a server. Raises the errors that the server's answers stand for."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def request(self, ask: Ask) -> Document:
        """Ask for access."""
        body = {"flow_srn": ask.flow, "flow_inputs": ask.inputs, "context": ask.context}
        whom = {"user_email": ask.user_email, "user_id": ask.user_id}
        body |= {name: value for name, value in whom.items() if value is not None}
        headers = {"Idempotency-Key": ask.idempotency_key} if ask.idempotency_key is not None else None
        return self._api.send("POST", "/events/request", body, headers=headers)

    def act(self, name: str, run_id: str, message: str | None, **details: Any) -> dict[str, Any]:
        """Do something to a run."""
        said = "reason" if name == "remove" else "message"
        # What is not asked for is left out: an older server need not know it.
        given = {said: message, **details}
        body = {"run_id": run_id, **{key: value for key, value in given.items() if value not in (None, False)}}
        return self._api.send("POST", f"/events/{name}", body)

    def show(self, run_id: str) -> dict[str, Any]:
        """A run."""
        return self._api.send("GET", f"/runs/{segment(run_id)}")

    def trace(self, run_id: str) -> Documents:
        """How the decisions of a run came about."""
        trace: Documents = self._api.send("GET", f"/runs/{segment(run_id)}/trace")["trace"]
        return trace

    def receipt_keys(self) -> PublicKeys:
        """The public keys of receipts."""
        import json

        from sym.engine.audit_keys import read_public_keys

        return read_public_keys(json.dumps(self._api.send("GET", "/jwks.json")))

    def list(self, wanted: Wanted) -> Documents:
        """The newest runs, a page at a time."""
        query: Document = {"status": wanted.status, "flow": wanted.flow, "requester": wanted.requester,
                           "since": wanted.since.isoformat() if wanted.since else None}  # fmt: skip
        runs: Documents = []
        cursor = None
        while len(runs) < wanted.limit:
            rest = min(wanted.limit - len(runs), _PAGE)
            page = self._api.send("GET", "/runs", query={"limit": rest, **query, "cursor": cursor})
            runs += [run for run in page["runs"] if wanted.fits(run)]
            cursor = page.get("next_cursor")
            if cursor is None:
                break
        return runs

    def leases(self, status: str | None, user: str | None, limit: int, offset: int) -> Documents:
        """Leases that one may see."""
        query = {"limit": limit, "offset": offset, "status": status, "user": user}
        leases: Documents = self._api.send("GET", "/leases", query=query)["leases"]
        return leases

    def drift(self) -> dict[str, Any]:
        """What differs from what was approved."""
        return self._api.send("GET", "/drift")


def _error(response: requests.Response, document: dict[str, Any]) -> SymError:
    kind = _ERRORS.get(response.status_code, SymError)
    message = document.get("message")
    if not isinstance(message, str):
        return kind(f"The server gave an unexpected answer with status {response.status_code}.",
                    hint="Is SYM_API_URL right? It ends with /api/v1.")  # fmt: skip
    request_id = response.headers.get("X-Sym-Request-ID", "")
    hint = f"Request id: {request_id}." if response.status_code >= 500 and request_id else ""
    return kind(message, hint=hint, code=str(document.get("code", "")))


def _wait(retry_after: str) -> float:
    """The seconds that a server asks to wait; one if it does not say."""
    return min(float(retry_after), _LONGEST_WAIT) if retry_after.isascii() and retry_after.isdigit() else 1.0
