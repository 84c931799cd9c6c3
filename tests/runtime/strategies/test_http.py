from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sym.strategies import http
from sym.testing import FakeVendor, FlowTest, StrategyContract
from sym.testing.requests import Request
from sym.testing.strategy_contract import ANYBODY
from tests.fakes.services.leaks import kept
from tests.fakes.services.web_service import KEY, WebService
from tests.shelf_settings import optional, required, secrets


def test_it_works_with_and_without_an_integration() -> None:
    assert http.integration is None
    assert http.integration_optional


def test_its_own_names_are_not_required_and_others_are_accepted() -> None:
    assert required(http.Settings) | required(http.targets["http"]) == set()
    assert optional(http.Settings) == {"url", "signing_secret"}
    assert secrets(http.Settings) == {"signing_secret"}
    assert http.Settings.takes_any_setting
    assert http.targets["http"].takes_any_setting
    assert "this project's own" in str(http.__doc__)


class TestHttp(StrategyContract):
    strategy_type = "http"

    @pytest.fixture
    def vendor(self) -> Iterator[FakeVendor]:
        return WebService()


class TestAServiceThatTakesItsTime(StrategyContract):
    strategy_type = "http"
    not_applicable = {"lag_next": "what it shows is what it has done"}

    @pytest.fixture
    def vendor(self) -> Iterator[FakeVendor]:
        vendor = WebService()
        vendor.steps = 2
        return vendor


@pytest.fixture
def vendor() -> Iterator[WebService]:
    made = WebService()
    yield made
    made.close()


@contextmanager
def granting(vendor: WebService, **more: Any) -> Iterator[FlowTest]:
    declared = {"external_id": None, "strategy_settings": vendor.strategy_settings, "secrets": ["key"], **more}
    target = {"safe": {"settings": dict(vendor.target_settings)}}
    with FlowTest(ANYBODY, strategy_type="http", targets=target, fields={"reason": "string"},
                  addresses=vendor.addresses, **declared) as flow:  # fmt: skip
        flow.secrets["SYM_SECRET_KEY"] = KEY
        yield flow


def asked(flow: FlowTest) -> Request:
    request = flow.request(by="ada@example.com", target="safe", duration="1h", reason="fire")
    request.approve(by="approver@example.com")
    return request


def test_without_an_integration_people_are_their_addresses_and_nobody_is_looked_up(vendor: WebService) -> None:
    with granting(vendor) as flow:
        request = asked(flow)
        assert request.is_granted
        assert vendor.inside == {"ada@example.com"}
        flow.travel(hours=1, minutes=1)
        assert request.status == "deescalated"
    assert vendor.inside == set()
    assert [item["action"] for item in vendor.asked] == [
        "is_escalated", "escalate", "is_escalated", "deescalate", "is_escalated",
    ]  # fmt: skip


def test_what_the_service_is_told(vendor: WebService) -> None:
    with granting(vendor) as flow:
        request = asked(flow)
        flow.travel(hours=1, minutes=1)
    granted, ended = vendor.asked[1], vendor.asked[3]
    assert granted["version"] == 1
    assert granted["run"] == ended["run"] == request.id
    assert granted["requester"]["email"] == "ada@example.com"
    assert granted["requester"]["identity"] is None
    assert granted["target"]["id"] == "safe"
    assert granted["target"]["settings"] == {"identifier": "safe", "room": "7"}
    assert granted["fields"] == {"reason": "fire", "duration": 3600}
    assert ended["output"] == {"room": "7"}
    assert vendor.keys == [None, granted["event"]["id"], None, ended["event"]["id"], None]


def test_a_call_that_is_repeated_has_the_same_key(vendor: WebService) -> None:
    vendor.answers = [(200, {"escalated": False}), (503, None)]
    with granting(vendor) as flow:
        request = asked(flow)
        flow.travel(minutes=5)
        assert request.is_granted
    keys = [key for key, item in zip(vendor.keys, vendor.asked, strict=True) if item["action"] == "escalate"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {"status": "failed", "message": "the safe is locked"}), "The service failed: the safe is locked"),
        ((200, {}), "a JSON object with status is needed"),
        ((200, b"<html>Welcome</html>"), "a JSON object with status is needed"),
        ((200, {"status": "granted"}), "status must be succeeded, in_progress (with an operation_id) or failed"),
        ((200, {"status": "in_progress"}), "status must be succeeded, in_progress (with an operation_id) or failed"),
        ((200, {"status": "succeeded", "output": [1]}), "output must be an object"),
        ((404, {"message": "no such room"}), "The service at vault.example answered 404 to POST /access: no such room"),
        ((302, None, {"Location": "http://elsewhere.example/"}), "answered 302 to POST /access"),
    ],
)
def test_any_other_answer_is_no_grant(vendor: WebService, answer: Any, told: str) -> None:
    vendor.answers = [(200, {"escalated": False}), answer]
    with granting(vendor) as flow:
        request = asked(flow)
        flow.travel(minutes=5)
        assert request.status == "errored"
        assert told in str(flow.outbox.reports(request.id))


