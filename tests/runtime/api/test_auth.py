"""Tokens: what a good one proves, and every way to be a bad one."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from sym.api.auth import Caller, bearer, issue, verify
from sym.audit.events import Actor
from sym.errors import Unauthenticated, Unavailable
from sym.store.audit import entries
from sym.store.tokens import revoke_token
from sym.store.users import deactivate
from tests.runtime.api.conftest import World


def check(world: World, token: str) -> Caller:
    return verify(token, store=world.store, keys=world.keys, now=world.now)


def refuse(world: World, token: str, code: str = "Auth:INVALID_TOKEN") -> str:
    with pytest.raises(Unauthenticated) as caught:
        check(world, token)
    assert caught.value.code == code
    assert token not in str(caught.value)
    return str(caught.value)


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def sign(world: World, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """A token that our own key signed, whatever it says."""
    signing = world.keys.signing_key("token")
    full = {"alg": "Ed25519", "kid": signing.key_id, **(header or {})}
    return jwt.encode(full, claims, OKPKey.import_key(signing.private), algorithms=["Ed25519"])


def b64(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_a_token_speaks_for_its_user_and_carries_the_documented_claims(world: World) -> None:
    row = world.row("ci")
    token = issue(world.keys, row, world.users["ci"], "acme")
    assert check(world, token) == Caller(world.users["ci"], row)
    assert claims_of(token) == {
        "iss": "sym", "aud": "sym:api", "sub": world.users["ci"].id, "org": "acme", "jti": row.jti, "typ": "bot",
        "iat": int(world.now.timestamp()), "exp": int((world.now + timedelta(days=1)).timestamp()),
    }  # fmt: skip
    assert claims_of(world.token("ann"))["typ"] == "user"


def test_an_expired_token_is_told_from_an_invalid_one(world: World) -> None:
    token = world.token("ci", lifetime=timedelta(hours=1))
    world.now += timedelta(minutes=59, seconds=59)
    check(world, token)
    world.now += timedelta(seconds=2)
    refuse(world, token, "Auth:EXPIRED_TOKEN")
    world.now += timedelta(days=400)
    refuse(world, token, "Auth:EXPIRED_TOKEN")


def test_only_the_use_of_a_token_of_ours_that_is_over_is_recorded(world: World) -> None:
    token = world.token("ci", lifetime=timedelta(hours=1))
    world.now += timedelta(hours=2)
    refuse(world, token, "Auth:EXPIRED_TOKEN")
    refuse(world, "garbage")
    refuse(world, token[:-8] + "AAAAAAAA")
    with world.store.reading() as conn:
        (entry,) = entries(conn, name="action.refused")
    assert entry["actor"]["username"] == "ci"
    assert (entry["event"]["type"], entry["type"]) == ("action.refused", "refusal")
    assert "Auth:EXPIRED_TOKEN" in str(entry)
    assert token not in str(entry)


def test_a_revoked_token_is_refused_and_others_of_the_same_bot_are_not(world: World) -> None:
    row = world.row("ci")
    token, other = issue(world.keys, row, world.users["ci"], "acme"), world.token("ci")
    with world.store.transaction() as conn:
        revoke_token(conn, row.jti, actor=Actor.SYSTEM, now=world.now)
    assert "revoked" in refuse(world, token)
    check(world, other)


def test_the_token_of_a_deactivated_user_is_refused(world: World) -> None:
    token = world.token("ann")
    with world.store.transaction() as conn:
        deactivate(conn, world.users["ann"].id, actor=Actor.SYSTEM, now=world.now)
    assert "deactivated" in refuse(world, token)


def test_a_signed_token_without_a_row_in_the_store_is_refused(world: World) -> None:
    refuse(world, sign(world, {**claims_of(world.token("ci")), "jti": "11111111-1111-4111-8111-111111111111"}))


def test_a_token_that_names_another_user_than_its_row_is_refused(world: World) -> None:
    refuse(world, sign(world, {**claims_of(world.token("ci")), "sub": world.users["root"].id}))


def test_a_token_of_another_organization_is_refused(world: World) -> None:
    refuse(world, issue(world.keys, world.row("ci"), world.users["ci"], "evil"))


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "org", "jti", "iat", "exp"])
def test_every_claim_is_required(world: World, missing: str) -> None:
    claims = claims_of(world.token("ci"))
    check(world, sign(world, claims))
    del claims[missing]
    refuse(world, sign(world, claims))


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "other"}, {"aud": "other"}, {"sub": 7}, {"jti": ["x"]}, {"org": {}}, {"exp": "tomorrow"}, {"exp": True},
     {"nbf": 99999999999}, {"sub": None}],
)  # fmt: skip
def test_wrong_claims_are_refused(world: World, wrong: dict[str, Any]) -> None:
    refuse(world, sign(world, {**claims_of(world.token("ci")), **wrong}))


def test_a_key_nobody_here_has_is_refused(world: World) -> None:
    claims, stranger = claims_of(world.token("ci")), OKPKey.import_key(Ed25519PrivateKey.generate())
    kid = world.keys.signing_key("token").key_id
    refuse(world, jwt.encode({"alg": "Ed25519", "kid": kid}, claims, stranger, algorithms=["Ed25519"]))
    refuse(world, jwt.encode({"alg": "Ed25519", "kid": "unknown"}, claims, stranger, algorithms=["Ed25519"]))
    refuse(world, jwt.encode({"alg": "Ed25519"}, claims, stranger, algorithms=["Ed25519"]))


def test_a_key_of_another_purpose_is_refused(world: World) -> None:
    audit = world.keys.signing_key("audit")
    key = OKPKey.import_key(audit.private)
    header = {"alg": "Ed25519", "kid": audit.key_id}
    refuse(world, jwt.encode(header, claims_of(world.token("ci")), key, algorithms=["Ed25519"]))


def test_the_algorithm_none_is_refused(world: World) -> None:
    claims, kid = claims_of(world.token("ci")), world.keys.signing_key("token").key_id
    for name in ("none", "None", "NONE"):
        unsigned = f"{b64({'alg': name, 'typ': 'JWT', 'kid': kid})}.{b64(claims)}."
        refuse(world, unsigned)
        refuse(world, unsigned + world.token("ci").split(".")[2])


def test_the_public_key_is_no_shared_secret(world: World) -> None:
    claims, kid = claims_of(world.token("ci")), world.keys.signing_key("token").key_id
    public = world.keys.public_keys("token")[kid]
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    forged = jwt.encode({"alg": "HS256", "kid": kid}, claims, OctKey.import_key(raw), algorithms=["HS256"])
    refuse(world, forged)


def test_a_changed_claim_breaks_the_signature(world: World) -> None:
    header, _, signature = world.token("ci").split(".")
    claims = {**claims_of(world.token("ci")), "sub": world.users["root"].id}
    refuse(world, f"{header}.{b64(claims)}.{signature}")


@pytest.mark.parametrize(
    "garbage",
    ["", "x", "a.b", "a.b.c", "....", "\0", "é.é.é", "e30.e30.e30", "null", "W10.W10.W10", "a" * 5000,
     b64([1]) + ".e30.e30", b64({"alg": ["Ed25519"]}) + ".e30.e30", b64({"alg": "Ed25519", "kid": {}}) + ".e30.e30",
     base64.urlsafe_b64encode(b"[" * 2500).decode() + ".e30.e30", "a.b.c.d.e"],
)  # fmt: skip
def test_garbage_is_refused(world: World, garbage: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        check(world, garbage)
    assert caught.value.code == "Auth:INVALID_TOKEN"


def test_a_rotated_key_signs_and_the_old_one_still_verifies(world: World) -> None:
    before = world.token("ci")
    world.keys.add("token", world.now + timedelta(seconds=1))
    after = world.token("ci")
    check(world, before)
    check(world, after)
    assert before.split(".")[0] != after.split(".")[0]


def test_a_deleted_key_verifies_nothing(world: World) -> None:
    token = world.token("ci")
    next(world.keys.path.glob("token-*.pem")).unlink()
    refuse(world, token)


def test_keys_that_others_can_read_are_not_used(world: World) -> None:
    token = world.token("ci")
    next(world.keys.path.glob("token-*.pem")).chmod(0o644)
    with pytest.raises(Unavailable, match="chmod 600"):
        check(world, token)


def test_the_authorization_header_is_read_leniently_and_without_guessing() -> None:
    assert bearer("Bearer abc") == bearer("bearer   abc ") == "abc"
    for header in (None, "", "Bearer", "Bearer ", "Basic abc", "abc"):
        with pytest.raises(Unauthenticated):
            bearer(header)


@pytest.mark.parametrize(
    "name", ["EdDSA", "ES256", "HS256", "HS512", "RS256", "PS256", "Ed448", "ed25519", "", None, 1]
)
def test_no_other_algorithm_is_accepted_whatever_it_says(world: World, name: Any) -> None:
    """With a signature of our own key, even under the older name of the same algorithm."""
    _, payload, signature = world.token("ci").split(".")
    kid = world.keys.signing_key("token").key_id
    refuse(world, f"{b64({'alg': name, 'kid': kid})}.{payload}.{signature}")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_key_of_another_kind_under_our_keys_name_is_refused(world: World, algorithm: str) -> None:
    stranger = RSAKey.generate_key(2048) if algorithm == "RS256" else ECKey.generate_key("P-256")
    header = {"alg": algorithm, "kid": world.keys.signing_key("token").key_id}
    refuse(world, jwt.encode(header, claims_of(world.token("ci")), stranger, algorithms=[algorithm]))


def test_a_key_that_comes_with_the_token_is_not_looked_at(world: World) -> None:
    stranger = OKPKey.import_key(Ed25519PrivateKey.generate())
    public = stranger.as_dict(private=False)
    for header in (
        {"jwk": public}, {"jwk": public, "kid": world.keys.signing_key("token").key_id},
        {"jku": "http://127.0.0.1:9/jwks.json"}, {"x5u": "http://127.0.0.1:9/cert"}, {"x5c": ["AAAA"]},
    ):  # fmt: skip
        signed = f"{b64({'alg': 'Ed25519', **header})}.{b64(claims_of(world.token('ci')))}"
        refuse(world, f"{signed}.{world.token('ci').split('.')[2]}")


@pytest.mark.parametrize(
    "kid", ["../{}", "{}/../{}", "./{}", "{}.pem", "token-{}", "{}\0", "{} ", "/dev/null", "../../../../etc/passwd", "",
            "%2e%2e/{}", "' or 1=1 --", None, 0, ["{}"]],
)  # fmt: skip
def test_a_keys_name_is_no_path(world: World, kid: Any) -> None:
    known = world.keys.signing_key("token").key_id
    named = kid.replace("{}", known) if isinstance(kid, str) else kid
    _, payload, signature = world.token("ci").split(".")
    refuse(world, f"{b64({'alg': 'Ed25519', 'kid': named})}.{payload}.{signature}")


def test_an_extension_that_must_be_understood_is_not(world: World) -> None:
    _, payload, signature = world.token("ci").split(".")
    header = {"alg": "Ed25519", "kid": world.keys.signing_key("token").key_id, "crit": ["b64"], "b64": False}
    refuse(world, f"{b64(header)}.{payload}.{signature}")


def test_a_token_in_a_token_and_other_shapes_are_refused(world: World) -> None:
    token = world.token("ci")
    header, payload, signature = token.split(".")
    nested = f"{b64({'alg': 'Ed25519', 'cty': 'JWT', 'kid': world.keys.signing_key('token').key_id})}.{b64(token)}"
    for wrong in (
        f"{nested}.{signature}", f"{token}.{token}", f"{token}.", f".{token}", f"{header}.{payload}.{signature}=",
        json.dumps({"protected": header, "payload": payload, "signature": signature}),
        f"{header}.{payload}.{signature}\n.x", f"{header}.{payload}", f"{header}..{signature}",
    ):  # fmt: skip
        refuse(world, wrong)


def test_a_huge_token_is_not_even_looked_at(world: World) -> None:
    signing = world.keys.signing_key("token")
    claims = {**claims_of(world.token("ci")), "padding": "x" * 5000}
    huge = jwt.encode({"alg": "Ed25519", "kid": signing.key_id}, claims, OKPKey.import_key(signing.private),
                      algorithms=["Ed25519"])  # fmt: skip
    refuse(world, huge)
    deep: Any = "x"
    for _ in range(600):
        deep = [deep]
    refuse(world, sign(world, {**claims_of(world.token("ci")), "jti": deep}))


def test_a_token_whose_own_end_was_put_off_ends_with_its_row(world: World) -> None:
    claims = {**claims_of(world.token("ci", lifetime=timedelta(hours=1))), "exp": 99999999999}
    later = sign(world, claims)
    check(world, later)
    world.now += timedelta(hours=1)
    refuse(world, later, "Auth:EXPIRED_TOKEN")


def test_a_token_is_over_in_the_second_it_says(world: World) -> None:
    row = world.row("ci", lifetime=timedelta(hours=1))
    token = issue(world.keys, row, world.users["ci"], "acme")
    world.now = row.expires_at - timedelta(microseconds=1)
    check(world, token)
    world.now = row.expires_at
    refuse(world, token, "Auth:EXPIRED_TOKEN")


def test_a_token_of_tomorrow_is_refused(world: World) -> None:
    claims = claims_of(world.token("ci"))
    refuse(world, sign(world, {**claims, "iat": int(world.now.timestamp()) + 3600}))
