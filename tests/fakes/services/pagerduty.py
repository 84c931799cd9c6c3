"""PagerDuty, as far as it is asked: the pages "List all of the on-calls", "List users", "Get a user", "List schedules",
"Get a schedule", "List escalation policies", "Get an escalation policy" and "List incidents" of its REST API v2."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

KEY = "key-of-pagerduty"
VERSION = "application/vnd.pagerduty+json;version=2"


class PagerDuty(ServiceVendor):
    """One account. Schedules have people; who is on call is said by :attr:`on_call`: (user, policy, schedule)."""

    external_id = "acme.pagerduty.com"
    settings = {"api_token_secret": "key"}
    secrets = {"key": KEY}

    def __init__(self) -> None:
        super().__init__()
        self.users = {"PADA": "Ada@example.com", "PBEN": "ben@example.com", "PCAT": "cat@example.com"}
        names = {"S1": "Primary", "S2": "Primary (old)", "S3": "Twins", "S4": "Twins"}
        self.schedules = {key: (name, ["PADA", "PBEN", "PGONE"] if key == "S1" else []) for key, name in names.items()}
        self.policies = {"E1": "Payments", "E2": "Search"}
        self.on_call: list[tuple[str, str, str | None]] = [("PADA", "E1", "S1"), ("PCAT", "E2", None)]
        self.incidents: list[dict[str, Any]] = []
        self.page = 100

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def refuse(self, request: Request) -> Answer | None:
        if request.headers.get("accept") != VERSION:
            return 406, {"error": {"message": "Accept header is invalid", "code": 2002}}
        if request.headers.get("authorization") == f"Token token={KEY}":
            return None
        return 401, {"error": {"message": "Unauthorized", "code": 2006}}

    def throttled(self) -> Answer:
        return 429, {"error": {"message": "Rate Limit Exceeded", "code": 2020}}, {"Retry-After": "0"}

    @route("GET", "/users")
    def list_users(self, request: Request) -> Answer:
        query = request.query.get("query", "").lower()
        return self._page(
            request, "users", [self._user(key) for key, mail in self.users.items() if query in mail.lower()]
        )

    @route("GET", "/users/{user}")
    def user(self, request: Request, user: str) -> Answer:
        return (200, {"user": self._user(user)}) if user in self.users else _missing()

    @route("GET", "/schedules")
    def list_schedules(self, request: Request) -> Answer:
        query = request.query.get("query", "")
        found = [{"id": key, "name": name} for key, (name, _) in self.schedules.items() if query in name]
        return self._page(request, "schedules", found)

    @route("GET", "/schedules/{schedule}")
    def schedule(self, request: Request, schedule: str) -> Answer:
        if schedule not in self.schedules:
            return _missing()
        name, people = self.schedules[schedule]
        users = [{"id": user, "type": "user_reference", "summary": user} for user in people]
        return 200, {"schedule": {"id": schedule, "name": name, "users": users}}

    @route("GET", "/escalation_policies")
    def list_policies(self, request: Request) -> Answer:
        query = request.query.get("query", "")
        found = [{"id": key, "name": name} for key, name in self.policies.items() if query in name]
        return self._page(request, "escalation_policies", found)

    @route("GET", "/escalation_policies/{policy}")
    def policy(self, request: Request, policy: str) -> Answer:
        if policy not in self.policies:
            return _missing()
        return 200, {"escalation_policy": {"id": policy, "name": self.policies[policy]}}

    @route("GET", "/oncalls")
    def on_calls(self, request: Request) -> Answer:
        wanted = [request.query.get(f"{name}_ids[]") for name in ("user", "escalation_policy", "schedule")]
        found = [entry for entry in self.on_call
                 if all(one in (None, value) for one, value in zip(wanted, entry, strict=True))]  # fmt: skip
        is_full = request.query.get("include[]") == "users"
        shown = [{"user": self._user(user) if is_full else {"id": user}, "escalation_policy": {"id": policy},
                  "schedule": {"id": schedule} if schedule else None, "escalation_level": 1}
                 for user, policy, schedule in found]  # fmt: skip
        return self._page(request, "oncalls", shown)

    @route("GET", "/incidents")
    def list_incidents(self, request: Request) -> Answer:
        query = request.lists
        since, until = (datetime.fromisoformat(query[name][0]) for name in ("since", "until"))
        if (until - since).days > 183:
            return 400, {"error": {"message": "Invalid Input Provided", "errors": ["Range exceeds 6 months"]}}
        found = [
            item for item in self.incidents
            if since <= datetime.fromisoformat(item["created_at"]) <= until
            and item["status"] in query["statuses[]"] and item["urgency"] in query["urgencies[]"]
            and item["service"]["id"] in query.get("service_ids[]", [item["service"]["id"]])
            and ("user_ids[]" not in query
                 or {each["assignee"]["id"] for each in item["assignments"]} & set(query["user_ids[]"]))
        ]  # fmt: skip
        return self._page(request, "incidents", found)

    def _page(self, request: Request, kind: str, found: list[Any]) -> Answer:
        first, size = int(request.query.get("offset", 0)), int(request.query.get("limit", 25))
        if size > 100:
            return 400, {"error": {"message": "Invalid Input Provided", "errors": ["limit is too high"]}}
        more = len(found) > first + size
        return 200, {kind: found[first : first + size], "limit": size, "offset": first, "more": more, "total": None}

    def _user(self, user: str) -> dict[str, Any]:
        return {"id": user, "type": "user", "name": user, "email": self.users[user]}


def incident(number: int, at: str, user: str = "PADA", **more: Any) -> dict[str, Any]:
    """An incident, as PagerDuty describes it."""
    return {"id": f"Q{number}", "incident_number": number, "created_at": at, "status": "triggered", "urgency": "high",
            "service": {"id": "PSVC"}, "assignments": [{"assignee": {"id": user}}], **more}  # fmt: skip


def _missing() -> Answer:
    return 404, {"error": {"message": "Not Found", "code": 2100}}
