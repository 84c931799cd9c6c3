"""Who may change resources through the API, and what it refuses."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sym.sealing import SealingKeys
from sym.store.audit import entries
from sym.store.secret_values import reveal
from tests.runtime.api.conftest import World, assert_error

TARGET = {"type": "custom", "slug": "db", "settings": {}}


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("GET", "/x"), ("PATCH", "/x"), ("DELETE", "/x")],
)
def test_who_is_no_admin_is_refused_and_it_is_recorded(api: World, name: str, method: str, path: str) -> None:
    response = api.call(method, f"/api/v1/entities/access-targets{path}", token=api.token(name), json=TARGET)
    assert_error(response, 403, "Auth:FORBIDDEN")
    with api.store.reading() as conn:
        recorded = entries(conn)
    assert recorded[-1]["fields"]["code"] == "Auth:FORBIDDEN"
    assert api.get("/entities/access-targets", name="root").json() == []


def test_what_an_admin_does_is_recorded_as_theirs(api: World) -> None:
    created = api.post("/entities/access-targets", TARGET, name="root").json()
    with api.store.reading() as conn:
        recorded = entries(conn)
    assert recorded[-1]["actor"]["user"] == f"acme:user:normal:{api.users['root'].id}:latest"
    assert recorded[-1]["fields"]["resource"]["id"] == created["id"]


@pytest.mark.parametrize("version", ["3.7.0", "2.9.1", "3"])
def test_a_provider_of_a_known_major_version_is_served(api: World, version: str) -> None:
    headers = {"X-Sym-Provider-Version": version}
    assert api.call("GET", "/api/v1/entities/flows", token=api.token("root"), headers=headers).status_code == 200


@pytest.mark.parametrize("version", ["4.0.0", "1.14.1", "33.0", "x", "-3.0", "³.1".encode()])
def test_a_provider_of_another_major_version_is_refused_before_anything_is_done(api: World, version: str) -> None:
    response = api.call("POST", "/api/v1/entities/access-targets", token=api.token("root"), json=TARGET,
                        headers={"X-Sym-Provider-Version": version})  # fmt: skip
    message = assert_error(response, 400, "EntityAPI:PROVIDER_VERSION")
    assert "2.x and 3.x" in message
    assert api.get("/entities/access-targets", name="root").json() == []


@pytest.mark.parametrize(
    ("collection", "body", "field"),
    [
        ("access-targets", {**TARGET, "id": "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"}, "id"),
        ("access-targets", {**TARGET, "colour": "red"}, "colour"),
        ("access-targets", {**TARGET, "name": "other"}, "name"),
        ("access-targets", {**TARGET, "slug": None}, "slug"),
        ("access-targets", {**TARGET, "slug": "!"}, "slug"),
        ("access-targets", {**TARGET, "settings": ["a"]}, "settings"),
        ("access-targets", {**TARGET, "settings": {"a": 1}}, 'settings["a"]'),
        ("access-targets", {**TARGET, "field_bindings": "a"}, "field_bindings"),
        ("access-strategies", {"type": "okta", "slug": "a", "integration_id": "<null>", "targets": []},
         "integration_id"),
        ("access-strategies", {"type": "http", "slug": "a", "implementation": "not base64!"}, "implementation"),
        ("access-strategies", {"type": "http", "slug": "a", "implementation": "/w=="}, "implementation"),
        ("access-strategies", {"type": "http", "slug": "a", "implementation": "YQ"}, "implementation"),
        ("access-strategies", {"type": "http", "slug": "a", "implementation": 5}, "implementation"),
        ("log-destinations", {"type": "kinesis_firehose", "integration_id": "<null>", "settings": {}},
         "integration_id"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x", "params": []}, "params"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x", "params": {"prompt_fields": {}}},
         "params.prompt_fields"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x", "params": {"prompt_fields": [1]}},
         "params.prompt_fields[0]"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x",
                   "params": {"prompt_fields": [{"name": "a", "type": "string", "on_change": "*"}]}},
         "params.prompt_fields[0].on_change"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x",
                   "params": {"prompt_fields": [{"name": "a", "type": "text"}]}}, "params.prompt_fields[0].type"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x", "params": {"new": 1}}, "params.new"),
        ("flows", {"slug": "f", "implementation": "YQ==", "environment_id": "x"}, "environment_id"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_stored_is_a_400_that_names_the_key(
    api: World, collection: str, body: dict[str, Any], field: str
) -> None:
    response = api.post(f"/entities/{collection}", body, name="root")
    assert_error(response, 400, "API:INVALID_REQUEST", field)
    assert api.get(f"/entities/{collection}", name="root").json() == []


def test_an_unknown_key_without_a_value_is_passed_over(api: World) -> None:
    assert api.post("/entities/access-targets", {**TARGET, "colour": None}, name="root").status_code == 200


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null"])
def test_a_body_that_is_no_object_is_refused(api: World, body: str) -> None:
    response = api.call("POST", "/api/v1/entities/access-targets", token=api.token("root"), data=body,
                        headers={"Content-Type": "application/json"})  # fmt: skip
    assert response.status_code == 400
    assert response.json()["code"] == "API:INVALID_REQUEST"


def test_an_answer_may_be_sent_back_as_it_is(api: World) -> None:
    created = api.post("/entities/access-targets", {**TARGET, "slug": "DB"}, name="root").json()
    assert (created["slug"], created["name"]) == ("db", "DB")
    address = f"/api/v1/entities/access-targets/{created['id']}"
    response = api.call("PATCH", address, token=api.token("root"), json=created)
    assert response.status_code == 200
    assert response.json()["slug"] == "db"


def test_a_large_file_of_code_is_stored(api: World) -> None:
    code = base64.b64encode(b"#" * 8_000_000).decode()
    body = {"type": "custom", "slug": "a", "targets": [], "implementation": code}
    response = api.post("/entities/access-strategies", body, name="root")
    assert response.status_code == 200
    assert response.json()["implementation"] == code


VALUE = "s3cr3t-hunter2"


@pytest.fixture
def local(api: World) -> str:
    """The id of a source whose values the store keeps."""
    body = {"type": "local", "slug": "local", "settings": {}}
    return str(api.post("/entities/secret-sources", body, name="root").json()["id"])


def test_a_value_is_taken_and_never_answered_with(api: World, local: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    body = {"path": "okta", "source_id": local, "settings": {}, "value_wo": VALUE, "value_wo_version": 1}
    created = api.post("/entities/secrets", body, name="root")
    shown = {"path": "okta", "source_id": local, "settings": {}, "label": None, "value_wo_version": 1}
    assert created.json() == {**shown, "id": created.json()["id"]}
    address = f"/entities/secrets/{created.json()['id']}"
    patch = {**body, "value_wo": f"{VALUE}-2", "value_wo_version": 2}
    changed = api.call("PATCH", f"/api/v1{address}", token=api.token("root"), json=patch)
    answers = [created, changed, api.get(address, name="root"), api.get("/entities/secrets", name="root")]
    assert [answer.status_code for answer in answers] == [200] * 4
    with api.store.reading() as conn:
        recorded = entries(conn)
    assert VALUE not in "".join(answer.text for answer in answers) + repr(recorded) + caplog.text
    assert reveal(api.store, SealingKeys(api.keys.path), created.json()["id"]) == f"{VALUE}-2"
    (updated,) = [entry for entry in recorded if entry["name"] == "resource.updated"]
    assert updated["fields"]["resource"]["changed"] == ["value_wo", "value_wo_version"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value_wo": VALUE}, "value_wo_version"),
        ({"value_wo_version": 1}, "value_wo_version"),
        ({"value_wo": "", "value_wo_version": 1}, "value_wo"),
        ({"value_wo": [VALUE], "value_wo_version": 1}, "value_wo"),
        ({"value_wo": {"a": VALUE}, "value_wo_version": 1}, "value_wo"),
        ({"value_wo": VALUE * 10_000, "value_wo_version": 1}, "value_wo"),
        ({"value_wo": VALUE, "value_wo_version": "one"}, "value_wo_version"),
        ({"value_wo": VALUE, "value_wo_version": 1.5}, "value_wo_version"),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused_without_a_word_of_it(
    api: World, local: str, given: dict[str, Any], field: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    body = {"path": "okta", "source_id": local, "settings": {}, **given}
    response = api.post("/entities/secrets", body, name="root")
    assert response.status_code == 400
    assert [item["field"] for item in response.json()["errors"]] == [field]
    assert VALUE not in response.text + caplog.text
    assert api.get("/entities/secrets", name="root").json() == []
