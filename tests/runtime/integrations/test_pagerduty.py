from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from sym.integrations import pagerduty
from tests.fakes.services.asking import Asker
from tests.fakes.services.pagerduty import PagerDuty, incident
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_a_pagerduty_domain() -> None:
    assert "domain" in pagerduty.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(pagerduty.Settings) == secrets(pagerduty.Settings) == {"api_token_secret"}
    assert optional(pagerduty.Settings) == set()


@pytest.fixture
def vendor() -> Iterator[PagerDuty]:
    made = PagerDuty()
    yield made
    made.close()


@pytest.fixture
def ask(vendor: PagerDuty) -> Asker:
    return Asker(vendor, "pagerduty")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", True),
        (', schedule_id="S1"', True),
        (', schedule_name="Primary"', True),
        (', schedule_id="S2"', False),
        (', escalation_policy_name="Payments"', True),
        (', escalation_policy_id="E2"', False),
        (', escalation_policy_id="E1", schedule_id="S1"', True),
        (', escalation_policy_id="E1", schedule_id="S2"', False),
    ],
)
def test_whether_somebody_is_on_call(ask: Asker, arguments: str, expected: bool) -> None:
    assert ask(f"pagerduty.is_on_call(user{arguments})") is expected


def test_somebody_who_is_on_no_schedule_is_not_on_call(ask: Asker) -> None:
    assert ask("pagerduty.is_on_call(user)", by="ben@example.com") is False


@pytest.mark.parametrize(
    ("arguments", "who"),
    [
        ("", ["ada@example.com", "cat@example.com"]),
        ('escalation_policy_id="E2"', ["cat@example.com"]),
        ('schedule_name="Primary (old)"', []),
    ],
)
def test_who_is_on_call(ask: Asker, arguments: str, who: list[str]) -> None:
    assert ask(f"pagerduty.users_on_call({arguments})") == who


def test_somebody_who_is_on_call_twice_is_there_once(vendor: PagerDuty, ask: Asker) -> None:
    vendor.on_call.append(("PADA", "E2", "S2"))
    assert ask("pagerduty.users_on_call()") == ["ada@example.com", "cat@example.com"]


def test_everybody_of_a_schedule_but_those_who_are_gone(ask: Asker) -> None:
    who = ["ada@example.com", "ben@example.com"]
    assert ask('pagerduty.users_for_schedule(schedule_id="S1")') == who
    assert ask('pagerduty.users_for_schedule(schedule_name="Primary")') == who


@pytest.mark.parametrize(
    ("call", "code", "told"),
    [
        ('is_on_call(user, schedule_id="S9")', "NOT_FOUND", "GET /schedules/S9"),
        ('is_on_call(user, schedule_name="Prim")', "NOT_FOUND", "PagerDuty has no schedule 'Prim'"),
        ('users_on_call(escalation_policy_id="E9")', "NOT_FOUND", "GET /escalation_policies/E9"),
        ('users_on_call(escalation_policy_name="X")', "NOT_FOUND", "has no escalation policy 'X'"),
        ('users_on_call(schedule_name="Twins")', "AMBIGUOUS", "has 2 times a schedule 'Twins': use its id"),
        ('users_on_call(schedule_name="a", schedule_id="b")', "INVALID_ARGUMENT", "not both"),
        ("users_for_schedule()", "MISSING_ARGUMENT", "needs a schedule_name or a schedule_id"),
        ('get_incidents(since="yesterday")', "INVALID_ARGUMENT", "since must be a time in ISO 8601"),
        ('get_incidents(since="2020-01-01", until="2026-01-01")', "REJECTED", "Range exceeds 6 months"),
    ],
)
def test_what_pagerduty_does_not_know_or_refuses_is_an_error(ask: Asker, call: str, code: str, told: str) -> None:
    found, message = ask.refused(f"pagerduty.{call}")
    assert found == f"PagerDuty:{code}"
    assert told in message


def test_somebody_whom_pagerduty_does_not_know_is_an_error(ask: Asker) -> None:
    code, message = ask.refused("pagerduty.is_on_call(user)", by="stranger@example.com")
    assert code == "Identity:NOT_FOUND"
    assert "stranger@example.com" in message


RECENT, EARLIER = "2026-01-05T08:00:00+00:00", "2026-01-03T08:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ("", ["Q1", "Q2"]),
        ('since="2026-01-01"', ["Q1", "Q2", "Q5"]),
        ('since="2026-01-03T00:00:00Z", until="2026-01-04T00:00:00Z"', ["Q5"]),
        ("assignees=[user]", ["Q1"]),
        ('service_ids=["POTHER"]', ["Q2"]),
        ("statuses=[pagerduty.PagerDutyStatus.RESOLVED]", ["Q3"]),
        ("urgencies=[pagerduty.PagerDutyUrgency.LOW, pagerduty.PagerDutyUrgency.HIGH]", ["Q1", "Q2", "Q4"]),
    ],
)
def test_incidents(vendor: PagerDuty, ask: Asker, arguments: str, numbers: list[str]) -> None:
    vendor.incidents = [
        incident(1, RECENT), incident(2, RECENT, "PBEN", service={"id": "POTHER"}, status="acknowledged"),
        incident(3, RECENT, status="resolved"), incident(4, RECENT, "PBEN", urgency="low"),
        incident(5, EARLIER, "PBEN"),
    ]  # fmt: skip
    assert [found["id"] for found in ask(f"pagerduty.get_incidents({arguments})")] == numbers
    assert ask(f"pagerduty.has_incident({arguments})") is True


def test_incidents_of_several_pages_are_all_there_up_to_a_limit(vendor: PagerDuty, ask: Asker) -> None:
    vendor.incidents = [incident(number, RECENT) for number in range(250)]
    assert len(ask("pagerduty.get_incidents()")) == 250
    assert not ask('pagerduty.has_incident(service_ids=["PNONE"])')
    vendor.incidents *= 5
    code, message = ask.refused("pagerduty.get_incidents()")
    assert (code, "ask for fewer services" in message) == ("PagerDuty:TOO_MANY", True)


@pytest.mark.parametrize(
    ("moment", "after"),
    [("2026-01-05", "2026-02-05"), ("2026-01-31", "2026-02-28"), ("2026-12-31", "2027-01-31")],
)
def test_a_month_ends_on_the_same_day_or_on_its_last(moment: str, after: str) -> None:
    assert pagerduty._month_after(datetime.fromisoformat(moment)).date().isoformat() == after


def test_an_account_in_europe_is_asked_there(vendor: PagerDuty) -> None:
    vendor.external_id = "acme.eu.pagerduty.com"
    vendor.addresses = {"api.eu.pagerduty.com": vendor.url}
    assert Asker(vendor, "pagerduty")("pagerduty.is_on_call(user)") is True
    assert vendor.requests


def test_a_key_that_is_refused_and_asking_too_often(vendor: PagerDuty, ask: Asker) -> None:
    vendor.throttle_next()
    assert ask("pagerduty.is_on_call(user)") is True
    vendor.secrets = {"key": "another-key-of-pagerduty"}
    code, message = ask.refused("pagerduty.is_on_call(user)")
    assert code == "PagerDuty:UNAUTHORIZED"
    assert "put valid ones into the integration's secrets" in message
