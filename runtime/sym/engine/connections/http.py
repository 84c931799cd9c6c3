"""Requests to services over HTTP: timeouts, bounded retries, errors that say what to do and hold no secrets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from sym.engine.secret_cache import anew
from sym.observability.redaction import Redactor
from sym.sdk.connection import Reply, Service, failure
from sym.sdk.exceptions.sym_exception import SymException

TIMEOUT = (5.0, 20.0)
"""Seconds to connect, and to wait for an answer."""
PAUSES = (0.3, 1.0)
"""Seconds between the tries of a question."""
LONGEST_PAUSE = 3.0
"""A service that asks for a longer pause is asked again by the engine, later."""
LONGEST_ANSWER = 8 * 1024 * 1024
_NAMES = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 410: "NOT_FOUND", 409: "CONFLICT", 412: "CONFLICT",
          429: "THROTTLED"}  # fmt: skip
_ADVICE = {
    "UNAUTHORIZED": "Its credentials are not taken: put valid ones into the integration's secrets.",
    "FORBIDDEN": "Its credentials may not do this: give them the permissions that the integration's page lists.",
    "THROTTLED": "It is asked too often: it is tried again later.",
    "UNAVAILABLE": "It is tried again later.",
}


class Transport:
    """The connections of one process. ``addresses`` says where services are reached in place of where they are, by
    host name: a proxy, or a double in tests."""

    def __init__(self, addresses: Mapping[str, str] | None = None, *, pause: Callable[[float], None] = time.sleep,
                 timeout: tuple[float, float] = TIMEOUT) -> None:  # fmt: skip
        self._addresses = dict(addresses or {})
        self._pause = pause
        self._timeout = timeout
        self._local = threading.local()

    def http(self, service: Service) -> ServiceHttp:
        """Requests to ``service``."""
        return ServiceHttp(self, service)

    def once(self, method: str, url: str, headers: Mapping[str, str], options: Mapping[str, Any]) -> Reply:
        """One request. Raises what requests raises."""
        given = {**options, "headers": {**headers, **(options.get("headers") or {})}}
        answer = self._session().request(
            method, self._located(url), timeout=self._timeout, allow_redirects=False, stream=True, **given
        )
        with answer:
            body = answer.raw.read(LONGEST_ANSWER, decode_content=True)
        text = body.decode(answer.encoding or "utf-8", "replace")
        return Reply(status=answer.status_code, headers={k.lower(): v for k, v in answer.headers.items()}, text=text)

    def wait(self, seconds: float) -> None:
        """Pause between two tries."""
        self._pause(seconds)

    def _located(self, url: str) -> str:
        parts = urlsplit(url)
        other = self._addresses.get(parts.netloc) or self._addresses.get("*")
        if other is None:
            return url
        return other.rstrip("/") + url.removeprefix(f"{parts.scheme}://{parts.netloc}")

    def _session(self) -> requests.Session:
        """A session per thread: it keeps connections, and is not made to be shared."""
        found: requests.Session | None = getattr(self._local, "session", None)
        if found is None:
            found = requests.Session()
            found.trust_env = True
            adapter = HTTPAdapter(pool_connections=16, pool_maxsize=4, max_retries=0)
            found.mount("https://", adapter)
            found.mount("http://", adapter)
            self._local.session = found
        found.cookies.clear()
        return found


class ServiceHttp:
    """See :class:`sym.sdk.connection.Http`."""

    def __init__(self, transport: Transport, service: Service) -> None:
        self._transport = transport
        self._service = service

    def get(self, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        """See ``Http.get``."""
        for pause in PAUSES:
            try:
                return self.send("GET", path, accept=accept, **options)
            except SymException as error:
                asked = getattr(error, "retry_after", None)
                if not error.retryable or (asked is not None and asked > LONGEST_PAUSE):
                    raise
                self._transport.wait(pause if asked is None else asked)
        return self.send("GET", path, accept=accept, **options)

    def send(self, method: str, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        """See ``Http.send``."""
        headers = self._service.headers()
        reply = self._once(method, path, headers, options)
        if reply.status == 401 and 401 not in accept:
            # Nothing was done. The secret may have been changed since it was fetched.
            with anew():
                changed = self._service.headers()
            reply = self._once(method, path, changed, options) if changed != headers else reply
        if 200 <= reply.status < 300 or reply.status in accept:
            return reply
        raise self._refused(method, path, reply)

    def _once(self, method: str, path: str, headers: Mapping[str, str], options: Mapping[str, Any]) -> Reply:
        url = path if path.startswith(("https://", "http://")) else self._service.base_url + path
        try:
            return self._transport.once(method, url, headers, options)
        except requests.exceptions.ConnectTimeout:
            raise self._unreached("UNREACHABLE", "could not be reached in time") from None
        except requests.exceptions.Timeout:
            raise self._unreached("TIMEOUT", "did not answer in time; what was asked may have taken effect") from None
        except requests.exceptions.ConnectionError:
            raise self._unreached("UNREACHABLE", "could not be reached, or broke the connection") from None
        except requests.exceptions.RequestException as error:
            # Not its text: it may hold the address with its credentials.
            raise self._unreached("REJECTED", f"could not be asked ({type(error).__name__})", passes=False) from None

    def _unreached(self, name: str, what: str, *, passes: bool = True) -> SymException:
        return failure(self._service.error, name, f"{self._service.name} {what}.", retryable=passes)

    def _refused(self, method: str, path: str, reply: Reply) -> SymException:
        waits = reply.status in (408, 425) or reply.status >= 500
        name = "UNAVAILABLE" if waits else _NAMES.get(reply.status, "REJECTED")
        name = "THROTTLED" if self._service.is_throttled(reply) else name
        said = Redactor().text(self._service.reason(reply))[:500].strip()
        text = f"{self._service.name} answered {reply.status} to {method} {path.partition('?')[0]}"
        text += f": {said.rstrip('.')}. " if said else ". "
        passes = name in ("THROTTLED", "UNAVAILABLE")
        text = (text + _ADVICE.get(name, "")).strip()
        made = failure(self._service.error, name, text, status=reply.status, retryable=passes)
        made.retry_after = _seconds(reply.headers.get("retry-after"))  # type: ignore[attr-defined]
        return made


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None  # a date: the usual pause will do
