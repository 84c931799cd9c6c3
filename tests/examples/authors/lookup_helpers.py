"""Identity reducers, aliases of modules, integrations by attribute, helper classes, global state and lazy imports."""
import sym.sdk.integrations as integrations
import sym.sdk.templates.approval as approval
from sym.sdk import annotations
from sym.sdk import *
from sym.sdk.integrations import aws_sso as sso, boundary, github as gh, onelogin

_cache = {}
calls = 0


class Helper(object):
    instances = 0

    def __init__(self, event, *, limit=3):
        Helper.instances += 1
        self.event, self.limit = event, limit

    def __call__(self):
        global calls
        calls += 1
        return [c for c in gh.get_repo_collaborators(repo_name="app", roles=("admin", "maintain"))][: self.limit]


def cached(key):
    def decorate(function):
        def inner(*args, **kw):
            if key not in _cache:
                _cache[key] = function(*args, **kw)
            return _cache[key]
        return inner
    return decorate


@cached("groups")
def groups():
    return {g["DisplayName"]: g for g in sso.list_groups()}


@annotations.reducer
def get_permissions(event):
    people = Helper(event, limit=2)()
    ids = list(map(lambda u: str(u.id), people))
    return RequestPermission(webapp_view=ids, approve_deny=ids, allow_self_approval=calls == 1)


@annotations.reducer
def get_identity(event, service_type, external_id, user):
    if service_type == "okta":
        return user.email.split("@")[0]


@annotations.hook
def on_request(event):
    integrations.jira.search_issues("x = 1")
    groups(), groups()
    if onelogin.is_user_in_role(event.user, role_id=5) or integrations.is_user_in_group(event.user, group_id="S1"):
        return approval.ApprovalTemplate.approve()
    nonlocal_count = 0

    def count():
        nonlocal nonlocal_count
        nonlocal_count += 1
        return nonlocal_count

    print([count() for _ in range(3)], boundary.get_group("g1")["name"], Helper.instances)
