"""The original provider, unmodified, could use this server: every request it makes, byte for byte."""

from __future__ import annotations

import http.client
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from sym.entities import key_of
from sym.resources import is_singleton, resources
from sym.sdk.schema import fields
from tests.runtime.api.conftest import World
from tests.runtime.api.vectors import VECTORS, Vector


class Original:
    """Sends what the original provider sends, with every header of its, and a JSON body even where there is none."""

    def __init__(self, api: World) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
        self._token = api.token("terraform")
        self.ids: dict[str, str] = {}

    def send(self, method: str, path: str, body: bytes = b"null") -> tuple[int, Any]:
        headers = {
            "User-Agent": "Go-http-client/1.1",
            "Content-Length": str(len(body)),
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "X-Sym-Request-Id": str(uuid.uuid4()),
            "Accept-Encoding": "gzip",
        }
        self._connection.putrequest(method, f"/api/v1/entities/{path}", skip_accept_encoding=True)
        for name, value in headers.items():
            self._connection.putheader(name, value)
        self._connection.endheaders(body)
        response = self._connection.getresponse()
        assert response.getheader("X-Sym-Request-ID") == headers["X-Sym-Request-Id"]
        return response.status, json.loads(response.read())

    def filled(self, text: str, own: str = "") -> str:
        return re.sub(r"\$(\$|\w+)", lambda found: own if found[1] == "$" else self.ids[found[1]], text)

    def expected(self, document: dict[str, Any], own: str) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self.filled(json.dumps(document), own))
        return {"id": own, **known}

    def create(self, vector: Vector) -> str:
        status, answer = self.send("POST", vector.path, self.filled(vector.create.decode()).encode())
        assert status == 200, answer
        own = answer["id"]
        assert str(uuid.UUID(own)) == own
        assert answer == self.expected(vector.created, own)
        self.ids[vector.name] = own
        return str(own)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def original(api: World) -> Iterator[Original]:
    sending = Original(api)
    yield sending
    sending.close()


def test_there_is_a_vector_for_every_resource_with_every_key() -> None:
    shelf = resources()
    assert {vector.name for vector in VECTORS} == set(shelf)
    for vector in VECTORS:
        declared = shelf[vector.name]
        # The original has no numbers, and nothing that is handed over and not shown.
        original = (f for f in fields(declared) if f.kind != "number" and not f.declaration.write_only)
        keys = {key_of(declared, field) for field in original}
        assert set(json.loads(vector.create)) == keys
        assert set(vector.created) - {"name"} == set(vector.changed) - {"name"} == keys
        assert vector.path == declared.collection


def test_the_life_of_every_resource(original: Original) -> None:
    for vector in VECTORS:
        own = original.create(vector)
        address = vector.path if is_singleton(vector.name) else f"{vector.path}/{own}"
        created = original.expected(vector.created, own)
        assert original.send("GET", address) == (200, created)
        if vector.lookup:
            assert original.send("GET", f"{vector.path}?{vector.lookup}") == (200, [created])
        change = original.filled(vector.change.decode(), own).encode()
        assert original.send("PATCH", address, change) == (200, original.expected(vector.changed, own))
        assert original.send("GET", address) == (200, original.expected(vector.changed, own))
    for vector in reversed(VECTORS):
        own = original.ids[vector.name]
        address = vector.path if is_singleton(vector.name) else f"{vector.path}/{own}"
        assert original.send("DELETE", address) == (200, {"id": own})
        for method in ("GET", "DELETE"):
            status, answer = original.send(method, address)
            assert (status, answer["code"], answer["error"]) == (404, "EntityAPI:NOT_FOUND", True)


def test_errors_have_the_list_the_original_shows(original: Original) -> None:
    integration = VECTORS[0]
    own = original.create(integration)
    status, answer = original.send("POST", "integrations", integration.create)
    assert (status, answer["status_code"], answer["code"]) == (409, 409, "API:CONFLICT")
    assert [item["field"] for item in answer["errors"]] == ["slug"]
    assert "sym_integration slack:main" in answer["errors"][0]["message"]
    original.create(VECTORS[1])
    status, answer = original.send("DELETE", f"integrations/{own}")
    assert (status, answer["code"]) == (409, "API:IN_USE")
    assert "sym_error_logger sym-errors" in answer["errors"][0]["message"]
    status, answer = original.send("POST", "integrations", b'{"type":"slack","settings":{},"slug":"x"}')
    assert (status, [item["field"] for item in answer["errors"]]) == (400, ["external_id"])
