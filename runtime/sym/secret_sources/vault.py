"""Secrets in HashiCorp Vault, or OpenBao: in its KV secrets engine, version 2 or 1. The path of a secret is the one
below the mount of the engine.

What lies at a path is a JSON object, of which ``json_key`` picks a key; without it the value is the whole object, as
JSON text. Of version 2 the newest version is read.

How the worker proves who it is (``auth``):

* ``token``: with the token in the worker's variable ``SYM_SECRET_VAULT_TOKEN``.
* ``approle``: with the role id in ``role`` and the secret id in the worker's variable ``SYM_SECRET_VAULT_SECRET_ID``.
* ``kubernetes``: with the token of the pod's service account, for the Kubernetes role in ``role``.

The variables may have other names that begin with ``SYM_SECRET_``: ``variable`` says which. A token that was had by
logging in is revoked after each use; values are kept for a minute.

The policy needs ``read`` on ``<mount>/data/<path>`` (version 2) or ``<mount>/<path>`` (version 1), and ``update`` on
``auth/token/revoke-self``, which Vault's ``default`` policy has. Whose certificate is trusted, and which proxy is used,
is set where the worker runs, by ``REQUESTS_CA_BUNDLE`` and ``HTTPS_PROXY``.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Self
from urllib.parse import quote, urlsplit

from sym.sdk import schema as declared
from sym.sdk._secrets import LONGEST_VALUE, SecretPlace
from sym.sdk.connection import Http, Reply, Service
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.schema import attribute, schema

_VARIABLE = re.compile(r"SYM_SECRET_[A-Za-z0-9_]+")
_VARIABLES = {"token": "SYM_SECRET_VAULT_TOKEN", "approle": "SYM_SECRET_VAULT_SECRET_ID"}


def _address(value: str) -> str | None:
    """What is wrong with the address of a server."""
    parts = urlsplit(value)
    usable = (
        parts.scheme in ("https", "http") and parts.hostname and not (parts.query or parts.fragment or parts.username)
    )
    return None if usable else "An address such as https://vault.example.com:8200 is needed."


@schema
class Settings:
    """Settings of a Vault as a source."""

    address: str = attribute("Where Vault is, such as `https://vault.example.com:8200`.", validators=(_address,))
    mount: str | None = attribute("Where the KV engine is mounted; `secret` if left out.", default=None)
    kv_version: str | None = attribute(
        "The version of the KV engine; `2` if left out.", default=None, choices=("1", "2")
    )  # fmt: skip
    namespace: str | None = attribute("The namespace, where Vault has any.", default=None)
    auth: str | None = attribute(
        "How the worker proves who it is; `token` if left out.", default=None,
        choices=("token", "approle", "kubernetes"),
    )  # fmt: skip
    auth_mount: str | None = attribute("Where `approle` or `kubernetes` is mounted, if not there.", default=None)
    role: str | None = attribute("The role id of an AppRole, or the Kubernetes role.", default=None)
    variable: str | None = attribute(
        "The worker's variable with the token, or with the AppRole's secret id.", default=None
    )  # fmt: skip


class Source:
    """Reads secrets of one KV engine."""

    def __init__(self, settings: Settings, place: SecretPlace, http: Http) -> None:
        self._settings = settings
        self._place = place
        self._http = http

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source on the server that the settings name. Raises ValueError if they do not go together, or if this
        process reaches no services."""
        read = declared.read(Settings, settings)
        if place.http is None:
            raise ValueError("Vault cannot be reached from this process.")
        if read.auth in ("approle", "kubernetes") and not read.role:
            raise ValueError(f"The setting auth = {read.auth!r} needs the setting role.")
        fixed = {"X-Vault-Request": "true"} | ({"X-Vault-Namespace": read.namespace} if read.namespace else {})
        service = Service(name="Vault", base_url=f"{read.address.rstrip('/')}/v1", error=_error,
                          headers=lambda: fixed, reason=_reason)  # fmt: skip
        return cls(read, place, place.http(service))

    def fetch(self, path: str) -> str:
        """The keys and values at ``path``, as the text of a JSON object. Raises SymException for what Vault says."""
        parts = [part for part in path.split("/") if part]
        if not parts or {".", ".."} & set(parts):
            raise PermissionError(f"{path!r} is not the path of a secret.")
        mount = quote((self._settings.mount or "secret").strip("/"))
        where = "/".join(quote(part, safe="") for part in parts)
        is_second = self._settings.kv_version != "1"
        with self._token() as token:
            asked = f"/{mount}/data/{where}" if is_second else f"/{mount}/{where}"
            reply = self._http.get(asked, accept=(404,), headers={"X-Vault-Token": token})
        data = (reply.json() or {}).get("data") or {}
        found = data.get("data") if is_second else data
        if reply.status == 404 or not isinstance(found, dict) or not found:
            raise LookupError(
                f"Vault has nothing at {path!r} in the KV engine {mount} of version {2 if is_second else 1}."
            )
        text = json.dumps(found)
        if len(text) > LONGEST_VALUE:
            raise ValueError("what lies there is longer than 64 KiB")
        return text

    @contextlib.contextmanager
    def _token(self) -> Iterator[str]:
        auth = self._settings.auth or "token"
        if auth == "token":
            yield self._variable(auth)
            return
        proof = {"role_id": self._settings.role, "secret_id": self._variable(auth)} if auth == "approle" else {
            "role": self._settings.role, "jwt": self._service_account()}  # fmt: skip
        mount = quote((self._settings.auth_mount or auth).strip("/"))
        reply = self._http.send("POST", f"/auth/{mount}/login", json=proof)
        token = str(reply.json()["auth"]["client_token"])
        try:
            yield token
        finally:
            # It would end by itself, after a month where nobody has set anything else.
            with contextlib.suppress(SymException):
                self._http.send("POST", "/auth/token/revoke-self", headers={"X-Vault-Token": token})

    def _variable(self, auth: str) -> str:
        name = self._settings.variable or _VARIABLES[auth]
        if not _VARIABLE.fullmatch(name):
            raise PermissionError(f"The setting variable must name a variable SYM_SECRET_*, not {name!r}.")
        if not (value := self._place.environment.get(name, "").strip()):
            raise LookupError(f"the environment variable {name} is not set where the worker runs")
        return value

    def _service_account(self) -> str:
        file = self._place.service_account
        try:
            return file.read_text(encoding="utf-8").strip() if file is not None else ""
        except OSError as error:
            raise LookupError(f"the token of the service account cannot be read: {error.strerror}") from None


def _error(name: str, message: str) -> SymException:
    return SymException("Vault", name, message)


def _reason(reply: Reply) -> str:
    document = reply.json()
    errors = document.get("errors") if isinstance(document, dict) else None
    return "; ".join(str(error).strip() for error in errors) if isinstance(errors, list) else ""
