from sym.sdk.annotations import hook, reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.templates import get_step_output


@reducer
def get_permissions(event):
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER,
        approve_deny=PermissionLevel.MEMBER,
        allow_self_approval=False,
    )


@hook
def after_escalate(event):
    print("membership", get_step_output()["membership_id"], get_step_output("escalate")["who"])
    strategy = event.flow.strategy
    print(strategy.type, strategy.integration.external_id, [t.name for t in strategy.targets])
    print(event.flow.environment.integrations.keys())
