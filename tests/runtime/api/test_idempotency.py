"""Requests that are sent again."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from sym.api.idempotency import HEADER, REPLAYED
from sym.errors import Conflict, Invalid, Unavailable
from sym.store import idempotency
from sym.store.database import Store
from sym.store.tokens import list_tokens
from tests.contracts.api.office import Office, furnish, open_office
from tests.runtime.api.conftest import World, assert_error

PATH = "/api/v1/events/request"
BODY: dict[str, Any] = {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {"reason": "INC-42"}}


def send(api: World, key: str, body: Any = BODY, *, name: str = "ci", path: str = PATH) -> requests.Response:
    return api.call("POST", path, token=api.token(name), json=body, headers={HEADER: key})


def test_the_same_request_gets_the_first_answer_again(api: World) -> None:
    first = send(api, "a")
    assert first.status_code == 200
    assert REPLAYED not in first.headers
    for body in (BODY, json.loads(json.dumps(BODY))):
        again = send(api, "a", body)  # with another token of the same user
        assert (again.status_code, again.text, again.headers[REPLAYED]) == (200, first.text, "true")
    assert len(api.inbound.submissions) == 1


def test_without_a_key_everything_is_done_as_often_as_it_is_asked_for(api: World) -> None:
    for _ in range(2):
        assert api.post("/events/request", BODY).status_code == 200
    assert len(api.inbound.submissions) == 2


def test_a_key_is_somebodys_own(api: World) -> None:
    ids = {send(api, "a", name=name).json()["run_id"] for name in ("ci", "ann", "root")}
    assert len(ids) == 3


def test_another_request_with_the_key_is_a_conflict(api: World) -> None:
    run_id = send(api, "a").json()["run_id"]
    for other in ({**BODY, "context": {}}, {**BODY, "user_email": "ann@acme.example"}):
        assert_error(send(api, "a", other), 409, "Idempotency:KEY_REUSED")
    assert_error(send(api, "a", {"run_id": run_id}, path="/api/v1/events/deny"), 409, "Idempotency:KEY_REUSED")
    assert len(api.inbound.submissions) == 1
    assert api.inbound.actions == []


def test_every_post_takes_a_key(api: World) -> None:
    run_id = send(api, "a").json()["run_id"]
    for _ in range(2):
        assert send(api, "b", {"run_id": run_id}, path="/api/v1/events/deny").status_code == 200
    assert [action.name for action in api.inbound.actions] == ["deny"]
    made = [send(api, "c", {"slug": "prod"}, name="root", path="/api/v1/entities/runtimes") for _ in range(2)]
    assert [response.status_code for response in made] == [200, 200]
    assert made[0].json() == made[1].json()
    assert_error(send(api, "d", {"slug": "prod"}, name="root", path="/api/v1/entities/runtimes"), 409, "API:CONFLICT",
                 "slug")  # fmt: skip


def test_a_refusal_is_an_answer_too(api: World) -> None:
    api.inbound.failure = Invalid("No.", code="RequestAPI:INVALID_INPUTS", path="flow_inputs.reason")
    first = send(api, "a")
    api.inbound.failure = None
    again = send(api, "a")
    assert (again.status_code, again.text, again.headers[REPLAYED]) == (400, first.text, "true")
    missing = send(api, "b", {})
    assert assert_error(missing, 400, "API:INVALID_REQUEST", "flow_srn", "flow_inputs")
    assert send(api, "b", {}).text == missing.text
    assert api.inbound.submissions == []


@pytest.mark.parametrize("failure", [Unavailable("gone"), RuntimeError("oh")])
def test_what_failed_may_be_tried_again(api: World, failure: Any) -> None:
    api.inbound.failure = failure
    assert send(api, "a").status_code >= 500
    api.inbound.failure = None
    assert send(api, "a").status_code == 200
    assert len(api.inbound.submissions) == 1


def test_a_run_whose_answer_was_lost_is_still_made_once(api: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is committed, and then the server fails: the answer was committed with it."""
    real = api.inbound.request

    def fails_afterwards(*given: Any, **more: Any) -> Any:
        real(*given, **more)
        raise RuntimeError("after the commit")

    monkeypatch.setattr(api.inbound, "request", fails_afterwards)
    assert send(api, "a").status_code == 500
    monkeypatch.undo()
    again = send(api, "a")
    assert (again.status_code, again.headers[REPLAYED]) == (200, "true")
    assert again.json()["request_body"] == BODY
    assert {again.json()["run_id"]} == api.inbound.runs


