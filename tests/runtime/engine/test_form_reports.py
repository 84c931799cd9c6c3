"""Failures before there is a request, told without waiting."""

from __future__ import annotations

import threading
from typing import Any

from sym.engine.form_reports import MOST_WAITING, FormReports, about_filter
from sym.engine.outbound import Unbound
from tests.fakes.people import RecordingOutbound

PLACE = {"kind": "error_logger", "integration_id": "i", "channel": "#errors"}
ADA = {"user_id": "u1", "username": "ada", "email": "ada@acme.example", "name": "Ada"}


def content(text: str) -> dict[str, Any]:
    return about_filter("acme", ADA, text)


def told(people: RecordingOutbound) -> list[str]:
    return [report.content["text"] for report in people.reports.values()]


def test_a_report_is_handed_over_once_with_no_run() -> None:
    people = RecordingOutbound()
    reports = FormReports(people)
    reports.tell([PLACE], content("it broke"))
    reports.close(timeout=30)
    ((report),) = people.reports.values()
    assert (report.run_id, report.destination, report.content["run"]["id"]) == ("", PLACE, None)
    assert report.content["user"] == ADA


def test_the_same_is_told_again_only_after_a_while() -> None:
    people, now = RecordingOutbound(), [0.0]
    reports = FormReports(people, seconds=lambda: now[0])
    for moment in (0.0, 10.0, 299.0, 300.0, 301.0):
        now[0] = moment
        reports.tell([PLACE], content("it broke"))
        reports.tell([{**PLACE, "channel": "#other"}], content(f"at {moment}"))
    reports.close(timeout=30)
    assert sorted(told(people)) == sorted(
        ["it broke", "it broke", *(f"at {moment}" for moment in (0.0, 10.0, 299.0, 300.0, 301.0))]
    )


def test_nobody_waits_for_a_surface_that_hangs_and_what_is_too_much_is_left_out() -> None:
    people, goes_on = RecordingOutbound(), threading.Event()
    report = people.report

    def hang(item: Any) -> None:
        goes_on.wait(30)
        report(item)

    people.report = hang  # type: ignore[method-assign]
    reports = FormReports(people)
    for number in range(50):
        reports.tell([PLACE], content(f"failure {number}"))
    goes_on.set()
    reports.close(timeout=30)
    assert MOST_WAITING <= len(told(people)) <= MOST_WAITING + 1


def test_a_surface_that_fails_or_is_not_there_harms_nobody() -> None:
    people = RecordingOutbound()
    people.leave("#errors")
    reports = FormReports(people)
    reports.tell([PLACE], content("it broke"))
    reports.tell([{**PLACE, "channel": "#there"}], content("it broke"))
    reports.close(timeout=30)
    assert told(people) == ["it broke"]
    FormReports(Unbound()).tell([PLACE], content("it broke"))
