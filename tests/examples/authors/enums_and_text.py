"""Comparing enumerations, resources and people with texts and with one another."""
from sym.sdk import *
from sym.sdk.forms import FieldType
from sym.sdk.user import UserRole
from sym.sdk.templates import ApprovalTemplateStep


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)


@hook
def on_request(event):
    target = event.payload.fields["target"]
    facts = [
        event.name == ApprovalTemplateStep.REQUEST,
        ApprovalTemplateStep.REQUEST == "request",
        f"{UserRole.ADMIN}/{PermissionLevel.ALL_USERS}/{FieldType.INT}" == "admin/all_users/int",
        "%s" % ApprovalTemplateStep.DEESCALATE.value == "deescalate",
        event.user == event.run.actors["request"] == event.payload.user,
        event.user != "ada@example.com",
        event.user.type == "normal",
        isinstance(event.user, User) and isinstance(event, Event) and isinstance(event.flow, Flow),
        isinstance(event.run, Run) and isinstance(event.channel, Channel) and isinstance(event.meta, EventMeta),
        target.slug == target.name == "prod" and target.type == "custom",
        target.srn == str(target.srn),
        {target.srn: 1}[str(target.srn)] == 1,
        event.flow == event.flow and hash(event.flow) == hash(event.flow.srn),
        event.get_actor("approve") is None,
        event.get_context("approve") is None,
        event.get_context(ApprovalTemplateStep.REQUEST) == {"build": 7} or event.get_context("request") == {},
        event.run.contexts.get("request", {}) in ({}, {"build": 7}),
        event.run.source_channel.type in ("slack", "sym"),
        event.user.identity("okta", "acme.okta.com").user_id == "00u1",
        event.user.identity("okta").service == "okta",
        event.user.identity("slack", "T1") is None,
        event.user.identity("nothing") is None,
        event.user.role == "member" and event.user.role in UserRole.MEMBER.value,
        UserRole("admin").permission_levels() >= {PermissionLevel.MEMBER},
        event.flow.vars["limit"] == "5" and int(event.flow.vars["limit"]) + 1 == 6,
        event.flow.vars.get("missing") is None,
        sorted(event.flow.fields) == ["reason"],
        event.flow.environment.name and isinstance(event.flow.environment.integrations, dict),
        str(event.user.id) in repr(event.user.to_dict()),
        event.payload.fields.get("nothing", "default") == "default",
        isinstance(event.payload.fields["duration"], int),
        event.template.name == "approval",
        not hasattr(event, "nothing_like_this"),
        str(event.user).startswith("User("),
        list(event.user.identities) == ["okta"],
    ]
    wrong = [index for index, fact in enumerate(facts) if not fact]
    if wrong:
        raise AssertionError(f"facts {wrong}")
    return event.template.approve(reason="all true")
