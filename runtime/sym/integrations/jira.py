"""``type = "jira"``: a Jira Cloud site, to search, comment and create issues.

Requests are those of the user whose API token it is: give that user the permissions *Browse Projects*, *Add Comments*
and *Create Issues* in the projects concerned, and *Browse users and groups* if people are to be found. People are found
by their e-mail address, if their profile shows it. Texts are in Jira's own notation, as version 2 of its API has them.

What the settings were called elsewhere is not known: these names are this project's own, and none is required to be
there when Terraform applies; but nothing can be asked of Jira without both.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service
from sym.sdk.exceptions.jira import JiraError
from sym.sdk.schema import attribute, schema

external_id = "The domain of the Jira site, such as `example.atlassian.net`."
PAGE = 100
MOST = 1000
"""Issues of one search."""


@schema
class Settings:
    """Settings of a Jira integration."""

    email: str | None = attribute("The e-mail address of the user the API token belongs to.", default=None)
    api_token_secret: str | None = attribute(
        "Id of the `sym_secret` with an API token of that user.", default=None, references="secret"
    )


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The site that ``integration`` names. Raises JiraError if its settings are not complete."""
    email, token = integration.settings.get("email"), integration.settings.get("api_token_secret")
    if not email or token is None or not hasattr(token, "id"):
        raise JiraError(
            "NOT_CONFIGURED",
            "The Jira integration needs settings.email and settings.api_token_secret, the id of a sym_secret.",
        )

    def headers() -> dict[str, str]:
        pair = f"{email}:{host.secret(str(token.id))}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}", "Accept": "application/json"}

    site = f"https://{integration.external_id}"
    return Connection(host.http(Service(name="Jira", base_url=site, error=JiraError, headers=headers, reason=_reason)))


class Connection:
    """One site. Every method raises JiraError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The account id of the user with this e-mail address, None if there is none, or none who shows it."""
        found = self._http.get("/rest/api/2/user/search", params={"query": email}).json() or []
        same = [user for user in found if str(user.get("emailAddress")).lower() == email.lower() and user.get("active")]
        return str(same[0]["accountId"]) if len(same) == 1 else None

    def search(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Issues, as Jira describes them; ``query`` as its API has it."""
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while len(found) <= MOST:
            page = self._http.get("/rest/api/2/search/jql", params={**query, **token, "maxResults": PAGE}).json()
            found += page["issues"]
            if not page.get("nextPageToken"):
                return found
            token = {"nextPageToken": page["nextPageToken"]}
        raise JiraError("TOO_MANY", f"The query finds more than {MOST} issues: make it narrower.")

    def comment(self, issue: str, text: str, expand: str | None = None) -> None:
        """Comment on an issue."""
        path = f"/rest/api/2/issue/{quote(issue, safe='')}/comment"
        self._http.send("POST", path, json={"body": text}, params={"expand": expand} if expand else None)

    def create(self, fields: Mapping[str, Any]) -> str:
        """Create an issue; its key."""
        return str(self._http.send("POST", "/rest/api/2/issue", json={"fields": fields}).json()["key"])


def _search_issues(asking: Asking) -> list[dict[str, Any]]:
    given = asking.arguments
    query = {"jql": given["jql"], "fields": ",".join(given.get("fields") or ("*navigable",))}
    if given.get("expand"):
        query["expand"] = ",".join(given["expand"])
    found: list[dict[str, Any]] = asking.connection.search(query)
    return found


def _add_comment_to_issue(asking: Asking) -> None:
    given = asking.arguments
    expand = ",".join(given.get("expand") or ())
    asking.connection.comment(str(given["issue_id_or_key"]), given["comment"], expand)


def _create_issue(asking: Asking) -> str:
    given = asking.arguments
    parent, priority = given.get("parent_issue_id_or_key"), given.get("priority_id")
    fields = {
        "summary": given["title"],
        "project": {"key": given["project_key"]},
        "issuetype": {"name": given["issue_type_name"]},
        "description": given.get("description"),
        "duedate": given.get("due_date"),
        "labels": given.get("labels"),
        "parent": {"id" if str(parent).isdigit() else "key": str(parent)} if parent else None,
        "priority": {"id": str(priority)} if priority else None,
    }
    said = {name: value for name, value in fields.items() if value is not None}
    return str(asking.connection.create({**said, **(given.get("custom_fields") or {})}))


functions: dict[str, Function] = {
    "search_issues": _search_issues,
    "add_comment_to_issue": _add_comment_to_issue,
    "create_issue": _create_issue,
}


def _reason(reply: Reply) -> str:
    body = reply.json()
    if not isinstance(body, dict):
        return ""
    fields = body.get("errors")
    named = [f"{name}: {text}" for name, text in fields.items()] if isinstance(fields, dict) else []
    return "; ".join([*map(str, body.get("errorMessages") or ()), *named])
