"""A release that the build server asks for and a person approves. There is no strategy: the approval is all there is."""

import re

from sym.sdk import ApprovalTemplate, aws_lambda, hook, reducer, slack
from sym.sdk.exceptions import AWSLambdaError


@reducer
def get_approvers(event):
    """The release channel, then the manager on duty; whoever sees the message may decide."""
    return slack.fallback(
        slack.channel(event.flow.vars["channel"], timeout=1800),
        slack.user(event.flow.vars["manager"]),
        continue_on_timeout=True,
    )


@hook
def on_request(event):
    """Patches of what runs already go out by themselves; what is no version goes nowhere."""
    version = event.payload.fields["version"]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return ApprovalTemplate.deny(reason=f"{version} is no version")
    context = event.get_context("request")
    if event.channel.type == "sym" and context.get("kind") == "patch" and event.payload.fields["failures"] == 0:
        return ApprovalTemplate.approve(reason="A patch without failures")


@hook
def after_request(event):
    """Runs once people have been told."""
    print(f"{event.payload.fields['version']} was asked for from {event.run.source_channel.type}")


@hook
def on_approve(event):
    """Whoever wrote the change does not release it, unless the flow itself approved."""
    context = event.get_context("request")
    if event.channel.type != "sdk" and event.user.email == context.get("author"):
        return ApprovalTemplate.ignore(message="You wrote this change: somebody else has to release it.")


@hook
def after_approve(event):
    """The approval is given; the deployment begins."""
    fields = event.payload.fields
    try:
        aws_lambda.invoke_async(event.flow.vars["deploy"], {"version": fields["version"]})
    except AWSLambdaError as error:
        print(f"{fields['version']} has to be deployed by hand: {error}")
        raise


@hook
def on_deny(event):
    """A release that is in the way of an incident's repair is denied by managers alone."""
    context = event.get_context("request")
    if context.get("kind") == "hotfix" and event.user.role != "admin" and event.channel.type != "sdk":
        return ApprovalTemplate.ignore(message="Only an admin denies a hotfix.")


@hook
def after_deny(event):
    """The log says who."""
    print(f"denied by {event.get_actor('deny').username}")
