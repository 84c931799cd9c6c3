"""Membership of Okta groups. Who approves is kept in Okta as well: the members of one group."""

from sym.sdk import PermissionLevel, RequestPermission, hook, okta, reducer, slack
from sym.sdk.exceptions import OktaError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.notifications import Notification
from sym.sdk.templates import ApprovalTemplate
from sym.sdk.user import user_ids


@reducer
def get_permissions(event):
    """The members of the approvers' group decide. While Okta cannot tell who they are, administrators do."""
    try:
        approvers = user_ids(okta.users_in_group(group_id=event.flow.vars["approvers_group"]))
    except OktaError as error:
        print(f"Okta does not tell who approves: {error}")
        approvers = []
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER,
        approve_deny=approvers or PermissionLevel.ADMIN,
        allow_self_approval=False,
    )


@reducer
def get_request_notifications(event):
    """One channel; after an hour the request is over."""
    return [Notification(destinations=[slack.channel(event.flow.vars["channel"])], timeout=3600)]


@hook
def on_request(event):
    """Whoever has it already is told so, before anybody is bothered."""
    target = event.payload.fields["target"]
    try:
        if okta.is_user_in_group(event.user, group_id=target.settings["group_id"]):
            return ApprovalTemplate.deny(reason=f"You are in {target.label} already")
    except (IdentityNotFound, OktaError) as error:
        print(f"Okta does not tell whether they are in the group: {error}")


@reducer
def get_identity_lookup(event, service_type, external_id, user):
    """The e-mail address by which Okta knows whoever is granted access: contractors have one of ours there."""
    if service_type == "okta":
        return user.email.replace("@contractors.example.com", "@example.com")
