"""``type = "github"``: access to a GitHub repository, as a collaborator."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

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
