"""The issuer, as ``symflow`` speaks to it: a public client, with PKCE."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from sym.errors import Refused, Unauthenticated
from sym.oidc.addresses import is_loopback, is_safe
from sym.oidc.issuers import discovery
from sym.oidc.login import nonce_of
from sym.oidc.verification import BadToken, peek
from sym.oidc.web import IssuerUnavailable, Refusal, fetch

_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a server says about logging in."""

    org: str
    issuer: str
    client_id: str
    public_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "email")


@dataclass(frozen=True)
class Proof:
    """What only whoever began a login knows: the code's verifier, the state, and the secret behind the nonce."""

    verifier: str = field(repr=False)
    state: str = field(repr=False)
    nonce_secret: str = field(repr=False)

    @classmethod
    def new(cls) -> Proof:
        """One for one login."""
        return cls(*(secrets.token_urlsafe(48) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256, as PKCE's S256 has it."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What the issuer gave."""

    id_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)


class Issuer:
    """The issuer of ``terms``, found by discovery. Raises IssuerUnavailable if it cannot be used."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        if not is_safe(terms.issuer):
            raise IssuerUnavailable("The server names an issuer that is not https.")
        self._document = discovery(terms.issuer, lambda url: fetch(url, seconds=_SECONDS))

    @property
    def requires_name(self) -> bool:
        """Whether its answers to a browser say who they are of (RFC 9207)."""
        return self._document.get("authorization_response_iss_parameter_supported") is True

    @property
    def knows_devices(self) -> bool:
        """Whether it has the flow for devices without a browser."""
        return "device_authorization_endpoint" in self._document

    def authorization_url(self, proof: Proof, redirect_uri: str) -> str:
        """Where the browser goes."""
        url = self._endpoint("authorization_endpoint")
        query = {
            "response_type": "code", "client_id": self.terms.client_id, "redirect_uri": redirect_uri,
            "scope": self._scope(), "state": proof.state, "nonce": nonce_of(proof.nonce_secret),
            "code_challenge": proof.challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"

    def redeem(self, code: str, proof: Proof, redirect_uri: str) -> Tokens:
        """The tokens for a code. Raises Unauthenticated if the issuer gives none, or somebody else's."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
                "code_verifier": proof.verifier}  # fmt: skip
        return self._tokens(self.ask("token_endpoint", form), nonce_of(proof.nonce_secret))

    def begin_device(self) -> dict[str, Any]:
        """A device's code, and where people type it."""
        return self.ask("device_authorization_endpoint", {"scope": self._scope()})

    def poll_device(self, device_code: str) -> Tokens:
        """The tokens of a device. Raises Refusal while it is not decided, and if it was refused."""
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        return self._tokens(self.post("token_endpoint", {"grant_type": grant, "device_code": device_code}), None)

    def renew(self, refresh_token: str) -> Tokens:
        """New tokens. Raises Unauthenticated if the issuer gives none."""
        answer = self.ask("token_endpoint", {"grant_type": "refresh_token", "refresh_token": refresh_token,
                                             "scope": self._scope()})  # fmt: skip
        # An issuer that gives no new one leaves the old one good.
        return self._tokens({"refresh_token": refresh_token, **answer}, None)

    def forget(self, refresh_token: str) -> None:
        """Tell the issuer that a token is not needed any more, if it wants to know."""
        if "revocation_endpoint" in self._document:
            form = {"token": refresh_token, "token_type_hint": "refresh_token"}
            try:
                self.post("revocation_endpoint", form)
            except (Refusal, IssuerUnavailable):
                return  # its answer has no body, as a rule; nothing depends on it

    def ask(self, endpoint: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What an endpoint answers. Raises Unauthenticated if it refuses."""
        try:
            return self.post(endpoint, form)
        except Refusal as refusal:
            raise Unauthenticated(f"The issuer refused: {refusal}.", hint="Log in again: symflow login") from None

    def post(self, endpoint: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What an endpoint answers. Raises Refusal if it refuses."""
        secret = {"client_secret": self.terms.public_secret} if self.terms.public_secret else {}
        return fetch(self._endpoint(endpoint), {**form, "client_id": self.terms.client_id, **secret}, seconds=_SECONDS)

    def _endpoint(self, name: str) -> str:
        url = self._document.get(name)
        if not isinstance(url, str) or not is_safe(url, loopback=is_loopback(self.terms.issuer)):
            raise IssuerUnavailable(f"The issuer {self.terms.issuer} names no usable {name}.")
        return url

    def _scope(self) -> str:
        offered = self._document.get("scopes_supported")
        known = offered if isinstance(offered, list) else []
        return " ".join(one for one in self.terms.scopes if one != "offline_access" or one in known)

    def _tokens(self, answer: Mapping[str, Any], nonce: str | None) -> Tokens:
        id_token, refresh = answer.get("id_token"), answer.get("refresh_token")
        if not isinstance(id_token, str):
            raise Unauthenticated("The issuer gave no ID token.", hint="Log in again: symflow login")
        try:
            # It came from the issuer itself, over TLS; the server verifies it once more, with its keys.
            claims = peek(id_token)
        except BadToken:
            raise Unauthenticated("The issuer gave no usable ID token.") from None
        if claims.get("iss") != self.terms.issuer or (nonce is not None and claims.get("nonce") != nonce):
            raise Refused("The issuer's answer belongs to another login.", hint="Log in again: symflow login")
        return Tokens(id_token=id_token, refresh_token=refresh if isinstance(refresh, str) and refresh else None)