def test_a_failure_that_may_pass_is_tried_again(vendor: WebService) -> None:
    vendor.answers = [(200, {"escalated": False}), (200, {"status": "failed", "message": "busy", "retryable": True})]
    with granting(vendor) as flow:
        request = asked(flow)
        flow.travel(minutes=5)
        assert request.is_granted


def test_work_that_fails_in_the_end_is_a_failure_with_its_reason(vendor: WebService) -> None:
    vendor.steps = 1
    with granting(vendor) as flow:
        request = asked(flow)
        assert not request.is_granted
        vendor.answers = [(200, {"status": "failed", "message": "the hinge broke"})] * 2  # poll, and escalate again
        flow.travel(minutes=1)
        assert "the hinge broke" in str(flow.outbox.reports(request.id))
        assert request.status == "errored"


def test_a_404_of_something_else_ends_nothing(vendor: WebService) -> None:
    with granting(vendor) as flow:
        request = asked(flow)
        vendor.answers = [(404, {"message": "no route"})]
        flow.travel(hours=1)
        assert request.status != "deescalated"
        flow.travel(hours=1)
        assert request.status == "deescalated"


def test_a_service_that_cannot_tell_is_taken_at_its_word(vendor: WebService) -> None:
    vendor.cannot_tell = True
    with granting(vendor, external_id="vault") as flow:
        request = asked(flow)
        assert request.is_granted
        assert vendor.inside == {"ada@example.com"}
        flow.travel(hours=1, minutes=1)
        assert request.status == "deescalated"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"signing_secret": "key"}, "needs settings.url"),
        ({"url": "ftp://vault.example/", "signing_secret": "key"}, "needs settings.url"),
        ({"url": "https://vault.example/access"}, "needs settings.signing_secret"),
        ({"url": "https://vault.example/access", "signing_secret": "gone"}, "needs settings.signing_secret"),
    ],
)
def test_nothing_is_sent_unsigned_or_nowhere(vendor: WebService, settings: dict[str, str], told: str) -> None:
    with granting(vendor, strategy_settings=settings) as flow:
        request = asked(flow)
        flow.travel(minutes=5)
        assert request.status == "errored"
        assert told in str(flow.outbox.reports(request.id))
    assert vendor.requests == 0


def test_another_key_is_refused_and_the_key_is_never_shown(vendor: WebService) -> None:
    with granting(vendor) as flow:
        flow.secrets["SYM_SECRET_KEY"] = "another-key-altogether"
        request = asked(flow)
        flow.travel(minutes=5)
        assert request.status == "errored"
        said = str(flow.outbox.reports(request.id)) + str(flow.outbox.messages(request.id))
    assert "the signature is wrong" in said
    assert "another-key" not in said


def test_services_at_different_addresses_grant_different_things() -> None:
    first = http.account({"url": "https://user:pass@vault.example/access?token=1"})
    assert first == "https://vault.example/access"
    assert first != http.account({"url": "https://safe.example/access"})


def test_who_has_access_is_what_the_service_lists(vendor: WebService) -> None:
    vendor.inside = {"ada@example.com"}
    with granting(vendor) as flow:
        world = flow.event("escalate", by="ada@example.com", target="safe", duration="1h", reason="x").world
        strategy = http.Strategy(None)  # type: ignore[arg-type]
        strategy.connection = flow.stage.executor.host(world).connect_strategy(world.flow_view["strategy"])
        assert list(strategy.list_active({"room": "7"})) == ["ada@example.com"]
        vendor.answers = [(501, None)]
        with pytest.raises(NotImplementedError):
            list(strategy.list_active({"room": "7"}))
    assert vendor.asked[0]["target"] == {"settings": {"room": "7"}}


def test_nothing_that_is_kept_shows_the_key(vendor: WebService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    vendor.answers = [(200, {"escalated": False}), (503, {"message": "busy"}), (400, {"message": "no"})]
    with granting(vendor) as flow:
        asked(flow)
        flow.travel(hours=2)
        seen = kept(flow, caplog)
    assert "The service at vault.example answered" in seen
    assert KEY not in seen
