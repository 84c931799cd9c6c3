"""Labels of services."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import requests

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_list_services import BOUNDARY, declared, known


def label(api: World, account: str, body: dict[str, Any]) -> requests.Response:
    return api.call("PATCH", f"/api/v1/services/{account}", token=api.token("root"), json=body)


def test_a_label_that_was_given_precedes_the_integrations(api: World) -> None:
    declared(api, "main", label="Acme")
    for text in ("Ours", "Ours", "Our Okta"):
        assert label(api, "okta/acme.okta.com", {"label": text}).json()["label"] == text
    assert api.get("/services", name="root").json()["services"][0]["label"] == "Our Okta"
    with api.store.reading() as conn:
        assert len(entries(conn, name="service.updated")) == 2


def test_an_account_may_be_called_by_a_url(api: World) -> None:
    known(api, "ann", "boundary", BOUNDARY)
    done = label(api, f"boundary/{quote(BOUNDARY, safe='')}", {"label": "B"}).json()
    assert (done["external_id"], done["label"], done["identities"]) == (BOUNDARY, "B", 1)


def test_what_is_not_known_gets_none(api: World) -> None:
    assert_error(label(api, "okta/nothing", {"label": "x"}), 404, "ServiceAPI:NOT_FOUND")


@pytest.mark.parametrize(("body", "field"), [({}, "label"), ({"label": 7}, "label"), ({"label": "x" * 256}, "label"),
                                             ({"label": "x", "y": 1}, "y")])  # fmt: skip
def test_a_wrong_body_is_a_400_that_names_it(api: World, body: dict[str, Any], field: str) -> None:
    declared(api, "main")
    assert_error(label(api, "okta/acme.okta.com", body), 400, "API:INVALID_REQUEST", field)
