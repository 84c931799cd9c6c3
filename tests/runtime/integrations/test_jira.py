from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from sym.engine.connections.http import Transport
from sym.integrations import jira
from sym.sdk.connection import Service
from sym.sdk.exceptions.jira import JiraError
from tests.fakes.services.asking import Asker
from tests.fakes.services.jira import TOKEN, Jira
from tests.shelf_settings import optional, required, secrets


def test_it_takes_the_token_of_a_user_and_requires_none_of_its_own_names() -> None:
    assert "domain" in jira.external_id
    assert required(jira.Settings) == set()
    assert optional(jira.Settings) == {"email", "api_token_secret"}
    assert secrets(jira.Settings) == {"api_token_secret"}
    assert "this project's own" in str(jira.__doc__)


@pytest.fixture
def vendor() -> Iterator[Jira]:
    made = Jira()
    yield made
    made.close()


@pytest.fixture
def ask(vendor: Jira) -> Asker:
    return Asker(vendor, "jira")


def test_issues_are_found_with_their_fields(vendor: Jira, ask: Asker) -> None:
    everything = {"summary": "A door is open", "priority": {"id": "3"}}
    assert ask('jira.search_issues("key = SEC-1")')[0]["fields"] == everything
    found = ask('jira.search_issues("key = SEC-1", fields=["summary"], expand=["names", "changelog"])')
    assert found[0]["fields"] == {"summary": "A door is open"}
    assert vendor.expanded == [None, "names,changelog"]
    assert ask('jira.search_issues("key = SEC-9")') == []


def test_issues_of_several_pages_are_all_there_up_to_a_limit(vendor: Jira, ask: Asker) -> None:
    vendor.issues = {f"SEC-{number}": {} for number in range(250)}
    assert len(ask('jira.search_issues("project = SEC")')) == 250
    vendor.issues |= {f"SEC-{number}": {} for number in range(1200)}
    code, message = ask.refused('jira.search_issues("project = SEC")')
    assert (code, "make it narrower" in message) == ("Jira:TOO_MANY", True)


def test_a_query_that_jira_does_not_understand_is_an_error_with_its_reason(ask: Asker) -> None:
    code, message = ask.refused('jira.search_issues("open doors")')
    assert code == "Jira:REJECTED"
    assert "Error in the JQL Query: open doors" in message


def test_a_comment_is_added(vendor: Jira, ask: Asker) -> None:
    assert ask('jira.add_comment_to_issue("SEC-1", "Ada was let in.")') is None
    assert ask('jira.add_comment_to_issue("SEC-1", "Ada left.", expand=["renderedBody"])') is None
    assert vendor.comments == [("SEC-1", "Ada was let in."), ("SEC-1", "Ada left.")]
    assert vendor.expanded == [None, "renderedBody"]
    code, message = ask.refused('jira.add_comment_to_issue("SEC-9", "x")')
    assert (code, "Issue does not exist" in message) == ("Jira:NOT_FOUND", True)


def test_an_issue_is_created_with_what_is_said_and_nothing_else(vendor: Jira, ask: Asker) -> None:
    assert ask('jira.create_issue("A window is open", "SEC", "Task")') == "SEC-2"
    assert vendor.issues["SEC-2"] == {
        "summary": "A window is open", "project": {"key": "SEC"}, "issuetype": {"name": "Task"},
    }  # fmt: skip


def test_an_issue_is_created_with_everything(vendor: Jira, ask: Asker) -> None:
    call = (
        'jira.create_issue("Close it", "SEC", "Sub-task", description="Now.", due_date="2026-01-06", labels=["a"], '
        'parent_issue_id_or_key="SEC-1", priority_id="2", custom_fields={"customfield_1": {"value": "x"}})'
    )
    assert vendor.issues[ask(call)] == {
        "summary": "Close it", "project": {"key": "SEC"}, "issuetype": {"name": "Sub-task"}, "description": "Now.",
        "duedate": "2026-01-06", "labels": ["a"], "parent": {"key": "SEC-1"}, "priority": {"id": "2"},
        "customfield_1": {"value": "x"},
    }  # fmt: skip
    by_id = ask('jira.create_issue("x", "SEC", "Sub-task", parent_issue_id_or_key="10001")')
    assert vendor.issues[by_id]["parent"] == {"id": "10001"}


def test_an_issue_that_jira_refuses_names_the_fields(ask: Asker) -> None:
    code, message = ask.refused('jira.create_issue("x", "OPS", "Task", custom_fields={"colour": "red"})')
    assert code == "Jira:REJECTED"
    assert "colour: Field cannot be set.; project: valid project is required" in message


@pytest.mark.parametrize("missing", ["email", "api_token_secret"])
def test_without_its_settings_nothing_is_asked(vendor: Jira, missing: str) -> None:
    vendor.settings = {name: value for name, value in vendor.settings.items() if name != missing}
    code, message = Asker(vendor, "jira").refused('jira.search_issues("key = SEC-1")')
    assert code == "Jira:NOT_CONFIGURED"
    assert "needs settings.email and settings.api_token_secret" in message
    assert vendor.requests == 0


@pytest.mark.parametrize(
    ("email", "expected"),
    [("Ada@example.com", "5b1"), ("hidden@example.com", None), ("gone@example.com", None), ("x@example.com", None)],
)
def test_people_are_found_by_an_address_that_they_show(vendor: Jira, email: str, expected: str | None) -> None:
    http = Transport(vendor.addresses).http(
        Service(name="Jira", base_url="https://acme.atlassian.net", error=JiraError, headers=lambda: HEADERS)
    )
    assert jira.Connection(http).find_identity(email) == expected


HEADERS = {"Authorization": "Basic " + base64.b64encode(f"robot@example.com:{TOKEN}".encode()).decode()}
