"""GitHub: who works on what."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.github import GitHubError as GitHubError
from sym.sdk.integrations import _call
from sym.sdk.user import User

GitHubDefaultRolesT: TypeAlias = Literal["read", "triage", "write", "maintain", "admin"]
GitHubRoleT: TypeAlias = GitHubDefaultRolesT | str


@stubbed
def get_repo_collaborators(*, repo_name: str, roles: Iterable[GitHubRoleT]) -> list[User]:
    """Return the collaborators of a repository that are users of Sym.

    Args:
        repo_name: the repository, without the organization.
        roles: those with exactly one of these roles; ``write`` does not include ``admin``.

    Raises:
        GitHubError: there is no such repository, the roles are no list, or GitHub failed.
    """
    chosen = _call.several(roles)
    if chosen is None:
        raise GitHubError("INVALID_ARGUMENT", 'github.get_repo_collaborators needs a list of roles, such as ["admin"].')
    return _call.users(_call.ask("github", "get_repo_collaborators", repo_name=repo_name, roles=chosen))
