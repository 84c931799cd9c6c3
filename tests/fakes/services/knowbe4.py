"""KnowBe4, as far as it is asked: the sections Users, Groups, Training and Pagination of its Reporting API."""

from __future__ import annotations

from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

TOKEN = "token-of-knowbe4"


class KnowBe4(ServiceVendor):
    """One account; ``people`` has addresses and groups by id, ``enrolled`` (user, campaign, purchase, status)."""

    external_id = "example.com"
    settings = {"api_token_secret": "token", "region": "eu"}
    secrets = {"token": TOKEN}

    def __init__(self) -> None:
        super().__init__()
        self.addresses = {"eu.api.knowbe4.com": self.url}
        self.people: dict[int, tuple[str, list[int]]] = {11: ("Ada@example.com", [7]), 12: ("ben@example.com", [])}
        self.archived = {13: "gone@example.com"}
        self.groups = {7, 8}
        self.enrolled = [(11, 1, 100, "Passed"), (11, 2, 200, "In Progress"), (12, 1, 100, "Passed")]

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def refuse(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") == f"Bearer {TOKEN}":
            return None
        return 401, {"type": "unauthorized", "message": "The token is not valid."}

    @route("GET", "/v1/users")
    def list_users(self, request: Request) -> Answer:
        people = dict(self.people)
        if request.query.get("status") != "active":
            people |= {key: (email, []) for key, email in self.archived.items()}
        return self._page(request, [self._user(key, *more) for key, more in people.items()])

    @route("GET", "/v1/users/{user}")
    def user(self, request: Request, user: str) -> Answer:
        if int(user) not in self.people:
            return 404, {"type": "not_found", "message": "There is no such user."}
        return 200, self._user(int(user), *self.people[int(user)])

    @route("GET", "/v1/groups/{group}")
    def group(self, request: Request, group: str) -> Answer:
        if int(group) not in self.groups:
            return 404, {"type": "not_found", "message": "There is no such group."}
        return 200, {"id": int(group), "name": f"Group {group}"}

    @route("GET", "/v1/training/enrollments")
    def enrollments(self, request: Request) -> Answer:
        wanted = [request.query.get(name) for name in ("user_id", "campaign_id", "store_purchase_id")]
        found = [entry for entry in self.enrolled
                 if all(one in (None, str(value)) for one, value in zip(wanted, entry, strict=False))]  # fmt: skip
        return self._page(request, [
            {"enrollment_id": number, "user": {"id": entry[0]}, "status": entry[3], "campaign_name": f"C{entry[1]}"}
            for number, entry in enumerate(found)
        ])  # fmt: skip

    def _page(self, request: Request, items: list[Any]) -> Answer:
        size, number = int(request.query.get("per_page", 25)), int(request.query.get("page", 1))
        if size > 500:
            return 400, {"type": "bad_request", "message": "per_page is at most 500"}
        return 200, items[size * (number - 1) : size * number]

    def _user(self, user: int, email: str, groups: list[int]) -> dict[str, Any]:
        return {"id": user, "email": email, "groups": groups, "status": "active"}
