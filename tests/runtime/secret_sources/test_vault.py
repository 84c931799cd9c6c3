"""Secrets in Vault, on a real server that speaks its API."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sym.engine.connections.opening import Connections
from sym.engine.secret_access import fetch_secret
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import SymException
from sym.secret_sources import vault
from sym.serving import is_served
from tests.fakes.services.openbao import Kubernetes, OpenBao
from tests.shelf_settings import choices, optional, required

VALUE = "hunter2-of-okta"
DEEP = {"deep": {"er": "down"}, "number": 7, "token": VALUE}


@pytest.fixture(scope="module")
def bao() -> Iterator[OpenBao]:
    server = OpenBao()
    server.put("okta/api", DEEP)
    server.put("with space/ä", {"key": "odd"})
    server.ask("POST", "old/okta", {"token": "of version 1"})
    server.policy("reader", "secret/data/okta/*", "secret/data/with space/*", "old/*")
    yield server
    server.close()


@pytest.fixture
def settings(bao: OpenBao) -> dict[str, str]:
    return {"address": bao.url}


@pytest.fixture
def place(bao: OpenBao) -> SecretPlace:
    return SecretPlace(environment={"SYM_SECRET_VAULT_TOKEN": bao.token("reader")})


def fetch(settings: dict[str, str], place: SecretPlace, path: str = "okta/api", key: str | None = "token") -> str:
    source = {"type": "vault", "settings": settings}
    view: dict[str, Any] = {"id": "s", "path": path, "settings": {"json_key": key} if key else {}, "source": source}
    return fetch_secret(view, replace(place, http=Connections().http))


def test_its_settings() -> None:
    assert is_served("secret_sources", "vault")
    assert required(vault.Settings) == {"address"}
    assert optional(vault.Settings) == {"mount", "kv_version", "namespace", "auth", "auth_mount", "role", "variable"}
    assert choices(vault.Settings, "auth") == ("token", "approle", "kubernetes")


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        ("okta/api", "token", VALUE),
        ("okta/api", "deep.er", "down"),
        ("/okta/api/", "number", "7"),
        ("okta/api", None, json.dumps(DEEP)),
        ("with space/ä", "key", "odd"),
    ],
)
def test_a_key_of_what_lies_at_the_path(
    settings: dict[str, str], place: SecretPlace, path: str, key: str | None, expected: str
) -> None:
    assert fetch(settings, place, path, key) == expected


def test_the_newest_version_is_read_and_a_deleted_one_is_not_there(
    bao: OpenBao, settings: dict[str, str], place: SecretPlace
) -> None:
    bao.put("okta/changing", {"token": "first"})
    bao.put("okta/changing", {"token": "second"})
    assert fetch(settings, place, "okta/changing") == "second"
    bao.ask("DELETE", "secret/data/okta/changing")
    with pytest.raises(SymException, match="has nothing at 'okta/changing'"):
        fetch(settings, place, "okta/changing")


def test_version_1_is_read_where_the_settings_say_so(settings: dict[str, str], place: SecretPlace) -> None:
    old = {**settings, "mount": "old", "kv_version": "1"}
    assert fetch(old, place, "okta") == "of version 1"
    with pytest.raises(SymException, match=r"in the KV engine old of version 2|permission denied"):
        fetch({**settings, "mount": "old"}, place, "okta")


def test_what_the_policy_does_not_allow_is_refused_with_a_word_on_permissions(
    settings: dict[str, str], place: SecretPlace
) -> None:
    with pytest.raises(SymException, match="'elsewhere' could not be read: Vault answered 403") as raised:
        fetch(settings, place, "elsewhere")
    assert "permission" in str(raised.value)
    assert raised.value.retryable is False


@pytest.mark.parametrize("path", ["", "/", "../sys/mounts", "okta/../../sys", "./okta"])
def test_a_path_that_leads_elsewhere_is_refused(settings: dict[str, str], place: SecretPlace, path: str) -> None:
    with pytest.raises(SymException, match="is not the path of a secret"):
        fetch(settings, place, path)


def test_a_secret_may_not_be_long(bao: OpenBao, settings: dict[str, str], place: SecretPlace) -> None:
    bao.put("okta/long", {"token": "x" * 65536})
    with pytest.raises(SymException, match="longer than 64 KiB"):
        fetch(settings, place, "okta/long")


def test_a_token_that_is_wrong_or_missing(settings: dict[str, str], place: SecretPlace) -> None:
    with pytest.raises(SymException, match="Vault answered 403") as raised:
        fetch(settings, SecretPlace(environment={"SYM_SECRET_VAULT_TOKEN": "s.wrong-token"}))
    assert "s.wrong-token" not in str(raised.value)
    with pytest.raises(SymException, match="SYM_SECRET_VAULT_TOKEN is not set where the worker runs"):
        fetch(settings, SecretPlace())
    with pytest.raises(SymException, match="must name a variable SYM_SECRET_"):
        fetch({**settings, "variable": "AWS_SECRET_ACCESS_KEY"}, place)
    named = SecretPlace(environment={"SYM_SECRET_OTHER": place.environment["SYM_SECRET_VAULT_TOKEN"]})
    assert fetch({**settings, "variable": "SYM_SECRET_OTHER"}, named) == VALUE


def test_a_server_that_is_not_there_is_asked_again_later(place: SecretPlace) -> None:
    with pytest.raises(SymException, match="could not be reached") as raised:
        fetch({"address": "http://127.0.0.1:9"}, place)
    assert raised.value.retryable is True


@pytest.mark.parametrize("address", ["vault.example.com", "ftp://vault", "https://user:word@vault", "https://v?x=1"])
def test_an_address_must_be_one(address: str, place: SecretPlace) -> None:
    with pytest.raises(SymException):
        fetch({"address": address}, place)


def test_approle_logs_in_and_leaves_no_token_behind(bao: OpenBao, settings: dict[str, str]) -> None:
    bao.ask("POST", "sys/auth/machines", {"type": "approle"})
    bao.ask("POST", "auth/machines/role/worker", {"token_policies": ["reader"]})
    role_id = bao.ask("GET", "auth/machines/role/worker/role-id")["data"]["role_id"]
    secret_id = bao.ask("POST", "auth/machines/role/worker/secret-id")["data"]["secret_id"]
    given = {**settings, "auth": "approle", "auth_mount": "machines", "role": role_id}
    before = bao.tokens()
    assert fetch(given, SecretPlace(environment={"SYM_SECRET_VAULT_SECRET_ID": secret_id})) == VALUE
    assert bao.tokens() == before
    with pytest.raises(SymException, match=r"invalid secret id|invalid role or secret ID"):
        fetch(given, SecretPlace(environment={"SYM_SECRET_VAULT_SECRET_ID": "wrong"}))
    with pytest.raises(SymException, match="needs the setting role"):
        fetch({**settings, "auth": "approle"}, SecretPlace())


def test_kubernetes_logs_in_with_the_pods_service_account(
    bao: OpenBao, settings: dict[str, str], tmp_path: Path
) -> None:
    cluster = Kubernetes()
    try:
        bao.ask("POST", "sys/auth/kubernetes", {"type": "kubernetes"})
        bao.ask("POST", "auth/kubernetes/config", {
            "kubernetes_host": cluster.url, "token_reviewer_jwt": _jwt("reviewer"), "disable_local_ca_jwt": True,
                "kubernetes_ca_cert": _certificate(),
        })  # fmt: skip
        bao.ask("POST", "auth/kubernetes/role/worker", {
            "bound_service_account_names": "worker", "bound_service_account_namespaces": "sym",
            "token_policies": ["reader"],
        })  # fmt: skip
        token = tmp_path / "token"
        token.write_text(_jwt("worker") + "\n")
        cluster.known = {_jwt("worker"): "system:serviceaccount:sym:worker"}
        given, before = {**settings, "auth": "kubernetes", "role": "worker"}, bao.tokens()
        assert fetch(given, SecretPlace(service_account=token)) == VALUE
        assert bao.tokens() == before
        token.write_text(_jwt("intruder"))
        with pytest.raises(SymException, match="Vault answered 403"):
            fetch(given, SecretPlace(service_account=token))
        with pytest.raises(SymException, match="service account cannot be read"):
            fetch(given, SecretPlace(service_account=tmp_path / "none"))
    finally:
        cluster.close()


def test_a_namespace_is_asked_where_the_settings_name_one(bao: OpenBao, settings: dict[str, str]) -> None:
    bao.ask("POST", "sys/namespaces/team")
    bao.ask("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}}, namespace="team")
    bao.ask("POST", "secret/data/okta/api", {"data": {"token": "of the team"}}, namespace="team")
    bao.ask("PUT", "sys/policies/acl/all", {"policy": 'path "*" { capabilities = ["read"] }'}, namespace="team")
    made = bao.ask("POST", "auth/token/create", {"policies": ["all"]}, namespace="team")
    place = SecretPlace(environment={"SYM_SECRET_VAULT_TOKEN": made["auth"]["client_token"]})
    assert fetch({**settings, "namespace": "team"}, place) == "of the team"


def test_a_process_that_reaches_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="cannot be reached from this process"):
        vault.Source.open({"address": "https://vault.example.com"}, SecretPlace())


def _jwt(name: str) -> str:
    """A token shaped as Kubernetes shapes them, for the service account ``name``."""
    claims = {"iss": "kubernetes/serviceaccount", "sub": f"system:serviceaccount:sym:{name}",
              "kubernetes.io/serviceaccount/namespace": "sym",
              "kubernetes.io/serviceaccount/service-account.name": name,
              "kubernetes.io/serviceaccount/service-account.uid": "uid-of-the-worker"}  # fmt: skip
    parts = ({"alg": "RS256", "kid": "k"}, claims)
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, base64.urlsafe_b64encode(b"signature").decode().rstrip("=")])


def _certificate() -> str:
    """A certificate of the cluster's authority. It is asked for, and not used where there is no TLS."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cluster")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=3650)).sign(key, None)
    return made.public_bytes(Encoding.PEM).decode()
