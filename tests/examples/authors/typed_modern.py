from __future__ import annotations

import dataclasses
import enum
import functools
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Iterable, Optional

from sym.sdk.annotations import hook, prefetch, reducer
from sym.sdk.forms import FieldOption
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.templates import ApprovalTemplate, ApprovalTemplateStep
from sym.sdk.user import User, UserRole, user_ids

if TYPE_CHECKING:
    from sym.sdk.event import Event

TICKET = re.compile(r"^[A-Z]{2,10}-\d+$")
OFFICE_HOURS = range(8, 18)


class Risk(str, enum.Enum):
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Policy:
    risk: Risk
    channels: list[str] = field(default_factory=list)
    minutes: Optional[int] = None

    @property
    def timeout(self) -> int | None:
        return None if self.minutes is None else self.minutes * 60


POLICIES: dict[str, Policy] = {
    "prod": Policy(Risk.HIGH, ["#sec", "#leads"], minutes=10),
    "dev": Policy(risk=Risk.LOW, channels=["#dev"]),
}


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(f"-> {function.__name__}")
        try:
            return function(*args, **kwargs)
        finally:
            print(f"<- {function.__name__}")

    return wrapper


def policy_of(event: Event) -> Policy:
    return POLICIES[event.payload.fields["target"].name]


@reducer
@logged
def get_permissions(event: Event) -> RequestPermission:
    policy = policy_of(event)
    match policy:
        case Policy(risk=Risk.HIGH):
            level: Any = user_ids([event.user])
        case Policy(risk=Risk.LOW):
            level = PermissionLevel.MEMBER
    return RequestPermission(
        webapp_view=PermissionLevel.ALL_USERS, approve_deny=level, allow_self_approval=True
    )


@logged
@reducer
def get_request_notifications(event: Event, dry_run: bool = False) -> list[Notification]:
    from sym.sdk.integrations import slack

    policy = policy_of(event)
    return [
        Notification(destinations=[slack.channel(name)], timeout=policy.timeout)
        for name in sorted(policy.channels, key=str.lower)
    ]


@hook
def on_request(event: Event) -> Any:
    reason = event.payload.fields.get("reason") or ""
    if (found := TICKET.match(reason)) is None:
        return ApprovalTemplate.ignore(message=f"{reason!r} is no ticket, such as \"OPS-1\".")
    seen = Counter(character for character in found[0] if character.isdigit())
    groups = defaultdict(list)
    groups[event.user].append(event.user.email)
    people = {event.user, event.get_actor("request"), event.run.actors["request"]}
    assert len(people) == 1, people
    assert event.user.role in (UserRole.MEMBER, "admin")
    print(json.dumps({"digits": seen.total(), "risk": policy_of(event).risk, **dataclasses.asdict(policy_of(event))}))


@hook
def on_approve(event: Event) -> Any:
    age = datetime.now(timezone.utc) - event.payload.timestamp
    recent = event.user.get_event_count(
        ApprovalTemplateStep.APPROVE, since=datetime.utcnow() - timedelta(days=1), filter_on="target"
    )
    print(age < timedelta(days=365 * 100), recent, event.payload.timestamp.hour in OFFICE_HOURS)
    if event.payload.fields["duration"] > timedelta(hours=4).total_seconds():
        return ApprovalTemplate.deny(reason="Four hours at most.")


@hook
def after_approve(event: Event) -> Any:
    # What after_ hooks return is not looked at, whatever it is.
    return datetime.now(), {1, 2, 3}, re.compile("x")


@prefetch("team")
def list_teams(event: Event) -> Iterable[FieldOption]:
    return tuple(FieldOption(value=number, label=f"Team {number}") for number in range(3))
