"""Attacks on tokens: each is a token that is good but for one thing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from sym.oidc.issuers import Issuers
from sym.oidc.verification import BadToken, Foreign, require_client, verified
from tests.fakes.oidc.issuer import CLIENT, FakeIssuer

Check = Callable[..., Foreign]


@pytest.fixture
def check(issuer: FakeIssuer, now: datetime) -> Check:
    issuers = Issuers()

    def checked(token: str, *, audience: str = CLIENT, name: str | None = None, at: datetime = now) -> Foreign:
        return verified(token, issuer=name or issuer.url, audience=audience, issuers=issuers, now=at)

    return checked


def forged(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def refused(check: Check, token: str, reason: str, **options: Any) -> None:
    with pytest.raises(BadToken) as caught:
        check(token, **options)
    assert reason in caught.value.message


@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_a_good_token_is_good_whatever_kind_of_key_signed_it(issuer: FakeIssuer, check: Check, kind: str) -> None:
    issuer.add_key("two", kind)
    assert check(issuer.token(sub="u")).claims["sub"] == "u"


def test_the_older_name_of_the_edwards_curve_is_known(issuer: FakeIssuer, check: Check) -> None:
    issuer.add_key("two", "OKP")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        token = issuer.token({"alg": "EdDSA"}, sub="u")
    assert check(token).claims["sub"] == "u"


def test_no_algorithm_is_none_of_ours(issuer: FakeIssuer, check: Check) -> None:
    claims = claims_of(issuer.token(sub="u"))
    for name in ("none", "None", "NONE", ""):
        refused(check, forged({"alg": name, "kid": "one"}, claims, lambda _: b"x"), "algorithm")
    refused(check, forged({"alg": "none"}, claims, lambda _: b""), "no signed JWT")


def test_a_public_key_is_no_password(issuer: FakeIssuer, check: Check) -> None:
    claims, key = claims_of(issuer.token(sub="u")), issuer.keys["one"]
    assert isinstance(key, RSAKey)
    for secret in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
        sign = lambda text, known=secret: hmac.new(known, text, hashlib.sha256).digest()  # noqa: E731
        refused(check, forged({"alg": "HS256", "kid": "one"}, claims, sign), "algorithm")


def test_a_key_signs_with_its_own_kind_of_algorithm_alone(issuer: FakeIssuer, check: Check) -> None:
    claims = claims_of(issuer.token(sub="u"))
    refused(check, forged({"alg": "ES256", "kid": "one"}, claims, lambda _: b"0" * 64), "signature")


def test_a_key_that_the_token_brings_along_is_not_looked_at(issuer: FakeIssuer, check: Check) -> None:
    mine = RSAKey.generate_key(2048)
    before, issuer.keys = issuer.keys, {"one": mine}
    header = {"jwk": mine.as_dict(private=False), "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/"}
    token = issuer.token(header, sub="u")
    issuer.keys = before
    refused(check, token, "signature")


def test_a_changed_claim_breaks_the_signature(issuer: FakeIssuer, check: Check) -> None:
    head, body, signature = issuer.token(sub="u").split(".")
    other = base64.urlsafe_b64encode(json.dumps({**claims_of(f"{head}.{body}.x"), "sub": "eve"}).encode())
    refused(check, f"{head}.{other.rstrip(b'=').decode()}.{signature}", "signature")


@pytest.mark.parametrize("audience", ["other", ["other"], [], None, 7, {"aud": CLIENT}, f"{CLIENT} ", CLIENT.upper()])
def test_a_token_for_somebody_else_is_refused(issuer: FakeIssuer, check: Check, audience: Any) -> None:
    refused(check, issuer.token(sub="u", aud=audience), "audience")


def test_among_several_clients_it_says_whom_it_was_made_for() -> None:
    require_client({"aud": CLIENT}, CLIENT)
    require_client({"aud": [CLIENT]}, CLIENT)
    require_client({"aud": [CLIENT, "other"], "azp": CLIENT}, CLIENT)
    for claims in ({"aud": [CLIENT, "other"]}, {"aud": CLIENT, "azp": "other"}, {"aud": CLIENT, "azp": None}):
        with pytest.raises(BadToken):
            require_client(claims, CLIENT)


def test_the_issuer_counts_letter_for_letter(issuer: FakeIssuer, check: Check) -> None:
    for name in (f"{issuer.url}/", issuer.url.upper(), issuer.url.replace("http", "HTTP"), f"{issuer.url}#", None, 7):
        refused(check, issuer.token(sub="u", iss=name), "another issuer")
    assert issuer.seen == []


def test_time_has_a_minute_of_leeway_and_not_a_second_more(issuer: FakeIssuer, check: Check, now: datetime) -> None:
    whole = now.replace(microsecond=0)
    moment = int(whole.timestamp())
    late, early = issuer.token(sub="u", exp=moment), issuer.token(sub="u", nbf=moment + 100, iat=moment)
    made_later = issuer.token(sub="u", iat=moment + 100, exp=moment + 400)
    assert check(late, at=whole + timedelta(seconds=59))
    refused(check, late, "expired", at=whole + timedelta(seconds=60))
    assert check(early, at=whole + timedelta(seconds=40))
    refused(check, early, "not good yet", at=whole + timedelta(seconds=39))
    assert check(made_later, at=whole + timedelta(seconds=40))
    refused(check, made_later, "not good yet", at=whole + timedelta(seconds=39))


@pytest.mark.parametrize(
    ("claim", "value"),
    [("exp", None), ("iat", None), ("exp", "tomorrow"), ("exp", True), ("exp", 1e300), ("exp", [1]), ("nbf", "x"),
     ("exp", 999_999_999_999), ("exp", 253_402_300_799)],
)  # fmt: skip
def test_a_token_says_when_it_ends_in_seconds(issuer: FakeIssuer, check: Check, claim: str, value: Any) -> None:
    with pytest.raises(BadToken):
        check(issuer.token(sub="u", **{claim: value}))


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", "dpop+jwt"])
def test_other_kinds_of_tokens_are_no_id_tokens(issuer: FakeIssuer, check: Check, kind: str) -> None:
    refused(check, issuer.token({"typ": kind}, sub="u"), "no ID token")


@pytest.mark.parametrize("token", ["", "a", "a.b", "..", "a.b.c", "a.b.c.d", "é.b.c", "e30.e30.e30", "e30.W10.e30",
                                   "x" * 20_000])  # fmt: skip
def test_what_is_no_token_is_refused(check: Check, token: str) -> None:
    with pytest.raises(BadToken):
        check(token)


@pytest.mark.parametrize("extra", [{"crit": ["b64"], "b64": True}, {"crit": ["x"], "x": 1}, {"b64": False}])
def test_what_has_to_be_understood_and_is_not_is_refused(
    issuer: FakeIssuer, check: Check, extra: dict[str, Any]
) -> None:
    claims, key = claims_of(issuer.token(sub="u")), issuer.keys["one"]

    def sign(text: bytes) -> bytes:
        return JWSRegistry.algorithms["RS256"].sign(text, key)

    assert check(forged({"alg": "RS256", "kid": "one"}, claims, sign))
    refused(check, forged({"alg": "RS256", "kid": "one", **extra}, claims, sign), "understood")


def test_a_token_is_known_by_what_was_signed(issuer: FakeIssuer, check: Check) -> None:
    one, two = issuer.token(sub="u"), issuer.token(sub="u")
    assert check(one).digest == check(one).digest != check(two).digest
    assert check(one).digest == hashlib.sha256(one.rpartition(".")[0].encode()).hexdigest()
