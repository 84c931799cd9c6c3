from sym.sdk import PermissionLevel, RequestPermission, reducer


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.ADMIN)
