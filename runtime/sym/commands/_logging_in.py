"""Logging in: the browser or a device's code at the issuer, then a token of ours at the server."""

from __future__ import annotations

import time
import webbrowser
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sym import config
from sym.commands._callback import Callback
from sym.commands._issuer import Issuer, Proof, Terms, Tokens
from sym.commands._login_file import Login, read_login, renewing, write_login
from sym.commands._output import clean, say
from sym.commands._remote import Api
from sym.errors import Invalid, Refused, SymError, Unauthenticated, Unavailable
from sym.oidc.addresses import is_safe
from sym.oidc.web import Refusal

if TYPE_CHECKING:
    from sym.config import Config

_WAIT_SECONDS = 300.0
# A token that ends within this time is renewed: a command may take a while.
_SOON = timedelta(minutes=2)


def terms_of(api_url: str, *, org: str | None = None, issuer: str | None = None) -> Terms:
    """What the server says about logging in, if it is ``org``'s and its issuer is ``issuer``. Raises Invalid if not."""
    said = Api(api_url, None).send("GET", "/login")
    try:
        terms = Terms(org=said["org"], issuer=said["issuer"], client_id=said["client_id"],
                      public_secret=said.get("public_secret"), scopes=tuple(said["scopes"]))  # fmt: skip
    except (KeyError, TypeError):
        raise Unavailable(f"The server at {api_url} does not say where to log in.") from None
    if org is not None and org.lower() != terms.org.lower():
        raise Invalid(
            f"The server is {clean(terms.org)}'s, and not {clean(org)}'s.", hint="Correct --org-id or --api-url."
        )
    if issuer is not None and issuer != terms.issuer:
        raise Invalid(f"The server's issuer is {clean(terms.issuer)}.", hint="It is not the one of --auth-url.")
    return terms


def by_browser(issuer: Issuer, port: int, *, opens: bool) -> tuple[Tokens, str]:
    """The tokens of whoever logs in with a browser of this machine, and the secret behind their nonce."""
    proof = Proof.new()
    with Callback(port, state=proof.state, issuer=issuer.terms.issuer, requires_name=issuer.requires_name) as callback:
        url = issuer.authorization_url(proof, callback.url)
        if not (opens and webbrowser.open(url)):
            say("Open this address in a browser of this machine:")
        else:
            say("Log in with the browser that has opened. If it has not, open this address:")
        say(f"  {url}")
        code = callback.code(_WAIT_SECONDS)
        return issuer.redeem(code, proof, callback.url), proof.nonce_secret


def by_device(issuer: Issuer) -> Tokens:
    """The tokens of whoever types a code in any browser. Raises Unauthenticated if nobody does in time."""
    begun = issuer.begin_device()
    url = begun.get("verification_uri") or begun.get("verification_url")  # the latter is Google's
    if not is_safe(url) or not isinstance(begun.get("device_code"), str):
        raise Unavailable("The issuer gave no usable code for a device.")
    say(f"Open {url} in any browser and type this code: {clean(begun.get('user_code'))}")
    if is_safe(begun.get("verification_uri_complete")):
        say(f"Or open {begun['verification_uri_complete']}")
    interval = _number(begun.get("interval"), 5)
    until = time.monotonic() + min(_number(begun.get("expires_in"), 600), 1800)
    while time.monotonic() < until:
        time.sleep(interval)
        try:
            return issuer.poll_device(begun["device_code"])
        except Refusal as refusal:
            if refusal.error == "slow_down":
                interval += 5
            elif refusal.error != "authorization_pending":
                raise Unauthenticated(f"The issuer said no: {clean(str(refusal))}.") from None
    raise Unauthenticated("Nobody typed the code in time.", hint="Try again: symflow login --device")


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= 3600 else default


def session_at(api_url: str, terms: Terms, tokens: Tokens, nonce_secret: str | None) -> Login:
    """The login that the server makes of the issuer's word."""
    body: dict[str, Any] = {"id_token": tokens.id_token}
    if nonce_secret is not None:
        body["nonce_secret"] = nonce_secret
    made = Api(api_url, None).send("POST", "/login", body)
    return Login(
        api_url=api_url, access_token=made["access_token"], expires_at=datetime.fromisoformat(made["expires_at"]),
        client_id=terms.client_id, email=made["email"], org=made["org"], issuer=terms.issuer,
        refresh_token=tokens.refresh_token, nonce_secret=nonce_secret,
    )  # fmt: skip


def good_login(settings: Config, login: Login) -> Login:
    """The login, renewed if its time is over and the issuer lets it be. Raises Unauthenticated if it cannot be."""
    if _is_good(login):
        return login
    if login.refresh_token is None or login.issuer is None:
        raise Unauthenticated("Your login is over.", hint="Log in again: symflow login")
    with renewing(settings):
        now_there = read_login(settings)
        if now_there is not None and now_there.api_url == login.api_url:
            login = now_there
        if _is_good(login) or login.refresh_token is None:
            return login
        return _renewed(settings, login)


def _renewed(settings: Config, login: Login) -> Login:
    try:
        # Only the issuer that gave the refresh token ever sees it, whatever the server says today.
        terms = terms_of(login.api_url, org=login.org or None, issuer=login.issuer)
        if terms.client_id != login.client_id:
            raise Refused("The server's client has changed.")
        tokens = Issuer(terms).renew(login.refresh_token or "")
        # The refresh token that came may be the only good one: kept before anything else can fail.
        write_login(settings, replace(login, refresh_token=tokens.refresh_token))
        secret = login.nonce_secret if _has_nonce(tokens.id_token) else None
        made = session_at(login.api_url, terms, tokens, secret)
    except Unavailable:
        raise
    except SymError as error:
        raise Unauthenticated(f"Your login is over, and could not be renewed: {error.message}",
                              hint="Log in again: symflow login") from None  # fmt: skip
    renewed = replace(made, nonce_secret=login.nonce_secret)
    write_login(settings, renewed)
    return renewed


def _has_nonce(id_token: str) -> bool:
    from sym.oidc.verification import peek

    return "nonce" in peek(id_token)


def _is_good(login: Login) -> bool:
    return login.expires_at is None or login.expires_at > config.now() + _SOON
