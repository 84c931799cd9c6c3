"""Write access to a repository. Its team approves; where it has none, whoever administers the repository at GitHub."""

import json

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer, slack
from sym.sdk.integrations import github
from sym.sdk.notifications import Notification


def repository(event):
    """The repository that is asked for: the target's, or the one chosen in the form."""
    return event.payload.fields["target"].settings["repo_name"]


def approvers(event):
    """The e-mail addresses of those who approve."""
    by_team = json.loads(event.flow.vars["approvers"])
    if repository(event) in by_team:
        return by_team[repository(event)]
    return [user.email for user in github.get_repo_collaborators(repo_name=repository(event), roles=["admin"])]


@reducer
def get_permissions(event):
    """Members see requests, and may decide them as far as on_approve lets them."""
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER, allow_self_approval=False
    )


@reducer
def get_request_notifications(event):
    """The team's channel; for shared repositories each of those who approve, or #repositories if GitHub names nobody."""
    team_channel = json.loads(event.flow.vars["channels"]).get(repository(event))
    if team_channel:
        return [Notification(destinations=[slack.channel(team_channel)])]
    people = [slack.user(email) for email in approvers(event)]
    return [Notification(destinations=people or [slack.channel("#repositories")])]


@hook
def on_approve(event):
    """Only those who answer for the repository approve; administrators of Sym may always."""
    if event.user.role != "admin" and event.user.email not in approvers(event):
        return ApprovalTemplate.ignore(message=f"Only those who answer for {repository(event)} approve.")


@reducer
def get_identity(event, service_type, external_id, user):
    """GitHub does not tell whose an e-mail address is. Here logins are made of the part before the @."""
    if service_type == "github":
        return user.email.partition("@")[0].replace(".", "-")
