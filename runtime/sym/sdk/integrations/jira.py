"""Jira: issues."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.jira import JiraError as JiraError
from sym.sdk.integrations import _call


@stubbed
def search_issues(
    jql: str, fields: Sequence[str] | None = None, expand: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return issues as Jira describes them.

    Args:
        jql: the query; must not be empty.
        fields: only these fields of each issue.
        expand: what else to include.

    Raises:
        JiraError: the query is empty or wrong, or Jira failed.
    """
    if not jql or not jql.strip():
        raise JiraError("INVALID_ARGUMENT", "jira.search_issues needs a query: an empty one would list every issue.")
    answer = _call.ask("jira", "search_issues", jql=jql, fields=fields, expand=expand)
    return cast("list[dict[str, Any]]", answer)


@stubbed
def add_comment_to_issue(issue_id_or_key: str, comment: str, expand: Sequence[str] | None = None) -> None:
    """Comment on an issue. Raises ``JiraError``."""
    _call.ask("jira", "add_comment_to_issue", issue_id_or_key=issue_id_or_key, comment=comment, expand=expand)


@stubbed
def create_issue(  # noqa: PLR0913, PLR0917 - one for each field of an issue
    title: str,
    project_key: str,
    issue_type_name: str,
    description: str | None = None,
    due_date: str | None = None,
    labels: Sequence[str] | None = None,
    parent_issue_id_or_key: str | None = None,
    priority_id: str | None = None,
    custom_fields: dict[str, Any] | None = None,
) -> str:
    """Create an issue and return its key.

    Args:
        title: the summary.
        project_key: the project, such as ``SEC``.
        issue_type_name: the type, such as ``Task``.
        description: the text.
        due_date: ``YYYY-MM-DD``.
        labels: its labels.
        parent_issue_id_or_key: makes it a sub-task of that issue.
        priority_id: its priority.
        custom_fields: passed to Jira as they are.

    Raises:
        JiraError: Jira refused or failed.
    """
    answer = _call.ask(
        "jira",
        "create_issue",
        title=title,
        project_key=project_key,
        issue_type_name=issue_type_name,
        description=description,
        due_date=due_date,
        labels=labels,
        parent_issue_id_or_key=parent_issue_id_or_key,
        priority_id=priority_id,
        custom_fields=custom_fields,
    )
    return str(answer)
