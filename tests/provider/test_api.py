"""The repository behind the API: what it sends for each call, and how it takes the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sym.errors import Conflict, InUse, Invalid, NotFound, Unavailable
from sym_provider.api import ApiRepository
from sym_provider.repository import Record
from sym_provider.server import Access, Patience
from tests.provider.conftest import TOKEN, Call, FakeServer

ID = "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"
OTHER = "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d11"
TARGET = {"type": "custom", "name": "Db", "label": None, "field_bindings": ["a"], "settings": {"x": "y"}}
SENT = {"type": "custom", "slug": "Db", "label": None, "field_bindings": ["a"], "settings": {"x": "y"}}
SHOWN = {**SENT, "id": ID, "slug": "db", "name": "Db"}
FILTER = {"implementation": "a", "vars": None, "integrations": None}
FILTER_SENT = {"implementation": "YQ==", "vars": None, "integrations": None}
GONE = {"error": True, "message": "There is no such thing.", "errors": [], "code": "EntityAPI:NOT_FOUND"}
TARGETS = "/entities/access-targets"


@pytest.fixture
def repository(fake: FakeServer) -> Iterator[ApiRepository]:
    access = Access(url=fake.url, token=TOKEN, origin="SYM_JWT", org="acme")
    opened = ApiRepository(access, Patience(answer=5, retries=2, pause=0.001))
    yield opened
    opened.close()


def refusal(code: str, *errors: tuple[str, str]) -> dict[str, Any]:
    listed = [{"field": field, "message": text} for field, text in errors]
    return {"error": True, "message": errors[0][1], "errors": listed, "code": code, "status_code": 400}


def test_create_posts_every_key(fake: FakeServer, repository: ApiRepository) -> None:
    fake.expect(Call("POST", TARGETS, body=SENT, answer=SHOWN))
    assert repository.create("target", TARGET) == Record(id=ID, document=TARGET)


def test_read_gets_the_id(fake: FakeServer, repository: ApiRepository) -> None:
    fake.expect(Call("GET", f"{TARGETS}/{ID}", answer=SHOWN), Call("GET", f"{TARGETS}/{ID}", 404, GONE))
    assert repository.read("target", ID) == Record(id=ID, document=TARGET)
    assert repository.read("target", ID) is None


def test_update_patches_every_key_and_the_id(fake: FakeServer, repository: ApiRepository) -> None:
    cleared = {**TARGET, "field_bindings": None}
    body = {**SENT, "field_bindings": None, "id": ID}
    fake.expect(Call("PATCH", f"{TARGETS}/{ID}", body=body, answer={**SHOWN, "field_bindings": None}))
    assert repository.update("target", ID, cleared) == Record(id=ID, document=cleared)
    fake.expect(Call("PATCH", f"{TARGETS}/{ID}", 404, GONE, body))
    with pytest.raises(NotFound):
        repository.update("target", ID, cleared)


def test_delete_tolerates_what_is_gone(fake: FakeServer, repository: ApiRepository) -> None:
    fake.expect(Call("DELETE", f"{TARGETS}/{ID}", answer={"id": ID}), Call("DELETE", f"{TARGETS}/{ID}", 404, GONE))
    repository.delete("target", ID)
    repository.delete("target", ID)


def test_find_asks_for_the_slug_and_for_the_type_where_there_is_one(
    fake: FakeServer, repository: ApiRepository
) -> None:
    fake.expect(
        Call("GET", TARGETS, query={"slug": "a&b", "type": "c d"}, answer=[SHOWN]),
        Call("GET", "/entities/secrets", query={"slug": "arn:x/é"}, answer=[]),
        Call("GET", TARGETS, query={"slug": "x", "type": "y"}, answer=[SHOWN, SHOWN]),
    )
    assert repository.find("target", "c d", "a&b") == Record(id=ID, document=TARGET)
    assert repository.find("secret", "", "arn:x/é") is None
    with pytest.raises(Unavailable, match="expected one, found 2"):
        repository.find("target", "y", "x")


def test_the_flows_filter_has_no_id_in_its_address(fake: FakeServer, repository: ApiRepository) -> None:
    path, shown = "/entities/flows-filter", {**FILTER_SENT, "id": ID}
    fake.expect(
        Call("POST", path, body=FILTER_SENT, answer=shown),
        Call("GET", path, answer=shown),
        Call("GET", path, answer=shown),
        Call("PATCH", path, body=shown, answer=shown),
        Call("GET", path, answer=shown),
        Call("DELETE", path, answer={"id": ID}),
        Call("GET", path, 404, GONE),
    )
    record = repository.create("flows_filter", FILTER)
    assert record == Record(id=ID, document=FILTER)
    assert repository.read("flows_filter", ID) == repository.find("flows_filter", "", "flows-filter") == record
    assert repository.update("flows_filter", ID, FILTER) == record
    repository.delete("flows_filter", ID)
    assert repository.find("flows_filter", "", "flows-filter") is None


def test_another_flows_filter_is_not_taken_for_the_one_that_is_gone(
    fake: FakeServer, repository: ApiRepository
) -> None:
    shown = {**FILTER_SENT, "id": OTHER}
    fake.expect(*(Call("GET", "/entities/flows-filter", answer=shown) for _ in range(2)))
    assert repository.read("flows_filter", ID) is None
    repository.delete("flows_filter", ID)


@pytest.mark.parametrize("name", ["target", "flows_filter"])
@pytest.mark.parametrize("resource_id", ["", "..", "a/b", "custom:x"])
def test_what_can_be_no_id_is_gone_without_a_question(
    fake: FakeServer, repository: ApiRepository, name: str, resource_id: str
) -> None:
    assert repository.read(name, resource_id) is None
    repository.delete(name, resource_id)
    with pytest.raises(NotFound):
        repository.update(name, resource_id, TARGET if name == "target" else FILTER)
    assert fake.seen == []


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("slug", "name"),
        ("params.prompt_fields[1].type", "params[0].prompt_field[1].type"),
        ('vars["a.b"]', 'vars["a.b"]'),
        ("something.new", "something.new"),
        ("", ""),
    ],
)
def test_a_refusals_place_is_the_attributes(fake: FakeServer, repository: ApiRepository, field: str, path: str) -> None:
    flow: dict[str, Any] = {"name": "f", "implementation": "a", "environment_id": ID}
    sent: dict[str, Any] = {"id": ID, "slug": "f", "label": None, "implementation": "YQ==", "vars": None}
    sent |= {"environment_id": ID, "params": {}}
    answer = refusal("API:INVALID_REQUEST", (field, "That is wrong."))
    fake.expect(Call("PATCH", f"/entities/flows/{ID}", 400, answer, sent))
    with pytest.raises(Invalid, match="That is wrong") as raised:
        repository.update("flow", ID, flow)
    assert raised.value.path == path


def test_conflicts_and_what_is_in_use(fake: FakeServer, repository: ApiRepository) -> None:
    fake.expect(
        Call("POST", TARGETS, 409, refusal("API:CONFLICT", ("slug", "It is taken.")), SENT),
        Call("DELETE", f"{TARGETS}/{ID}", 409, refusal("API:IN_USE", ("id", "A strategy uses it."))),
    )
    with pytest.raises(Conflict, match="taken") as raised:
        repository.create("target", TARGET)
    assert raised.value.path == "name"
    with pytest.raises(InUse, match="strategy"):
        repository.delete("target", ID)


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": 5}, [], "x", [SHOWN]])
def test_an_answer_without_an_id_is_no_success(fake: FakeServer, repository: ApiRepository, answer: Any) -> None:
    fake.expect(Call("POST", TARGETS, body=SENT, answer=answer))
    with pytest.raises(Unavailable, match="without saying its id"):
        repository.create("target", TARGET)


def test_code_that_is_no_base64_is_an_error(fake: FakeServer, repository: ApiRepository) -> None:
    fake.expect(Call("GET", "/entities/flows-filter", answer={**FILTER_SENT, "id": ID, "implementation": "*"}))
    with pytest.raises(Unavailable, match="unusable implementation"):
        repository.read("flows_filter", ID)


def test_keys_of_a_newer_server_are_dropped(fake: FakeServer, repository: ApiRepository) -> None:
    fake.expect(Call("GET", f"{TARGETS}/{ID}", answer={**SHOWN, "colour": "red"}))
    assert repository.read("target", ID) == Record(id=ID, document=TARGET)
