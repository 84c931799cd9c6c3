import requests
from sym.sdk.annotations import hook, prefetch, reducer
from sym.sdk.field_option import FieldOption
from sym.sdk.forms import FieldType, SlackUserSelection, SymPromptForm
from sym.sdk.integrations import google
from sym.sdk.request_permission import PermissionLevel, RequestPermission


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.ADMIN)


@prefetch(field_name="group")
def get_groups(event):
    groups = google.list_groups(domain="acme.example")
    print(f"{len(groups)} groups for {event.user.email}")
    return [
        FieldOption(value=group["email"], label=group["name"][:55])
        for group in sorted(groups, key=lambda group: group["name"].lower())
    ]


@prefetch(field_name="customers")
def get_customer_list(event):
    response = requests.get(event.flow.vars["customers_url"], timeout=2)
    response.raise_for_status()
    return [FieldOption(value=one["id"], label=one["name"]) for one in response.json()["customers"]]


@hook
def on_request(event):
    fields = event.payload.fields
    reviewer = fields.get("reviewer")
    if isinstance(reviewer, SlackUserSelection):
        print("reviewer", reviewer.user_id, reviewer.username)
    for watcher in fields.get("watchers") or []:
        print("watcher", watcher.user_id)
    print("counts", [number * 2 for number in fields.get("counts", [])], fields.get("urgent") is True)


def on_change_group(username, form: SymPromptForm):
    group = form.fields["group"].value
    ticket = form.fields["ticket"]
    ticket.visible = bool(group) and group.startswith("admins")
    ticket.required = ticket.visible
    if ticket.type == FieldType.STRING and ticket.visible:
        ticket.label = f"Why do you need {group}, {username.split('@')[0]}?"
        ticket.value = "OPS-"
    form.fields["size"].current_allowed_values = [
        option for option in form.fields["size"].original_allowed_values if option.value != "huge"
    ]
    form.additional_header_text = "*Careful*"


def on_change_long_name(username, form):
    form.fields["long-name"].value = (form.fields["long-name"].value or "").strip().lower()
    return form