def test_while_it_is_being_worked_on_the_same_request_is_told_to_wait(api: World) -> None:
    first = send(api, "a").json()
    with api.store.transaction() as conn:
        conn.execute(sa.text("update sym_idempotency set response = null"))
    message = assert_error(send(api, "a"), 409, "Idempotency:IN_PROGRESS")
    assert "worked on" in message
    api.now += idempotency.ABANDONED
    second = send(api, "a").json()
    assert second["run_id"] != first["run_id"]


def test_after_a_day_the_key_is_new(api: World) -> None:
    first = send(api, "a").json()["run_id"]
    api.now += timedelta(hours=23, minutes=59)
    assert send(api, "a").json()["run_id"] == first
    api.now += timedelta(minutes=1)
    assert send(api, "a").json()["run_id"] != first


@pytest.mark.parametrize("key", ["", "a b", "é".encode().decode("latin-1"), "x" * 256])
def test_what_is_no_key_is_refused(api: World, key: str) -> None:
    assert_error(send(api, key), 400, "Idempotency:INVALID_KEY", HEADER)
    assert api.inbound.submissions == []


def test_the_store_has_neither_key_nor_what_was_asked_for(api: World) -> None:
    send(api, "my-own-key", {**BODY, "flow_inputs": {"reason": "very private"}})
    with api.store.reading() as conn:
        (row,) = conn.execute(sa.text("select * from sym_idempotency"))
    assert "my-own-key" not in str(row)
    assert "private" not in str(row)


def test_what_is_shown_once_is_not_shown_again() -> None:
    from sym.api import idempotency as once

    assert once._kept(200, {"token": "eyJ", "jti": "x"}) == {"status": 200, "body": None}
    with pytest.raises(Conflict, match="only once"):
        once.Once._again(object(), {"status": 200, "body": None})  # type: ignore[arg-type]


def test_a_token_is_issued_once_for_a_key_and_is_in_no_table(api: World) -> None:
    def issue() -> requests.Response:
        return api.call("POST", "/api/v1/tokens", token=api.token("root"), json={"username": "ci", "expiry": "1d"},
                        headers={"Idempotency-Key": "k"})  # fmt: skip

    given = issue().json()
    assert "only once" in assert_error(issue(), 409, "Idempotency:SHOWN_ONCE")
    with api.store.reading() as conn:
        (row,) = conn.execute(sa.text("select * from sym_idempotency"))
        assert given["token"] not in str(row)
        labels = [token.label for token in list_tokens(conn, user_id=api.users["ci"].id)]
    assert labels.count("") == 1  # the others are the fixture's


@pytest.fixture
def servers(store: Store, tmp_path: Path) -> Iterator[tuple[Office, Office]]:
    """Two servers on one store, with the engine's real door."""
    first = furnish(store, tmp_path / "keys")
    other = Store(store.url)
    second = replace(first, store=other)
    with ExitStack() as stack:
        stack.callback(other.close)
        yield stack.enter_context(open_office(first)), stack.enter_context(open_office(second))


def test_two_servers_make_one_run_of_two_simultaneous_requests(servers: tuple[Office, Office]) -> None:
    body = {"flow_srn": "deploy", "flow_inputs": {"reason": "INC-42"}}
    for _ in range(3):
        key, barrier = str(uuid.uuid4()), threading.Barrier(6)
        answers: list[requests.Response] = []

        def ask(office: Office, key: str = key, barrier: threading.Barrier = barrier,
                answers: list[requests.Response] = answers) -> None:  # fmt: skip
            barrier.wait()
            answers.append(office.call("POST", PATH, "member", json=body, headers={HEADER: key}))

        before = _runs(servers[0])
        threads = [threading.Thread(target=ask, args=(servers[number % 2],)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {response.status_code for response in answers} <= {200, 409}
        assert len({response.json()["run_id"] for response in answers if response.status_code == 200}) == 1
        assert all(response.json()["is_retryable"] for response in answers if response.status_code == 409)
        assert _runs(servers[0]) == before + 1


def _runs(office: Office) -> int:
    with office.store.reading() as conn:
        return int(conn.execute(sa.text("select count(*) from sym_run")).scalar_one())
