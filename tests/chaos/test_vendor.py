"""The fake vendor keeps honest books, refuses what it does not know, and goes wrong as it is told to."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.system import wait_until
from tests.fakes.vendor.process import Vendor

PLACE = "/groups/red/members/p0"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Vendor(seed=1)
    made.know(groups=["red"], people=["p0", "p1"], members=[("red", "p1")])
    yield made
    made.close()


def call(vendor: Vendor, method: str, path: str = PLACE, **headers: str) -> tuple[int, dict[str, Any]]:
    given = {"Authorization": f"Bearer {vendor.token}", "X-Run": "run-1", **headers}
    request = urllib.request.Request(vendor.url + path, method=method, headers=given)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"{}")


def test_memberships_begin_and_end_once(vendor: Vendor) -> None:
    assert [call(vendor, method)[0] for method in ("GET", "PUT", "PUT", "GET")] == [404, 201, 200, 200]
    assert [call(vendor, method)[0] for method in ("DELETE", "DELETE", "GET")] == [204, 404, 404]
    found = vendor.ledger()
    (stay,) = [stay for stay in found.stays if stay.member == "p0"]
    assert (stay.run, stay.ended_by) == ("run-1", "run-1")
    assert stay.until is not None
    assert stay.since < stay.until
    assert [(one.what, one.did) for one in found.calls] == [
        ("GET", "not there"), ("PUT", "changed"), ("PUT", "was so"), ("GET", "there"), ("DELETE", "changed"),
        ("DELETE", "was so"), ("GET", "not there"),
    ]  # fmt: skip
    assert found.refused == []
    assert [stay.run for stay in found.stays if stay.member == "p1"] == [""]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PUT", PLACE, {"Authorization": "Bearer wrong"}, 401),
        ("PUT", PLACE, {"X-Run": ""}, 401),
        ("PUT", "/groups/grey/members/p0", {}, 422),
        ("PUT", "/groups/red/members/p9", {}, 422),
        ("POST", PLACE, {}, 404),
        ("GET", "/groups/red", {}, 404),
        ("GET", "/operations/op-1", {}, 404),
    ],
)
def test_what_it_does_not_know_it_refuses_and_keeps(
    vendor: Vendor, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    found, document = call(vendor, method, path, **headers)
    assert found == status
    assert document.get("error") != "not_a_member"
    assert len(vendor.ledger().refused) == 1


@pytest.mark.parametrize(
    ("fault", "status", "is_member"),
    [("throttled", 429, False), ("broken", 503, False), ("lies", 201, False)],
)
def test_faults_without_effect(vendor: Vendor, fault: str, status: int, is_member: bool) -> None:
    vendor.go_wrong(**{fault: 1.0})
    assert call(vendor, "PUT")[0] == status
    vendor.go_wrong()
    assert (call(vendor, "GET")[0] == 200) is is_member


def test_an_answer_is_lost_after_the_change_took_effect(vendor: Vendor) -> None:
    vendor.go_wrong(loses=1.0)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        call(vendor, "PUT")
    assert call(vendor, "GET")[0] == 200


def test_work_takes_effect_later_or_fails(vendor: Vendor) -> None:
    vendor.go_wrong(works_on=1.0, work_seconds=0.2)
    status, document = call(vendor, "PUT")
    path = f"/operations/{document['operation']}"
    assert (status, call(vendor, "GET", path)[1]["status"], call(vendor, "GET")[0]) == (202, "IN_PROGRESS", 404)
    assert vendor.ledger().working == [document["operation"]]
    wait_until(lambda: call(vendor, "GET", path)[1]["status"] == "SUCCEEDED", "the vendor never finished")
    assert call(vendor, "GET")[0] == 200
    vendor.go_wrong(works_on=1.0, work_seconds=0.0, gives_up=1.0)
    _, document = call(vendor, "DELETE")
    assert call(vendor, "GET", f"/operations/{document['operation']}")[1] == {"status": "FAILED"}
    assert call(vendor, "GET")[0] == 200


def test_reads_may_show_what_was_and_calls_may_be_slow(vendor: Vendor) -> None:
    vendor.go_wrong(stale_seconds=60.0)
    assert call(vendor, "PUT")[0] == 201
    assert call(vendor, "GET")[0] == 404
    vendor.go_wrong(slow=1.0, slow_seconds=0.3)
    started = time.monotonic()
    assert call(vendor, "GET")[0] == 200
    assert time.monotonic() - started >= 0.3


def test_a_fault_that_is_none_is_refused(vendor: Vendor) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        vendor.go_wrong(moody=1.0)
