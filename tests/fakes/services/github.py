"""GitHub, as far as collaborators go: "REST API endpoints for collaborators" and "… for repository invitations", held
against GitHub's own description."""

from __future__ import annotations

from typing import Any

from tests.fakes.services.described import Description
from tests.fakes.services.server import Answer, Request, ServiceVendor, route

TOKEN = "ghp_token-of-github"
SITE = "https://api.github.com"
PAGES = ("followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url", "organizations_url",
         "repos_url", "events_url", "received_events_url")  # fmt: skip
ROLES = {"read": "pull", "triage": "triage", "write": "push", "maintain": "maintain", "admin": "admin"}


class GitHub(ServiceVendor):
    """The organization ``acme``. Who is in ``members`` joins a repository at once, others are invited and accept with
    :meth:`accept`. ``repositories`` has the direct collaborators and their roles, ``teams`` those of teams."""

    external_id = "acme"
    settings = {"api_token_secret": "token"}
    secrets = {"token": TOKEN}
    target_settings = {"repo_name": "rocket"}
    identities = {"requester@example.com": "Requester", "ada@example.com": "ada"}

    def __init__(self) -> None:
        super().__init__()
        self.description = Description("github", SITE)
        self.people = ["requester", "ada", "outsider", "boss"]
        self.members = {"requester", "boss"}
        self.repositories: dict[str, dict[str, str]] = {"rocket": {"boss": "admin"}, "other": {}}
        self.teams: dict[str, dict[str, str]] = {"rocket": {}}
        self.invited: dict[int, tuple[str, str]] = {}
        self.expired: set[int] = set()
        self.is_owner, self.scopes = True, "read:org, repo, user:email"
        self.page = 100
        self._lagging: tuple[dict[str, str], int] | None = None

    def has_access(self, identity: str, target: str) -> bool:
        login = identity.lower()
        if "rocket" not in self.repositories:
            return False
        return login in self.repositories["rocket"] or ("rocket", login) in self.invited.values()

    def remove_target(self, target: str) -> None:
        del self.repositories["rocket"]

    def lag_next(self) -> None:
        self._lagging = (dict(self.repositories["rocket"]), 2)

    def accept(self, login: str) -> None:
        """Let somebody accept all their invitations."""
        for number, (repo, invitee) in list(self.invited.items()):
            if invitee == login:
                del self.invited[number]
                self.repositories[repo][login] = "write"

    def refuse(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, _error("Bad credentials")
        return None

    def throttled(self) -> Answer:
        return 403, _error("You have exceeded a secondary rate limit."), {"Retry-After": "0"}

    @route("PUT", "/repos/acme/{repo}/collaborators/{login}")
    def add(self, request: Request, repo: str, login: str) -> Answer:
        person = self._person(login)
        if repo not in self.repositories or person is None:
            return 404, _error("Not Found")
        if person in self.repositories[repo]:
            return 204, None
        if person in self.members:
            self.repositories[repo][person] = "write"
            return 204, None
        if (repo, person) not in self.invited.values():
            self.invited[len(self.invited) + 1] = (repo, person)
        number = next(number for number, known in self.invited.items() if known == (repo, person))
        return 201, self._invitation(number)

    @route("DELETE", "/repos/acme/{repo}/collaborators/{login}")
    def remove(self, request: Request, repo: str, login: str) -> Answer:
        person = self._person(login)
        if repo not in self.repositories or person is None:
            return 404, _error("Not Found")
        self.repositories[repo].pop(person, None)
        return 204, None

    @route("GET", "/repos/acme/{repo}/collaborators")
    def collaborators(self, request: Request, repo: str) -> Answer:
        if repo not in self.repositories:
            return 404, _error("Not Found")
        people = dict(self._shown(repo))
        if request.query.get("affiliation", "all") == "all":
            people = {**self.teams.get(repo, {}), **people}
        return 200, self._paged(request, [self._collaborator(*item) for item in sorted(people.items())])

    @route("GET", "/repos/acme/{repo}/invitations")
    def invitations(self, request: Request, repo: str) -> Answer:
        if repo not in self.repositories:
            return 404, _error("Not Found")
        found = [self._invitation(number) for number, known in self.invited.items() if known[0] == repo]
        return 200, self._paged(request, found)

    @route("DELETE", "/repos/acme/{repo}/invitations/{number}")
    def cancel(self, request: Request, repo: str, number: str) -> Answer:
        if self.invited.pop(int(number), None) is None:
            return 404, _error("Not Found")
        return 204, None

    @route("GET", "/orgs/acme/members")
    def org_members(self, request: Request) -> Answer:
        if request.query.get("filter") == "2fa_disabled" and not self.is_owner:
            return 422, {**_error("Only owners can use this filter."), "errors": []}
        return 200, [], {"X-OAuth-Scopes": self.scopes}

    def _hold(self, request: Request, given: Answer) -> None:
        """What everything under /repos answers for a repository that cannot be seen is described in "Troubleshooting
        the REST API" and not with each operation."""
        super()._hold(request, given)
        self.wrong = [item for item in self.wrong if not item.endswith("Unknown response http status: 404")]

    def _shown(self, repo: str) -> dict[str, str]:
        if self._lagging and repo == "rocket":
            old, left = self._lagging
            self._lagging = (old, left - 1) if left > 1 else None
            return old
        return self.repositories[repo]

    def _paged(self, request: Request, items: list[Any]) -> list[Any]:
        size, number = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
        return items[size * (number - 1) : size * number]

    def _person(self, login: str) -> str | None:
        return next((known for known in self.people if known == login.lower()), None)

    def _collaborator(self, login: str, role: str) -> dict[str, Any]:
        names = list(ROLES)
        permissions = {ROLES[name]: names.index(name) <= names.index(role) for name in names if role in names}
        return {**self._user(login), "role_name": role, "permissions": permissions or {"pull": True, "push": True,
                "admin": False}}  # fmt: skip

    def _user(self, login: str) -> dict[str, Any]:
        number = self.people.index(login) + 1 if login in self.people else 99
        return {"login": login, "id": number, "node_id": f"MDQ{number}", "type": "User", "site_admin": False,
                "avatar_url": f"{SITE}/{login}.png", "gravatar_id": "", "url": f"{SITE}/users/{login}",
                "html_url": f"https://github.com/{login}", **dict.fromkeys(PAGES, f"{SITE}/{login}")}  # fmt: skip

    def _invitation(self, number: int) -> dict[str, Any]:
        repo, login = self.invited[number]
        return {"id": number, "node_id": "x", "permissions": "write", "inviter": self._user("boss"),
                "invitee": self._user(login), "repository": self._repository(repo), "url": f"{SITE}/i/{number}",
                "html_url": f"https://github.com/i/{number}", "created_at": "2026-01-05T09:00:00Z",
                "expired": number in self.expired}  # fmt: skip

    def _repository(self, repo: str) -> dict[str, Any]:
        names = ("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare",
                 "contents", "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs",
                 "git_tags", "hooks", "issue_comment", "issue_events", "issues", "keys", "labels", "languages",
                 "merges", "milestones", "notifications", "pulls", "releases", "stargazers", "statuses", "subscribers",
                 "subscription", "tags", "teams", "trees")  # fmt: skip
        links = {f"{name}_url": f"{SITE}/repos/acme/{repo}/{name}" for name in names}
        return {**links, "id": 1, "node_id": "r", "name": repo, "full_name": f"acme/{repo}", "private": True,
                "owner": self._user("boss"), "html_url": f"https://github.com/acme/{repo}", "fork": False,
                "url": f"{SITE}/repos/acme/{repo}", "description": None}  # fmt: skip


def _error(message: str) -> dict[str, Any]:
    return {"message": message, "documentation_url": "https://docs.github.com/rest", "status": "0"}
