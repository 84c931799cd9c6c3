"""Every endpoint, for everybody."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import requests
from fastapi.routing import APIRoute

from sym.api.app import create_app
from sym.api.openapi import operations
from sym.api.route import ApiRoute, OpenRoute
from tests.api_document import DOCUMENT
from tests.contracts.api.office import CALLERS, STRANGERS, Office
from tests.contracts.api.security_table import KNOWN, ROWS, Row, route_of, rows_of

APP = create_app(None)  # type: ignore[arg-type]
ROUTES = [f"{method} {path}" for method, path, _ in operations(DOCUMENT)] + ["GET /metrics"]
NEEDS_A_TOKEN = [f"{method} {path}" for method, path, operation in operations(DOCUMENT) if "security" in operation]
WRITING = [route for route in ROUTES if route.split(" ")[0] in ("POST", "PUT", "PATCH")]
# What proves who asks is in the form itself: a browser has nothing to add to it.
TAKEN_FORMS = {"POST /api/v1/tokens/exchange": {"application/x-www-form-urlencoded"}}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")


def address(path: str, office: Office, row: Row) -> str:
    """The path with ids in it."""
    ids = {"run_id": office.runs[row.run], "event_id": office.events[row.run],
           **office.places, **(row.places or {})}  # fmt: skip
    for _ in range(2):  # a place may be one by another name
        path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], str(uuid.uuid4())), path)
    return path + row.query


def send(office: Office, route: str, row: Row, caller: str) -> requests.Response:
    """Call the route of a row as somebody."""
    method, path = route.split(" ")
    body: Any = row.body
    if body is not None and "run_id" in body:
        body = {**body, "run_id": office.runs[row.run]}
    options = {"json": body if body is not None else {}} if route in WRITING else {}
    return office.call(method, address(path, office, row), caller, **options)


def check_answer(response: requests.Response) -> None:
    """What holds for every answer."""
    assert response.status_code < 500, response.text
    assert not 300 <= response.status_code < 400, "nobody is ever sent elsewhere"
    names = {name.lower() for name in response.headers}
    assert not names & {"set-cookie", "location", "access-control-allow-origin"}, names
    assert response.headers["Cache-Control"] == "no-store" or response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if response.status_code >= 400:
        assert set(response.json()) == {"error", "message", "errors", "code", "status_code", "is_retryable"}
    assert (response.status_code == 401) == ("www-authenticate" in names)


def suggestion(office: Office, route: str) -> str:
    """A row with what the server answers now."""
    answers = {caller: send(office, route, Row("200"), caller).status_code for caller in CALLERS}
    if len(set(answers.values())) == 1:
        return f'"{route}": public({answers["nobody"]}),'
    return f'"{route}": Row("{" ".join(str(answers[caller]) for caller in KNOWN)}"),'


@pytest.mark.parametrize("route", ROUTES)
def test_everybody_gets_the_answer_of_the_table(office: Office, route: str) -> None:
    rows = rows_of(*route.split(" "))
    if not rows:
        pytest.fail(
            f"{route} is not in the table. Decide who may call it, and add to ROWS in "
            f"tests/contracts/api/security_table.py, for example (this is what it answers now):\n"
            f"    {suggestion(office, route)}"
        )
    for name, row in rows.items():
        answers = {}
        for caller in CALLERS:
            response = send(office, route, row, caller)
            check_answer(response)
            answers[caller] = response.status_code
        assert answers == row.expected(), name


def test_every_row_is_about_a_route() -> None:
    assert {route_of(name) for name in ROWS} - set(ROUTES) == set()


def test_every_route_is_in_the_document_and_decides_who_may_call_it() -> None:
    """A route with ``include_in_schema=False``, or a plain ``APIRouter``, would be missed by everything here."""
    for route in APP.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/api/v1"):
            assert route.include_in_schema, route.path
            assert isinstance(route, (ApiRoute, OpenRoute)), f"{route.path}: use api_router() or open_router()"
    for method, path, operation in operations(DOCUMENT):
        if path.startswith("/api/v1"):
            is_open = all(row.is_open for row in rows_of(method, path).values())
            assert ("security" not in operation) is is_open or not rows_of(method, path), f"{method} {path}"


@pytest.mark.parametrize("route", NEEDS_A_TOKEN)
def test_a_token_anywhere_but_in_the_header_is_none(office: Office, route: str) -> None:
    method, path = route.split(" ")
    token = office.tokens["admin"]
    address_ = address(path, office, Row("200"))
    for key in ("token", "access_token", "jwt", "authorization"):
        response = office.call(method, f"{address_}?{key}={token}", None, cookies={key: token})
        assert response.status_code == 401
        assert token not in response.text
    basic = office.call(method, address_, None, auth=("admin", token))
    assert basic.status_code == 401


@pytest.mark.parametrize("route", WRITING)
def test_what_a_page_of_somebody_elses_can_send_is_refused(office: Office, route: str) -> None:
    """A browser sends these from anywhere without asking first. There are no cookies it could send along, either."""
    method, path = route.split(" ")
    for kind in set(FORMS) - TAKEN_FORMS.get(route, set()):
        response = office.call(method, address(path, office, Row("200")), "admin", data=b"{}",
                               headers={"Content-Type": kind, "Origin": "https://evil.example"})  # fmt: skip
        assert response.status_code == 415, kind
        check_answer(response)


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_is_sent_elsewhere(office: Office, route: str) -> None:
    method, path = route.split(" ")
    plain = address(path, office, Row("200"))
    for wrong in (f"{plain}/", f"/{plain}", f"{plain}//evil.example", f"{plain}/..%2f..%2fevil", plain.upper()):
        response = office.call(method, wrong, "admin", headers={"Host": "evil.example"}, json={})
        assert response.status_code in (400, 404, 405), f"{wrong}: {response.status_code}"
        check_answer(response)


@pytest.mark.parametrize("path", sorted({route.split(" ")[1] for route in ROUTES}))
def test_other_methods_are_refused(office: Office, path: str) -> None:
    known = {route.split(" ")[0] for route in ROUTES if route.split(" ")[1] == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - known:
        response = office.call(method, address(path, office, Row("200")), "admin", json={})
        assert response.status_code in (404, 405), method
        check_answer(response)


def test_strangers_are_told_the_same_about_what_is_there_and_what_is_not(office: Office) -> None:
    for caller in STRANGERS:
        known = office.call("GET", f"/api/v1/runs/{office.runs['open']}", caller)
        unknown = office.call("GET", f"/api/v1/runs/{uuid.uuid4()}", caller)
        assert known.json() == unknown.json()


@pytest.mark.parametrize("caller", ["guest", "member"])
def test_people_do_not_find_out_who_there_is(office: Office, caller: str) -> None:
    def said(email: str) -> list[Any]:
        request = {"flow_srn": "acme:flow:deploy:latest", "flow_inputs": {"reason": "x"}, "user_email": email}
        found = [
            office.call("POST", "/api/v1/events/request", caller, json=request),
            office.call("GET", f"/api/v1/leases?user={email}", caller),
            office.call("GET", f"/api/v1/runs?requester={email}", caller),
        ]
        return [(response.status_code, response.json()) for response in found]

    answers = {email: said(email) for email in ("ann@acme.example", "nobody@acme.example", "deactivated@acme.example")}
    assert answers["ann@acme.example"] == answers["nobody@acme.example"] == answers["deactivated@acme.example"]
    assert {status for status, _ in answers["ann@acme.example"]} == {403}
