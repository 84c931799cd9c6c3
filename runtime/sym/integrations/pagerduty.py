"""``type = "pagerduty"``: a PagerDuty account, to ask who is on call.

The key is an API key of the account (*Integrations > API Access Keys*), which may be read-only, or a user's own. People
are found by their e-mail address. Somebody is on call who is at any level of an escalation policy, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service
from sym.sdk.exceptions.pagerduty import PagerDutyError
from sym.sdk.schema import attribute, schema

external_id = "The PagerDuty domain, such as `mycompany.pagerduty.com`."
PAGE = 100
MOST_INCIDENTS = 1000
NAMES = {"schedules": "schedule", "escalation_policies": "escalation policy"}


@schema
class Settings:
    """Settings of a PagerDuty integration."""

    api_token_secret: str = attribute(
        "Id of the `sym_secret` with an API key; one that may write if incidents are changed.", references="secret"
    )


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The account that ``integration`` names, in PagerDuty's European region if its domain says so."""
    token = integration.settings["api_token_secret"]
    region = "eu." if integration.external_id.endswith(".eu.pagerduty.com") else ""
    service = Service(
        name="PagerDuty",
        base_url=f"https://api.{region}pagerduty.com",
        error=PagerDutyError,
        headers=lambda: {
            "Authorization": f"Token token={host.secret(str(token.id))}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        },
        reason=_reason,
    )
    return Connection(host, host.http(service))


class Connection:
    """One account. Every method raises PagerDutyError."""

    def __init__(self, host: ConnectionHost, http: Http) -> None:
        self.now = host.now
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The id of the user with this e-mail address, None if there is none."""
        people = self._pages("users", {"query": email})
        return next((str(user["id"]) for user in people if str(user.get("email")).lower() == email.lower()), None)

    def find_id(self, kind: str, name: str) -> str:
        """The id of the one of a ``kind`` (``schedules``, ``escalation_policies``) with exactly this name."""
        found = [str(item["id"]) for item in self._pages(kind, {"query": name}) if item.get("name") == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise PagerDutyError("AMBIGUOUS", f"PagerDuty has {len(found)} times a {NAMES[kind]} {name!r}: use its id.")
        raise PagerDutyError("NOT_FOUND", f"PagerDuty has no {NAMES[kind]} {name!r}.")

    def get(self, kind: str, item_id: str) -> dict[str, Any]:
        """The one of a ``kind`` with this id, as PagerDuty describes it."""
        found = self._http.get(f"/{kind}/{quote(item_id, safe='')}").json()
        described: dict[str, Any] = found["escalation_policy" if kind == "escalation_policies" else kind[:-1]]
        return described

    def on_calls(self, **wanted: str) -> Iterator[dict[str, Any]]:
        """Who is on call now, as PagerDuty describes it, users in full. ``wanted`` has ids by ``schedules``,
        ``escalation_policies`` and ``users``."""
        names = {"schedules": "schedule_ids[]", "escalation_policies": "escalation_policy_ids[]", "users": "user_ids[]"}
        return self._pages("oncalls", {"include[]": "users", **{names[kind]: one for kind, one in wanted.items()}})

    def people_of(self, schedule_id: str) -> Iterator[dict[str, Any]]:
        """Everybody in a schedule, on call or not, as PagerDuty describes them; without those who were deleted."""
        for person in self.get("schedules", schedule_id)["users"]:
            reply = self._http.get(f"/users/{quote(str(person['id']), safe='')}", accept=(404,))
            if reply.status == 200:
                yield reply.json()["user"]

    def incidents(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Incidents, as PagerDuty describes them; ``query`` as its API has it."""
        found = []
        for incident in self._pages("incidents", query):
            found.append(incident)
            if len(found) > MOST_INCIDENTS:
                raise PagerDutyError(
                    "TOO_MANY",
                    f"There are more than {MOST_INCIDENTS} such incidents: ask for fewer services, or a shorter time.",
                )
        return found

    def _pages(self, kind: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        offset, is_more = 0, True
        while is_more:
            page = self._http.get(f"/{kind}", params={**params, "limit": PAGE, "offset": offset}).json()
            yield from page[kind]
            offset, is_more = offset + PAGE, page.get("more") is True


def _is_on_call(asking: Asking) -> bool:
    user_id = asking.identity(asking.arguments["user"])
    wanted = _wanted(asking, "escalation_policies", "schedules")
    if any(True for _ in asking.connection.on_calls(users=user_id, **wanted)):
        return True
    _known(asking, wanted)
    return False


def _users_on_call(asking: Asking) -> list[dict[str, Any]]:
    wanted = _wanted(asking, "escalation_policies", "schedules")
    people = {entry["user"]["id"]: entry["user"] for entry in asking.connection.on_calls(**wanted)}
    if not people:
        _known(asking, wanted)
    return _users(asking, people.values())


def _users_for_schedule(asking: Asking) -> list[dict[str, Any]]:
    wanted = _wanted(asking, "schedules")
    if not wanted:
        raise PagerDutyError("MISSING_ARGUMENT", "pagerduty.users_for_schedule needs a schedule_name or a schedule_id.")
    return _users(asking, asking.connection.people_of(wanted["schedules"]))


def _get_incidents(asking: Asking) -> list[dict[str, Any]]:
    given = asking.arguments
    since = _moment("since", given.get("since")) or asking.connection.now() - timedelta(hours=24)
    until = _moment("until", given.get("until")) or _month_after(since)
    people = [asking.identity(user) for user in given.get("assignees") or ()]
    query = {
        "since": since.isoformat(), "until": until.isoformat(), "statuses[]": given.get("statuses"),
        "urgencies[]": given.get("urgencies"), "service_ids[]": given.get("service_ids"), "user_ids[]": people,
    }  # fmt: skip
    found: list[dict[str, Any]] = asking.connection.incidents({name: item for name, item in query.items() if item})
    return found


functions: dict[str, Function] = {
    "is_on_call": _is_on_call,
    "users_on_call": _users_on_call,
    "users_for_schedule": _users_for_schedule,
    "get_incidents": _get_incidents,
}


def _wanted(asking: Asking, *kinds: str) -> dict[str, str]:
    """The ids of what the arguments name, by kind."""
    found = {}
    for kind in kinds:
        prefix = NAMES[kind].replace(" ", "_")
        name, item_id = asking.arguments.get(f"{prefix}_name"), asking.arguments.get(f"{prefix}_id")
        if name and item_id:
            raise PagerDutyError("INVALID_ARGUMENT", f"Give {prefix}_name or {prefix}_id, not both.")
        if name or item_id:
            found[kind] = str(item_id) if item_id else asking.connection.find_id(kind, str(name))
    return found


def _known(asking: Asking, wanted: Mapping[str, str]) -> None:
    """Raises PagerDutyError if something that was asked for is not there: nobody is on call for it then, either."""
    for kind, item_id in wanted.items():
        asking.connection.get(kind, item_id)


def _users(asking: Asking, people: Any) -> list[dict[str, Any]]:
    return asking.users({"email": person.get("email"), "user_id": person["id"]} for person in people)


def _moment(name: str, text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise PagerDutyError("INVALID_ARGUMENT", f"{name} must be a time in ISO 8601, not {text!r}.") from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _month_after(moment: datetime) -> datetime:
    """The same day of the next month, or its last day."""
    following = (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (following + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return following.replace(day=min(moment.day, last.day))


def _reason(reply: Reply) -> str:
    body = reply.json()
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return str(error or "")
    return "; ".join(str(text) for text in (error.get("message"), *(error.get("errors") or ())) if text)
