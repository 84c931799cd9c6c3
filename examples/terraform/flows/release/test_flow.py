"""Releases: asked for by the build server through the API, with a context, and decided in Slack."""

import pytest

from sym.sdk.exceptions import AWSLambdaError

pytestmark = pytest.mark.flow(
    "impl.py",
    fields={"version": "string", "failures": {"type": "int", "required": False, "default": "0"}},
    flow_vars={"channel": "#releases", "manager": "U0MANAGER", "deploy": "arn:aws:lambda:eu-west-1:1:function:deploy"},
)


@pytest.fixture
def release(flow):
    """Asks for a release, as the build server does."""
    build = flow.bot("build")
    flow.host.aws_lambda.invoke_async.returns(True)

    def ask(version="1.2.3", **given):
        context = {"author": "ada@example.com", "kind": given.pop("kind", "feature")}
        return flow.request(by=build, source="api", version=version, context=context, **given)

    return ask


def test_somebody_else_releases_what_ada_wrote(flow, release):
    request = release()
    assert request.status == "requested"
    assert request.notifications[0].destination == "#releases"
    assert request.approve(by="ada@example.com").error == "You wrote this change: somebody else has to release it."
    assert request.status == "requested"
    assert request.approve(by="bob@example.com").is_done
    assert request.status == "approved"
    assert flow.host.aws_lambda.invoke_async.called_with(payload={"version": "1.2.3"})


def test_a_patch_without_failures_goes_out_by_itself(flow, release):
    request = release(kind="patch", failures=0)
    assert request.status == "approved"
    assert [(step.name, step.channel) for step in request.steps if step.is_done] == [
        ("request", "sym"),
        ("approve", "sdk"),
    ]
    assert release(kind="patch", failures=2).status == "requested"


def test_what_is_no_version_is_denied(release, capsys):
    request = release("tomorrow")
    assert request.status == "denied"
    assert "denied by build" in capsys.readouterr().out


def test_the_manager_is_asked_when_the_channel_is_silent(flow, release):
    request = release()
    flow.travel(minutes=30)
    assert [card.destination for card in request.notifications] == ["#releases", "U0MANAGER"]


def test_the_manager_is_asked_when_the_channel_is_gone(flow, release):
    flow.outbox.closed.add("#releases")
    assert [card.destination for card in release().notifications] == ["U0MANAGER"]


def test_only_an_admin_denies_a_hotfix(flow, release):
    root = flow.user("root@example.com", role="admin")
    request = release(kind="hotfix")
    assert request.deny(by="bob@example.com").error == "Only an admin denies a hotfix."
    assert request.deny(by=root).is_done
    assert request.status == "denied"


def test_a_deployment_that_does_not_begin_is_told(flow, release, capsys):
    flow.host.aws_lambda.invoke_async.raises(AWSLambdaError("FATAL_FUNCTION_ERROR", "It is paused."))
    request = release()
    request.approve(by="bob@example.com")
    assert request.status == "approved"
    assert "in after_approve: It is paused." in request.errors[0]
    assert "1.2.3 has to be deployed by hand" in capsys.readouterr().out


def test_the_form_is_held_to(flow, release):
    with flow.refused("INVALID_INPUTS"):
        release(failures="many")
