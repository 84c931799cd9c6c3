"""PagerDuty: who is on call, and what is going on."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk._text_enum import TextEnum
from sym.sdk.exceptions.pagerduty import PagerDutyError as PagerDutyError
from sym.sdk.integrations import _call
from sym.sdk.user import User


class PagerDutyStatus(TextEnum):
    """The state of an incident."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class PagerDutyUrgency(TextEnum):
    """How urgent an incident is."""

    LOW = "low"
    HIGH = "high"


@stubbed
def is_on_call(
    user: User,
    *,
    escalation_policy_name: str | None = None,
    escalation_policy_id: str | None = None,
    schedule_name: str | None = None,
    schedule_id: str | None = None,
) -> bool:
    """Say whether the user is on call, by the escalation policy or schedule given, or else anywhere.

    Raises:
        PagerDutyError: PagerDuty failed, or does not know what was named.
    """
    answer = _call.ask(
        "pagerduty",
        "is_on_call",
        user=user,
        escalation_policy_name=escalation_policy_name,
        escalation_policy_id=escalation_policy_id,
        schedule_name=schedule_name,
        schedule_id=schedule_id,
    )
    return bool(answer)


@stubbed
def users_on_call(
    *,
    escalation_policy_name: str | None = None,
    escalation_policy_id: str | None = None,
    schedule_name: str | None = None,
    schedule_id: str | None = None,
) -> list[User]:
    """Return who is on call; otherwise as ``is_on_call``."""
    answer = _call.ask(
        "pagerduty",
        "users_on_call",
        escalation_policy_name=escalation_policy_name,
        escalation_policy_id=escalation_policy_id,
        schedule_name=schedule_name,
        schedule_id=schedule_id,
    )
    return _call.users(answer)


@stubbed
def users_for_schedule(*, schedule_name: str | None = None, schedule_id: str | None = None) -> list[User]:
    """Return everybody on a schedule, on call or not. Raises ``PagerDutyError``."""
    return _call.users(
        _call.ask("pagerduty", "users_for_schedule", schedule_name=schedule_name, schedule_id=schedule_id)
    )


@stubbed
def get_incidents(
    *,
    assignees: Sequence[User] | None = None,
    service_ids: Sequence[str] | None = None,
    statuses: Sequence[PagerDutyStatus] | None = None,
    urgencies: Sequence[PagerDutyUrgency] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[dict[str, Any]]:
    """Return incidents as PagerDuty describes them.

    Args:
        assignees: only what is assigned to one of them; ``RESOLVED`` cannot be asked for at the same time.
        service_ids: only incidents of these services.
        statuses: by default ``TRIGGERED`` and ``ACKNOWLEDGED``.
        urgencies: by default ``HIGH``.
        since: ISO 8601; by default 24 hours ago.
        until: ISO 8601; by default one month after ``since``.

    Raises:
        PagerDutyError: PagerDuty failed, or the filters exclude each other.
    """
    answer = _call.ask(
        "pagerduty",
        "get_incidents",
        assignees=assignees,
        service_ids=service_ids,
        statuses=_chosen(statuses, (PagerDutyStatus.TRIGGERED, PagerDutyStatus.ACKNOWLEDGED), assignees),
        urgencies=urgencies or (PagerDutyUrgency.HIGH,),
        since=since,
        until=until,
    )
    return cast("list[dict[str, Any]]", answer)


@stubbed
def has_incident(
    *,
    assignees: Sequence[User] | None = None,
    service_ids: Sequence[str] | None = None,
    statuses: Sequence[PagerDutyStatus] | None = None,
    urgencies: Sequence[PagerDutyUrgency] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> bool:
    """Say whether ``get_incidents`` with the same arguments returns any."""
    incidents = get_incidents(
        assignees=assignees,
        service_ids=service_ids,
        statuses=statuses,
        urgencies=urgencies,
        since=since,
        until=until,
    )
    return bool(incidents)


def _chosen(
    statuses: Sequence[PagerDutyStatus] | None,
    default: Sequence[PagerDutyStatus],
    assignees: Sequence[User] | None,
) -> Sequence[PagerDutyStatus]:
    if assignees and PagerDutyStatus.RESOLVED in (statuses or ()):
        raise PagerDutyError(
            "INVALID_ARGUMENT", "Resolved incidents have no assignees: leave out RESOLVED or the assignees."
        )
    return statuses or default
