"""A deployment that CI asks for: somebody approves it, and CircleCI's approval job is released."""

import re

import requests

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer, slack
from sym.sdk.notifications import Notification

SECONDS = (5, 10)  # to connect, to answer


@reducer
def get_permissions(event):
    """Any member decides; whoever asked does not."""
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER, allow_self_approval=False
    )


@reducer
def get_request_notifications(event):
    """One channel. When nobody there decides in time, the request is over, and the job stays on hold."""
    channel = slack.channel(event.flow.vars["channel"])
    seconds = int(event.flow.vars["patience"].removesuffix("s"))
    return [Notification(destinations=[channel], timeout=seconds)]


@hook
def on_request(event):
    """What is no commit is not deployed."""
    if not re.fullmatch(r"[0-9a-f]{7,40}", event.payload.fields["commit"]):
        return ApprovalTemplate.deny(reason="The commit should be a hash")


@hook
def on_approve(event):
    """Whoever wrote the commit does not approve it. A hold that cannot be released is not approved either."""
    context = event.get_context("request")
    if event.user.email and event.user.email == context.get("author", "").strip().lower():
        return ApprovalTemplate.ignore(message="You wrote this commit: somebody else has to approve it.")
    workflow_id = event.payload.fields.get("workflow_id")
    if workflow_id and not release(event.flow, workflow_id):
        return ApprovalTemplate.ignore(message="The workflow does not wait any more: it was cancelled, or is too old.")


def release(flow, workflow_id):
    """Release the approval job of a workflow; whether it is released now. May be called twice."""
    circleci = flow.environment.integrations["circleci"]
    token = circleci.settings["secrets"][0].retrieve_value()
    if not re.fullmatch(r"[0-9a-f-]{36}", workflow_id):
        return False  # it is part of an address
    with requests.Session() as session:
        session.headers["Circle-Token"] = token
        workflow = f"{circleci.external_id}/workflow/{workflow_id}"
        answer = session.get(f"{workflow}/job", timeout=SECONDS, allow_redirects=False)
        if answer.status_code == 404:
            return False
        answer.raise_for_status()
        for job in answer.json()["items"]:
            if job["type"] == "approval" and job["name"] == flow.vars["hold_job"]:
                if job["status"] == "on_hold":
                    url = f"{workflow}/approve/{job['approval_request_id']}"
                    session.post(url, timeout=SECONDS).raise_for_status()
                return job["status"] in ("on_hold", "success")
    return False
