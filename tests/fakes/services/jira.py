"""Jira Cloud, as far as it is asked: "Search for issues using JQL enhanced search (GET)", "Find users", "Add comment"
and "Create issue" of its REST API, version 2."""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

TOKEN = "token-of-jira"
FIELDS = {"summary", "project", "issuetype", "description", "duedate", "labels", "parent", "priority"}


class Jira(ServiceVendor):
    """One site, with the project SEC. It understands ``key = …`` and ``project = SEC``."""

    external_id = "acme.atlassian.net"
    settings = {"email": "robot@example.com", "api_token_secret": "token"}
    secrets = {"token": TOKEN}

    def __init__(self) -> None:
        super().__init__()
        self.issues: dict[str, dict[str, Any]] = {"SEC-1": {"summary": "A door is open", "priority": {"id": "3"}}}
        self.comments: list[tuple[str, str]] = []
        self.users = [
            {"accountId": "5b1", "emailAddress": "ada@example.com", "active": True},
            {"accountId": "5b2", "displayName": "hidden@example.com", "active": True},
            {"accountId": "5b3", "emailAddress": "gone@example.com", "active": False},
        ]  # fmt: skip
        self.expanded: list[str | None] = []

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def refuse(self, request: Request) -> Answer | None:
        pair = base64.b64encode(f"robot@example.com:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") == f"Basic {pair}":
            return None
        return 401, {"message": "Client must be authenticated to access this resource.", "status-code": 401}

    @route("GET", "/rest/api/2/user/search")
    def find_users(self, request: Request) -> Answer:
        wanted = request.query["query"].lower()
        return 200, [user for user in self.users if wanted in str(user.values()).lower()]

    @route("GET", "/rest/api/2/search/jql")
    def search(self, request: Request) -> Answer:
        query = request.query
        self.expanded.append(query.get("expand"))
        name, _, value = query["jql"].partition(" = ")
        if name not in ("key", "project") or not value:
            return 400, {"errorMessages": [f"Error in the JQL Query: {query['jql']}"], "errors": {}}
        found = sorted(key for key in self.issues if value in (key, key.partition("-")[0]))
        first, size = int(query.get("nextPageToken", 0)), int(query.get("maxResults", 50))
        page = [self._issue(key, query.get("fields", "id").split(",")) for key in found[first : first + size]]
        more = {"nextPageToken": str(first + size)} if len(found) > first + size else {"isLast": True}
        return 200, {"issues": page, **more}

    @route("POST", "/rest/api/2/issue/{issue}/comment")
    def comment(self, request: Request, issue: str) -> Answer:
        if issue not in self.issues:
            return 404, {
                "errorMessages": ["Issue does not exist or you do not have permission to see it."],
                "errors": {},
            }
        self.expanded.append(request.query.get("expand"))
        self.comments.append((issue, request.json["body"]))
        return 201, {"id": "1", "body": request.json["body"]}

    @route("POST", "/rest/api/2/issue")
    def create(self, request: Request) -> Answer:
        fields = request.json["fields"]
        unknown = {name: "Field cannot be set." for name in fields
                   if name not in FIELDS and not name.startswith("customfield_")}  # fmt: skip
        if fields["project"] != {"key": "SEC"}:
            unknown["project"] = "valid project is required"
        if unknown:
            return 400, {"errorMessages": [], "errors": unknown}
        key = f"SEC-{len(self.issues) + 1}"
        self.issues[key] = fields
        return 201, {"id": "10001", "key": key, "self": f"https://acme.atlassian.net/rest/api/2/issue/{key}"}

    def _issue(self, key: str, names: list[str]) -> dict[str, Any]:
        fields = self.issues[key]
        shown = fields if "*navigable" in names else {name: fields[name] for name in names if name in fields}
        return {"id": key, "key": key, "fields": shown}
