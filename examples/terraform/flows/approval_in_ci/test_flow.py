"""Who may let a deployment go on, and what becomes of the job that waits, at a faked CircleCI."""

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("circleci", Path(__file__).with_name("circleci.py"))
circleci_fake = importlib.util.module_from_spec(spec)
spec.loader.exec_module(circleci_fake)

IMPLEMENTATION = Path(__file__).with_name("impl.py").read_text()


@pytest.fixture
def circleci():
    """CircleCI."""
    server = circleci_fake.CircleCI()
    yield server
    server.close()


@pytest.fixture
def deploy(flow_test, circleci):
    """Asks for a deployment, as the CI job of a workflow does; without a workflow's id, of a new one."""
    flow = flow_test(
        IMPLEMENTATION,
        fields={"commit": "string", "workflow_id": {"type": "string", "required": False}},
        flow_vars={"channel": "#deployments", "patience": "3600s", "hold_job": "hold"},
        integrations={"circleci": {"type": "custom", "external_id": circleci.url}},
        secrets=["token"],
    )
    flow.secrets["SYM_SECRET_TOKEN"] = circleci_fake.TOKEN
    ci = flow.bot("ci")

    def ask(workflow_id=None, commit="0123abc", author="ada@example.com"):
        workflow_id = workflow_id or circleci.start_workflow()
        context = {"author": f"{author}\n"}
        request = flow.request(by=ci, source="api", commit=commit, workflow_id=workflow_id, context=context)
        request.flow, request.workflow_id = flow, workflow_id
        return request

    return ask


def test_an_approval_releases_the_job_that_waits(deploy, circleci):
    request = deploy()
    assert (request.status, circleci.status(request.workflow_id)) == ("requested", "on_hold")
    assert request.notifications[0].destination == "#deployments"
    assert request.approve(by="bob@example.com").is_done
    assert (request.status, circleci.status(request.workflow_id)) == ("approved", "success")
    assert circleci.releases == 1


def test_whoever_wrote_the_commit_does_not_approve_it(deploy, circleci):
    request = deploy()
    assert "You wrote this commit" in request.approve(by="Ada@example.com").error
    assert (request.status, circleci.status(request.workflow_id)) == ("requested", "on_hold")


def test_what_is_denied_stays_on_hold(deploy, circleci):
    request = deploy()
    assert request.deny(by="bob@example.com").is_done
    assert (request.status, circleci.status(request.workflow_id)) == ("denied", "on_hold")


def test_what_nobody_decides_stays_on_hold(deploy, circleci):
    request = deploy()
    request.flow.travel(hours=1)
    assert (request.status, circleci.status(request.workflow_id)) == ("expired", "on_hold")


def test_what_was_released_before_is_approved_all_the_same(deploy, circleci):
    """The worker may have died between the release and writing it down."""
    request = deploy()
    circleci.jobs[request.workflow_id][1]["status"] = "success"
    assert request.approve(by="bob@example.com").is_done
    assert circleci.releases == 0


@pytest.mark.parametrize("kind", ["cancelled", "unknown", "no id"])
def test_a_workflow_that_does_not_wait_is_not_approved(deploy, circleci, kind):
    workflow_id = circleci.start_workflow()
    if kind == "cancelled":
        circleci.cancel(workflow_id)
    unknown = {"unknown": "00000000-0000-0000-0000-000000000000", "no id": "../../user"}
    request = deploy(unknown.get(kind, workflow_id))
    assert "does not wait any more" in request.approve(by="bob@example.com").error
    assert request.status == "requested"


def test_a_hold_that_cannot_be_released_is_not_approved_and_can_be_tried_again(deploy, circleci):
    request = deploy()
    circleci.trouble = 503
    assert "503" in request.approve(by="bob@example.com").error
    assert (request.status, circleci.status(request.workflow_id)) == ("requested", "on_hold")
    circleci.trouble = 0
    assert request.approve(by="bob@example.com").is_done
    assert circleci.status(request.workflow_id) == "success"


def test_what_is_no_commit_is_denied(deploy):
    assert deploy(commit="main").status == "denied"
