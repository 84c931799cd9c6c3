"""An OpenID Connect issuer: discovery, keys, the code flow with PKCE, devices, refresh tokens that are good once.

It refuses what it does not know, and can be told to misbehave. People consent at once: whoever comes with a browser is
``person``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

CLIENT = "symflow"
ALGORITHMS = {"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = ["openid", "email", "profile", "groups", "offline_access"]
_RSA = RSAKey.generate_key(2048)
_AUTHORIZE = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
              "code_challenge_method"}  # fmt: skip
_FIELDS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "code_verifier", "client_id"},
    "refresh_token": {"grant_type", "refresh_token", "scope", "client_id"},
    DEVICE: {"grant_type", "device_code", "client_id"},
}


class Refuse(Exception):
    """An OAuth error."""


@dataclass
class Grant:
    """What somebody consented to."""

    form: dict[str, str] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    polls: int = 0


class FakeIssuer(ThreadingHTTPServer):
    """Serves on a port of this machine; ``clock`` is its time."""

    daemon_threads = True

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.keys: dict[str, Key] = {"one": _RSA}
        self.signer = "one"
        self.person: dict[str, Any] = {
            "sub": "u-ann", "email": "ann@acme.example", "email_verified": True, "given_name": "Ann",
            "family_name": "Arbor", "groups": [],
        }  # fmt: skip
        self.scopes = list(SCOPES)
        self.pending_polls = 1
        self.client_secret: str | None = None
        self.denies = False
        self.codes: dict[str, Grant] = {}
        self.devices: dict[str, Grant] = {}
        self.refreshes: dict[str, Grant] = {}
        self.revoked: list[str] = []
        self.seen: list[str] = []
        self.lifetime = 300
        # How it misbehaves: by path, a status, headers and body in place of its own; what it waits for first.
        self.instead: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.holds: threading.Event | None = None

    def add_key(self, name: str, kind: str = "RSA") -> None:
        """One more key, which signs from now on."""
        made: dict[str, Callable[[], Key]] = {
            "RSA": lambda: RSAKey.generate_key(2048), "EC": lambda: ECKey.generate_key("P-256"),
            "OKP": lambda: OKPKey.generate_key("Ed25519"),
        }  # fmt: skip
        self.keys[name] = made[kind]()
        self.signer = name

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token of its own; what is None is left out."""
        now = int(self.clock().timestamp())
        plain = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + self.lifetime, "jti": str(uuid.uuid4())}
        key = self.keys[self.signer]
        head = {"alg": ALGORITHMS[key.key_type], "kid": self.signer, "typ": "JWT", **(header or {})}
        told = {name: value for name, value in {**plain, **claims}.items() if value is not None}
        head = {name: value for name, value in head.items() if value is not None}
        return jws.serialize_compact(head, json.dumps(told).encode(), key, algorithms=[head["alg"]])

    def discovery(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.url, "jwks_uri": f"{self.url}/keys", "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "device_authorization_endpoint": f"{self.url}/device",
            "revocation_endpoint": f"{self.url}/revoke", "scopes_supported": self.scopes,
            "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip

    def published(self) -> dict[str, Any]:
        """Its keys."""
        return {"keys": [{**key.as_dict(private=False), "kid": name, "use": "sig"} for name, key in self.keys.items()]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on to."""
        back = urlsplit(query.get("redirect_uri", ""))
        if back.hostname != "127.0.0.1" or back.scheme != "http" or back.path != "/callback":
            raise Refuse("invalid_redirect_uri")
        if set(query) != _AUTHORIZE or query["response_type"] != "code" or query["client_id"] != CLIENT:
            raise Refuse("invalid_request")
        if query["code_challenge_method"] != "S256" or len(query["code_challenge"]) != 43 or len(query["state"]) < 32:
            raise Refuse("invalid_request")
        self._check_scope(query["scope"])
        answer = {"state": query["state"], "iss": self.url}
        if self.denies:
            return f"{query['redirect_uri']}?{urlencode({**answer, 'error': 'access_denied'})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = Grant(query, dict(self.person))
        return f"{query['redirect_uri']}?{urlencode({**answer, 'code': code})}"

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """What an endpoint answers to a form."""
        if form.get("client_id") != CLIENT or form.pop("client_secret", None) != self.client_secret:
            raise Refuse("invalid_client")
        if path == "/device":
            return self._device(form)
        if path == "/revoke":
            self.refreshes.pop(form["token"], None)
            self.revoked.append(form["token"])
            return {}
        return self._tokens(form)

    def _device(self, form: dict[str, str]) -> dict[str, Any]:
        if set(form) != {"client_id", "scope"}:
            raise Refuse("invalid_request")
        self._check_scope(form["scope"])
        code = secrets.token_urlsafe(16)
        self.devices[code] = Grant(form, dict(self.person))
        return {"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/activate",
                "expires_in": 600, "interval": 0}  # fmt: skip

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        kind = form.get("grant_type", "")
        if kind not in _FIELDS:
            raise Refuse("unsupported_grant_type")
        if set(form) != _FIELDS[kind]:
            raise Refuse("invalid_request")
        claims: dict[str, Any] = {}
        if kind == "authorization_code":
            grant = self._of_code(form)
            claims["nonce"] = grant.form["nonce"]
        elif kind == "refresh_token":
            grant = self._taken(self.refreshes, form["refresh_token"])
        else:
            grant = self._of_device(form["device_code"])
        answer = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer",
                  "id_token": self.token(**grant.person, **claims)}  # fmt: skip
        if "offline_access" in grant.form["scope"].split():
            answer["refresh_token"] = secrets.token_urlsafe(16)
            self.refreshes[answer["refresh_token"]] = grant
        return answer

    def _of_code(self, form: dict[str, str]) -> Grant:
        grant = self._taken(self.codes, form["code"])
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if digest != grant.form["code_challenge"] or form["redirect_uri"] != grant.form["redirect_uri"]:
            raise Refuse("invalid_grant")
        return grant

    def _of_device(self, code: str) -> Grant:
        grant = self.devices.get(code)
        if grant is None:
            raise Refuse("invalid_grant")
        grant.polls += 1
        if grant.polls <= self.pending_polls:
            raise Refuse("authorization_pending")
        if self.denies:
            raise Refuse("access_denied")
        return self._taken(self.devices, code)

    @staticmethod
    def _taken(grants: dict[str, Grant], code: str) -> Grant:
        if code not in grants:
            raise Refuse("invalid_grant")
        return grants.pop(code)

    def _check_scope(self, scope: str) -> None:
        asked = scope.split()
        if "openid" not in asked or not set(asked) <= set(self.scopes):
            raise Refuse("invalid_scope")

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no trouble."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeIssuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if self._misbehaves(parts.path):
            return
        documents = {"/.well-known/openid-configuration": self.server.discovery, "/keys": self.server.published}
        if parts.path in documents:
            self._send(200, documents[parts.path]())
        elif parts.path == "/authorize":
            try:
                location = self.server.authorize(dict(parse_qsl(parts.query, strict_parsing=True)))
            except Refuse as refusal:
                self._send(400, {"error": str(refusal)})
            else:
                self._send(302, {}, {"Location": location})
        else:
            self._send(404, {"error": "not_found"})

    def do_POST(self) -> None:
        if self._misbehaves(self.path):
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path not in ("/token", "/device", "/revoke") or self.headers.get("Authorization"):
            self._send(404, {"error": "not_found"})
            return
        try:
            self._send(200, self.server.answer(self.path, dict(parse_qsl(body, strict_parsing=True))))
        except Refuse as refusal:
            self._send(400, {"error": str(refusal)})

    def _misbehaves(self, path: str) -> bool:
        self.server.seen.append(path)
        if self.server.holds is not None:
            self.server.holds.wait(30)
        if path not in self.server.instead:
            return False
        status, headers, body = self.server.instead[path]
        self._raw(status, headers, body)
        return True

    def _send(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._raw(status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(document).encode())

    def _raw(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving_issuer(clock: Callable[[], datetime]) -> Iterator[FakeIssuer]:
    """An issuer that answers."""
    issuer = FakeIssuer(clock)
    thread = threading.Thread(target=issuer.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        if issuer.holds is not None:
            issuer.holds.set()
        issuer.shutdown()
        thread.join()
        issuer.server_close()
