"""One Sym server: calls to it, repeated where that is safe, and the errors its answers stand for."""

from __future__ import annotations

import copy
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sym import entities
from sym.errors import Conflict, InUse, Invalid, NotFound, Refused, SymError, Unauthenticated, Unavailable
from sym_provider import __version__

if TYPE_CHECKING:
    import requests

_IDEMPOTENT = frozenset({"GET", "PATCH", "DELETE"})
_WORTH_ANOTHER_TRY = (500, 502, 503, 504)
_TOO_MANY = 429
_LONGEST_WAIT = 30
_REQUEST_ID = "X-Sym-Request-ID"


@dataclass(frozen=True, kw_only=True)
class Access:
    """A server's ``url``, which includes ``/api/v1``, and the ``token`` to use there.

    ``origin`` is what errors call the place the token comes from; ``org``, unless it is empty, must be the server's
    organization. Raises Invalid for a token that no header can hold.
    """

    url: str
    token: str = field(repr=False)
    origin: str
    org: str = ""

    def __post_init__(self) -> None:
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            hint = "Set it again, without spaces and line breaks."
            raise Invalid(f"The token in {self.origin} holds characters that no token has.", hint=hint)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a server is waited for: seconds to ``connect`` and to ``answer``; how often a call is made again, after
    ``pause`` seconds, doubled each time."""

    connect: float = 10
    answer: float = 60
    retries: int = 4
    pause: float = 0.5


class Gone(NotFound):
    """The server says that there is no such resource. That there is no such address is another error."""


@dataclass(frozen=True)
class _Answer:
    status: int
    document: Any  # None if it was no JSON
    place: str  # how errors name the call

    @property
    def body(self) -> Mapping[str, Any]:
        return self.document if isinstance(self.document, Mapping) else {}


class Server:
    """The server of ``access``. Nothing is sent, nor requests imported, before the first call.

    The first call asks the server's version; what that comes to holds for all others, so that a server that does not
    answer is waited for once. GET, PATCH and DELETE are repeated when they fail for a reason that may pass, POST only
    as long as no connection came about, or when the server says that it was a call too many. Safe to share between
    threads.
    """

    def __init__(self, access: Access, patience: Patience) -> None:
        self._access = access
        self._url = access.url.rstrip("/")
        self._patience = patience
        self._session: requests.Session | None = None
        self._problem: SymError | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Let go of the connections. A later call opens new ones."""
        with self._opening:
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> Any:
        """The JSON the server answers with. Raises Gone; another SymError, its ``path`` a place in ``body``, for
        what else the server refuses; Unavailable for what it cannot do or say."""
        answer = self._send(self._opened(), method, path, body=body, query=query)
        if answer.status == 200 and answer.document is not None:
            return answer.document
        raise self._error(answer)

    def _opened(self) -> requests.Session:
        with self._opening:
            if self._problem is not None:
                raise copy.copy(self._problem)
            if self._session is None:
                session = self._open()
                try:
                    self._check(session)
                except SymError as problem:
                    session.close()
                    self._problem = problem
                    raise
                self._session = session
            return self._session

    def _open(self) -> requests.Session:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        tries = self._patience.retries
        retry = Retry(
            total=tries, connect=tries, status=tries, read=min(tries, 2), other=0, redirect=0,
            allowed_methods=_IDEMPOTENT, status_forcelist=_WORTH_ANOTHER_TRY, raise_on_status=False,
            backoff_factor=self._patience.pause, backoff_max=10,
            respect_retry_after_header=False,  # it may say hours
        )  # fmt: skip
        session = requests.Session()
        session.auth = self._authorize  # not a header: requests would replace that by what a ~/.netrc says
        session.headers["User-Agent"] = f"terraform-provider-sym/{__version__}"
        session.headers[entities.VERSION_HEADER] = __version__
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry, pool_maxsize=32))
        return session

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._access.token}"
        return request

    def _send(self, session: requests.Session, method: str, path: str, **content: Any) -> _Answer:
        import requests

        request_id = str(uuid.uuid4())
        try:
            response = self._patiently(session, method, path, request_id, content)
        except requests.RequestException as problem:
            reason = f"{type(problem).__name__} ({method} {path}, request id {request_id})"
            hint = "Is SYM_API_URL right, and does the server run?"
            if method == "POST":
                hint += (
                    " If a connection was made, the resource may be stored: should the next apply say so, import it."
                )
            raise Unavailable(f"The server at {self._url} does not answer: {reason}.", hint=hint) from problem
        place = f"{method} {path}, request id {response.headers.get(_REQUEST_ID) or request_id}"
        try:
            return _Answer(response.status_code, response.json(), place)
        except ValueError:
            return _Answer(response.status_code, None, place)

    def _patiently(
        self, session: requests.Session, method: str, path: str, request_id: str, content: Mapping[str, Any]
    ) -> requests.Response:
        """The answer; a call too many is made again when the server says, POSTs too: nothing came of them."""
        for attempt in range(self._patience.retries + 1):
            response = session.request(
                method, self._url + path, params=content.get("query"), json=content.get("body"),
                headers={_REQUEST_ID: request_id}, allow_redirects=False,
                timeout=(self._patience.connect, self._patience.answer),
            )  # fmt: skip
            if response.status_code != _TOO_MANY or attempt == self._patience.retries:
                break
            said = response.headers.get("Retry-After", "")
            asked = int(said[:6]) if said.isascii() and said.isdigit() else 1
            time.sleep(min(asked, _LONGEST_WAIT, self._patience.pause * 20))
        return response

    def _check(self, session: requests.Session) -> None:
        """Refuse what is no server of ours, one of another major version, and one of another organization."""
        answer = self._send(session, "GET", "/version")
        majors = answer.body.get("provider_majors")
        if answer.status == 404 or (answer.status == 200 and not isinstance(majors, list)):
            hint = "SYM_API_URL is the address of a Sym server, and ends with /api/v1."
            raise Unavailable(f"What answers at {self._url} is not a Sym server ({answer.place}).", hint=hint)
        if answer.status != 200:
            raise self._error(answer)
        if int(__version__.partition(".")[0]) not in (majors or ()):
            known = " and ".join(f"{major}.x" for major in majors or ())
            raise Unavailable(
                f"The server at {self._url}, version {answer.body.get('version')}, works with the versions {known} of "
                f"the provider; this is {__version__}.",
                hint="Change the version constraint of the provider, or upgrade the server.",
            )
        self._check_org(str(answer.body.get("org", "")))

    def _check_org(self, org: str) -> None:
        expected = self._access.org
        if expected and org.lower() != expected.lower():
            raise Unavailable(
                f"The server at {self._url} belongs to the organization '{org}', but the provider's org is "
                f"'{expected}'.",
                hint="Correct org or SYM_API_URL, or set SYM_TF_SKIP_VALIDATION.",
                path="org",
            )

    def _error(self, answer: _Answer) -> SymError:
        status, body = answer.status, answer.body
        message, code = str(body.get("message") or ""), str(body.get("code") or "")
        if status == 401:
            hint = f"Put a valid token into {self._access.origin}, or log in again."
            return Unauthenticated(f"The server does not accept the token. {message}".strip(), hint=hint, code=code)
        if status == 403:
            return Refused(message or "The token's user is not an admin. Ask an admin for the role.", code=code)
        if status == 404 and code == entities.GONE:
            return Gone(message, code=code)
        if status in (400, 409, 413) and message:
            kind = Invalid if status != 409 else InUse if code == "API:IN_USE" else Conflict
            return _about_fields(kind, message, body)
        said = f": {message}" if message else ", and not with JSON that says why"
        return Unavailable(f"The server at {self._url} answered with status {status} ({answer.place}){said}", code=code)


def _about_fields(kind: type[SymError], message: str, body: Mapping[str, Any]) -> SymError:
    """An error about the places in the body that the server names; SymError has room for one, the text for all."""
    listed = body.get("errors")
    problems = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    if len(problems) > 1:
        message = "\n".join(f"{item.get('field')}: {item.get('message')}" for item in problems)
    place = str(problems[0].get("field") or "") if problems else ""
    return kind(message, path=place, code=str(body.get("code") or ""))
