"""The author modules as a whole: which names are where, and what they ask the host."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from sym.sdk import exceptions, integrations
from sym.sdk._host import NoHost
from sym.sdk.integrations.pagerduty import PagerDutyStatus, PagerDutyUrgency
from sym.sdk.user import User

IN_ALL = [
    "aws_iam",
    "aws_lambda",
    "aws_sso",
    "boundary",
    "github",
    "google",
    "knowbe4",
    "okta",
    "onelogin",
    "pagerduty",
    "slack",
    "sym",
]
RESOLVES_TO = {
    "slack": "is_user_in_group get_user_info user mention channel group fallback send_message send_thread_message "
    "list_users users_in_channel SlackError RequestDestination RequestDestinationFallback SlackChannelID "
    "SlackChannelName SlackUser SlackUserGroup",
    "okta": "list_groups users_in_group OktaError",
    "aws_iam": "AWSIAMError",
    "aws_sso": "list_accounts AWSSSOError",
    "boundary": "get_group BoundaryError",
    "github": "get_repo_collaborators GitHubError",
    "google": "GoogleError",
    "knowbe4": "get_training_enrollments_for_user KnowBe4Error",
    "onelogin": "list_roles users_in_role is_user_in_role",
    "pagerduty": "is_on_call users_on_call users_for_schedule get_incidents has_incident PagerDutyStatus "
    "PagerDutyUrgency PagerDutyError",
    "aws_lambda": "invoke invoke_async AWSLambdaError",
    "sym": "get_or_create_user_by_email get_or_create_users_by_emails",
}
PERSON = {"id": "11111111-1111-4111-8111-111111111111", "username": "ann@acme.example"}
ON_CALL = {"escalation_policy_name": None, "escalation_policy_id": None, "schedule_name": None, "schedule_id": None}
INCIDENTS = {
    "assignees": None,
    "service_ids": None,
    "statuses": ["triggered", "acknowledged"],
    "urgencies": ["high"],
    "since": None,
    "until": None,
}
ISSUE = {
    "title": "t",
    "project_key": "SEC",
    "issue_type_name": "Task",
    "description": None,
    "due_date": None,
    "labels": None,
    "parent_issue_id_or_key": None,
    "priority_id": None,
    "custom_fields": {"a": [1]},
}


def calls(user: Any) -> list[tuple[str, str, tuple[Any, ...], dict[str, Any], dict[str, Any], Any, Any]]:
    """module, function, arguments, keywords, what the host is asked, its answer, what is returned."""
    ann = {**PERSON, "email": "ann@acme.example"}
    return [
        ("aws_iam", "is_user_in_group", (user,), {"group_name": "g"}, {"user": ann, "group_name": "g"}, True, True),
        ("aws_lambda", "invoke", ("arn",), {}, {"arn": "arn", "payload": None}, {"a": 1}, {"a": 1}),
        ("aws_lambda", "invoke_async", ("arn", {"a": user}), {}, {"arn": "arn", "payload": {"a": ann}}, True, True),
        ("aws_sso", "is_user_in_group", (user,), {"group_name": "g"}, {"user": ann, "group_name": "g"}, False, False),
        ("aws_sso", "list_groups", (), {}, {}, [{}], [{}]),
        ("aws_sso", "users_in_group", ("g",), {}, {"group_name": "g"}, [PERSON], [user]),
        ("aws_sso", "list_accounts", (), {}, {"organizational_unit_id": None}, [], []),
        ("boundary", "list_groups", (), {}, {"scope_id": "global", "filter": None, "recursive": False}, [], []),
        ("boundary", "get_group", ("g",), {}, {"group_id": "g"}, {"id": "g"}, {"id": "g"}),
        (
            "github",
            "get_repo_collaborators",
            (),
            {"repo_name": "r", "roles": ("admin",)},
            {"repo_name": "r", "roles": ["admin"]},
            [PERSON],
            [user],
        ),
        ("google", "is_user_in_group", (user,), {"group_email": "g"}, {"user": ann, "group_email": "g"}, True, True),
        ("google", "list_groups", (), {}, {"domain": None}, [], []),
        ("google", "users_in_group", ("g",), {}, {"group_email": "g", "include_indirect_members": True}, [], []),
        (
            "jira",
            "search_issues",
            ("project = X",),
            {"fields": ["a"]},
            {"jql": "project = X", "fields": ["a"], "expand": None},
            [],
            [],
        ),
        (
            "jira",
            "add_comment_to_issue",
            ("X-1", "hi"),
            {},
            {"issue_id_or_key": "X-1", "comment": "hi", "expand": None},
            None,
            None,
        ),
        ("jira", "create_issue", ("t", "SEC", "Task"), {"custom_fields": {"a": [1]}}, ISSUE, "SEC-1", "SEC-1"),
        (
            "knowbe4",
            "get_training_enrollments_for_user",
            (user,),
            {},
            {"user": ann, "store_purchase_id": None, "campaign_id": None},
            [],
            [],
        ),
        ("knowbe4", "is_user_in_group", (user, 5), {}, {"user": ann, "group_id": 5}, True, True),
        ("okta", "is_user_in_group", (user,), {"group_id": "g"}, {"user": ann, "group_id": "g"}, True, True),
        ("okta", "users_in_group", (), {"group_id": "g"}, {"group_id": "g"}, [PERSON], [user]),
        ("okta", "get_user_info", (user,), {}, {"user": ann}, {"id": "o"}, {"id": "o"}),
        (
            "okta",
            "list_groups",
            (),
            {"expand": ["stats"]},
            {"name_filter": None, "filter": None, "expand": ["stats"], "only_native_groups": True},
            [],
            [],
        ),
        ("onelogin", "list_roles", ("a",), {}, {"name_filter": "a"}, [], []),
        ("onelogin", "get_user_info", (user,), {}, {"user": ann}, {}, {}),
        ("onelogin", "users_in_role", (5,), {}, {"role_id": 5}, [PERSON], [user]),
        ("onelogin", "is_user_in_role", (user,), {"role_id": 5}, {"user": ann, "role_id": 5}, True, True),
        ("pagerduty", "is_on_call", (user,), {}, {"user": ann, **ON_CALL}, True, True),
        ("pagerduty", "users_on_call", (), {"schedule_id": "s"}, {**ON_CALL, "schedule_id": "s"}, [PERSON], [user]),
        ("pagerduty", "users_for_schedule", (), {}, {"schedule_name": None, "schedule_id": None}, [], []),
        ("pagerduty", "get_incidents", (), {}, INCIDENTS, [{"id": "i"}], [{"id": "i"}]),
        ("slack", "send_message", (user, "hi"), {}, {"destination": ann, "message": "hi"}, None, None),
        ("slack", "send_thread_message", ("hi",), {}, {"message": "hi"}, None, None),
        ("slack", "get_user_info", (user,), {}, {"user": ann}, {}, {}),
        ("slack", "list_users", (), {}, {"active_only": True}, [], []),
        ("slack", "is_user_in_group", (user,), {"group_id": "S1"}, {"user": ann, "group_id": "S1"}, True, True),
        ("slack", "users_in_channel", ("#x",), {}, {"channel": "#x"}, [PERSON], [user]),
        ("store", "fetch", ("a.b",), {}, {"path": "a.b"}, {"c": 1}, {"c": 1}),
        ("store", "put", ("a.b", {"c": 1}), {}, {"path": "a.b", "value": {"c": 1}}, None, None),
        ("sym", "get_or_create_user_by_email", ("a@b",), {}, {"email": "a@b"}, PERSON, user),
        (
            "sym",
            "get_or_create_users_by_emails",
            (("a@b",),),
            {},
            {"emails": ["a@b"], "raise_on_error": False},
            [PERSON],
            [user],
        ),
    ]


def test_the_exported_names() -> None:
    assert integrations.__all__ == IN_ALL
    assert integrations.jira.JiraError is exceptions.JiraError
    assert callable(integrations.store.fetch)


@pytest.mark.parametrize("module", RESOLVES_TO)
def test_shared_names_are_the_last_modules(module: str) -> None:
    found = importlib.import_module(f"sym.sdk.integrations.{module}")
    for name in RESOLVES_TO[module].split():
        assert getattr(integrations, name) is getattr(found, name)


def test_names_no_module_brings() -> None:
    assert not hasattr(integrations, "OneLoginError")
    assert not hasattr(integrations, "JiraError")
    assert integrations.User is User


def test_every_function_asks_the_host_in_json(make_user: Callable[..., User], host: Any) -> None:
    for module, function, arguments, keywords, asked, answer, returned in calls(make_user()):
        host.answers = {f"{module}.{function}": answer}
        call = getattr(importlib.import_module(f"sym.sdk.integrations.{module}"), function)
        assert call(*arguments, **keywords) == returned, (module, function)
        assert host.asked.pop() == (f"{module}.{function}", asked)


def test_no_function_does_anything_without_a_host(make_user: Callable[..., User]) -> None:
    for module, function, arguments, keywords, *_ in calls(make_user()):
        call = getattr(importlib.import_module(f"sym.sdk.integrations.{module}"), function)
        with pytest.raises(NoHost, match=f"{module}.{function}"):
            call(*arguments, **keywords)


def test_no_function_is_left_out_of_these_tests(make_user: Callable[..., User]) -> None:
    without_vendor = {"user", "channel", "group", "fallback", "mention", "has_incident"}
    tested = {(module, function) for module, function, *_ in calls(make_user())}
    for module in [*IN_ALL, "jira", "store"]:
        found = importlib.import_module(f"sym.sdk.integrations.{module}")
        public = {
            name
            for name, value in vars(found).items()
            if inspect.isfunction(value) and value.__module__ == found.__name__ and not name.startswith("_")
        }
        assert {(module, name) for name in public - without_vendor} <= tested


def test_arguments_json_does_not_know_are_refused(host: Any) -> None:
    with pytest.raises(TypeError, match="object cannot be passed"):
        integrations.store.put("a", object())
    assert host.asked == []


def test_incidents_are_filtered_and_counted(make_user: Callable[..., User], host: Any) -> None:
    host.answers["pagerduty.get_incidents"] = []
    user = make_user()
    assert not integrations.pagerduty.has_incident(
        assignees=[user], statuses=[PagerDutyStatus.TRIGGERED], urgencies=[PagerDutyUrgency.LOW]
    )
    asked = host.asked[0][1]
    assert (asked["statuses"], asked["urgencies"], asked["assignees"][0]["id"]) == (
        ["triggered"],
        ["low"],
        str(user.id),
    )
    host.answers["pagerduty.get_incidents"] = [{}]
    assert integrations.pagerduty.has_incident()
    with pytest.raises(exceptions.PagerDutyError, match="RESOLVED"):
        integrations.pagerduty.get_incidents(assignees=[user], statuses=[PagerDutyStatus.RESOLVED])


def test_missing_arguments_are_named_before_anybody_is_asked(make_user: Callable[..., User], host: Any) -> None:
    with pytest.raises(exceptions.MissingArgument, match="role_id"):
        integrations.onelogin.users_in_role(None)  # type: ignore[arg-type]
    with pytest.raises(exceptions.MissingArgument, match="role_id"):
        integrations.onelogin.is_user_in_role(make_user(), role_id=None)  # type: ignore[arg-type]
    with pytest.raises(exceptions.OneLoginError, match="user"):
        integrations.onelogin.get_user_info(None)  # type: ignore[arg-type]
    with pytest.raises(exceptions.JiraError, match="empty"):
        integrations.jira.search_issues(" ")
    assert host.asked == []


@pytest.mark.parametrize("emails", ["ann@acme.example", None, 5, [None], ["ann@acme.example", ""], {"a": 1}])
def test_addresses_that_are_none_are_refused_whatever_was_asked_for(emails: Any, host: Any) -> None:
    for raise_on_error in (False, True):
        with pytest.raises(exceptions.SymIntegrationError, match="a list of e-mail addresses") as caught:
            integrations.sym.get_or_create_users_by_emails(emails, raise_on_error)
        assert caught.value.error_code == "SymIntegration:USER_PROCESSING_ERROR"
    for email in (None, "", ["ann@acme.example"]):
        with pytest.raises(exceptions.SymIntegrationError, match="an e-mail address"):
            integrations.sym.get_or_create_user_by_email(email)  # type: ignore[arg-type]
    assert host.asked == []


def test_an_address_without_a_user_is_left_out(host: Any, make_user: Callable[..., User]) -> None:
    host.answers["sym.get_or_create_users_by_emails"] = [None, PERSON]
    assert integrations.sym.get_or_create_users_by_emails(["x@y", "ann@acme.example"]) == [make_user()]


def test_one_text_is_not_taken_for_a_list_of_its_letters(host: Any) -> None:
    with pytest.raises(exceptions.GitHubError, match="a list of roles"):
        integrations.github.get_repo_collaborators(repo_name="app", roles="admin")
    with pytest.raises(exceptions.SlackError, match="a list of people"):
        integrations.slack.group("U1")
    assert host.asked == []
    host.answers["github.get_repo_collaborators"] = []
    integrations.github.get_repo_collaborators(repo_name="app", roles=(role for role in ("read", "write")))
    assert host.asked[0][1]["roles"] == ["read", "write"]


@pytest.mark.parametrize("name", ["general", "", "c012"])
def test_a_channels_name_begins_with_a_hash_where_its_people_are_asked_for(name: str, host: Any) -> None:
    with pytest.raises(exceptions.SlackError, match="write its name as '#name', or its id"):
        integrations.slack.users_in_channel(name)
    assert host.asked == []
    host.answers["slack.users_in_channel"] = []
    for known in ("#general", "C012", "D1", "G1"):
        assert integrations.slack.users_in_channel(known) == []


def test_a_path_of_the_store_that_leads_through_a_value_is_a_key_error(host: Any) -> None:
    taken = exceptions.SymException("Store", "PATH_TAKEN", "a.b is a value, so there is no a.b.c.")
    host.answers = {"store.fetch": taken, "store.put": taken}
    for call in (lambda: integrations.store.fetch("a.b.c"), lambda: integrations.store.put("a.b.c", 1)):
        with pytest.raises(KeyError, match=r"a\.b is a value"):
            call()
    host.answers["store.fetch"] = exceptions.SymException("Store", "FULL", "The store is full.")
    with pytest.raises(exceptions.SymException, match="full"):
        integrations.store.fetch("a")
