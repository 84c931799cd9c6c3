"""Services that are forgotten."""

from __future__ import annotations

from urllib.parse import quote

import requests

from sym.store.audit import entries
from sym.store.identities import identities_of
from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_list_services import BOUNDARY, declared, known


def delete(api: World, service: str, account: str) -> requests.Response:
    return api.call("DELETE", f"/api/v1/services/{service}/{quote(account, safe='')}", token=api.token("root"))


def test_the_label_and_the_identities_go_with_it(api: World) -> None:
    known(api, "ann", "boundary", BOUNDARY)
    known(api, "bob", "boundary", BOUNDARY)
    known(api, "ann", "okta", "acme.okta.com")
    path = f"/api/v1/services/boundary/{quote(BOUNDARY, safe='')}"
    api.call("PATCH", path, token=api.token("root"), json={"label": "B"})
    gone = delete(api, "boundary", BOUNDARY).json()
    assert (gone["external_id"], gone["identities"], gone["label"]) == (BOUNDARY, 2, "B")
    assert [item["service_type"] for item in api.get("/services", name="root").json()["services"]] == ["okta"]
    with api.store.reading() as conn:
        assert [item.service for item in identities_of(conn, api.users["ann"].id)] == ["okta"]
        (deleted,) = entries(conn, name="service.deleted")
    assert deleted["fields"]["service"] == {"service": "boundary", "service_id": BOUNDARY, "identities": 2}
    assert_error(delete(api, "boundary", BOUNDARY), 404, "ServiceAPI:NOT_FOUND")


def test_what_an_integration_declares_stays(api: World) -> None:
    declared(api, "main")
    known(api, "ann", "okta", "acme.okta.com")
    said = assert_error(delete(api, "okta", "acme.okta.com"), 409, "ServiceAPI:IN_USE")
    assert "sym_integration okta:main" in said
    assert api.get("/services", name="root").json()["services"][0]["identities"] == 1
