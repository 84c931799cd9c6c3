"""``type = "github"``: access to a GitHub repository, as a collaborator.

Access is granted with GitHub's own default, *write*. Members of the organization have it at once; anybody else is sent
an invitation by GitHub. A person who is invited counts as having access, because accepting is up to them alone: the
invitation is withdrawn, too, when access ends. What people have through a team or as owners of the organization is
neither looked at nor taken away, and whoever was a collaborator before stays one.

GitHub deletes a person's own forks of a private repository when they lose their access to it, and takes issues from
them that were assigned to them.

GitHub answers the same for a repository that is gone and for one that the token may not see. So access to a repository
that is not found has only ended if the token is that of an owner of the organization, with the scope `repo`: such a
token sees everything. Otherwise it stays on the list of what has to be looked after.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.github import GitHubError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User

integration = "github"


@schema
class Settings:
    """A GitHub strategy needs no settings."""


@schema
class Repository:
    """A repository of the organization."""

    repo_name: str = attribute("The name of the repository, without that of the organization.")


targets = {"github_repo": Repository}
multiple: frozenset[str] = frozenset()


class Strategy(AccessStrategy):
    """A place among a repository's direct collaborators, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.github`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:  # noqa: ARG002
        """Nobody: GitHub does not tell whose an e-mail address is."""
        return None

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Make the requester a collaborator, or have GitHub invite them."""
        login, repository = self.get_requester_identity(event), _repository(event)
        try:
            invitation = self.connection.add_collaborator(repository, login)
        except GitHubError as error:
            if getattr(error, "status", None) == 404:
                raise _not_found(f"{repository!r}, or no user {login!r}") from None
            raise
        return {"login": login, "repository": repository, "invitation_id": invitation}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Withdraw the requester's invitation, and remove them from the collaborators."""
        login, repository = self.get_requester_identity(event), _repository(event)
        try:
            invited = [found["id"] for found in self._invitations(repository, login)]
            was_there = bool(invited) or self._is_collaborator(repository, login)
            for invitation_id in invited:
                self.connection.cancel_invitation(repository, invitation_id)
            # Also after an invitation: it may have been accepted a moment ago.
            if was_there:
                self.connection.remove_collaborator(repository, login)
        except GitHubError as error:
            if getattr(error, "status", None) != 404:
                raise
            if self.connection.sees_every_repository():
                raise AlreadyGone(f"There is no repository {repository!r} any more.") from None
            raise _not_found(repr(repository)) from None
        if not was_there:
            raise AlreadyGone("The user is neither a direct collaborator of the repository nor invited.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester is a direct collaborator, or invited."""
        login, repository = self.get_requester_identity(event), _repository(event)
        if self._is_collaborator(repository, login):
            return True
        return any(not found.get("expired") for found in self._invitations(repository, login))

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The logins of direct collaborators, and of who is invited to become one."""
        repository = settings["repo_name"]
        yield from (str(found["login"]) for found in self.connection.collaborators(repository, affiliation="direct"))
        for found in self.connection.invitations(repository):
            if found.get("invitee") and not found.get("expired"):
                yield str(found["invitee"]["login"])

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        organization, login = self.integration.external_id, self.get_requester_identity(event)
        return (f"On GitHub, open {organization}/{_repository(event)} > Settings > Collaborators and teams, and remove "
                f"{login}, or the invitation of {login}.")  # fmt: skip

    def _is_collaborator(self, repository: str, login: str) -> bool:
        people = self.connection.collaborators(repository, affiliation="direct")
        return any(_same(person["login"], login) for person in people)

    def _invitations(self, repository: str, login: str) -> Iterator[dict[str, Any]]:
        for found in self.connection.invitations(repository):
            if found.get("invitee") and _same(found["invitee"]["login"], login):
                yield found


def _repository(event: Event) -> str:
    return str(event.payload.fields["target"].settings["repo_name"])


def _same(login: str, other: str) -> bool:
    """Logins are the same in any case."""
    return login.lower() == other.lower()


def _not_found(what: str) -> GitHubError:
    return GitHubError(
        "REPOSITORY_NOT_FOUND",
        f"GitHub knows no repository {what}, or the token may not see it: put it right in the target or the identity, "
        "or give the account of the token administration of the repository.",
    )
