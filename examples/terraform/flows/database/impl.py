"""Access to customers' databases, with a form that changes while it is filled in."""

from sym.sdk import FieldOption, PermissionLevel, RequestPermission, hook, prefetch, reducer
from sym.sdk.integrations import github
from sym.sdk.integrations.slack import SlackUser
from sym.sdk.notifications import Notification


@hook
def on_prompt(event):
    """Runs before the form is shown."""
    print(f"the form is opened by {event.user.email}")


@hook
def after_prompt(event):
    """Runs once the form is on the screen."""


@prefetch(field_name="repository")
def repositories(event):
    """The repositories somebody may ask about: those that have an owner."""
    known = event.flow.vars["repositories"].split(",")
    found = [name for name in known if github.get_repo_collaborators(repo_name=name, roles=["admin"])]
    return [FieldOption(value=name, label=f"acme/{name}") for name in found]


@reducer
def get_permissions(event):
    """Who writes data is approved by an admin, who only reads by any member."""
    writes = event.payload.fields.get("write")
    level = PermissionLevel.ADMIN if writes else PermissionLevel.MEMBER
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=level, allow_self_approval=False)


@reducer
def get_request_notifications(event):
    """The reviewer hears of it, and each of the witnesses."""
    fields = event.payload.fields
    people = [fields["reviewer"], *fields.get("witnesses", [])]
    return [Notification(destinations=[SlackUser(user_id=person.user_id)]) for person in people]
