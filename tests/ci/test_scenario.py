"""Approvals in CI from end to end: real curl, jq and Terraform, a real server, and jobs that run as their system would
run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.types.product import until
from tests.ci.circleci_runner import CircleCIRunner
from tests.ci.github_runner import GitHubRunner
from tests.ci.gitlab_runner import GitLabRunner
from tests.ci.installation import ADA, BOB, EXAMPLE, Installation
from tests.ci.shells import Job, find_program, in_every_shell, kept
from tests.ci.test_orb import ORB

pytestmark = pytest.mark.terraform

SCRIPTS = Path(__file__).with_name("scripts")
INTERPRETERS = {"release.sh": "bash", "release.py": sys.executable, "release.mjs": "node"}


def command(name: str) -> list[str]:
    """What runs a script of somebody else's."""
    return [find_program(INTERPRETERS[name]), str(SCRIPTS / name)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The example, applied and served."""
    with ExitStack() as stack:
        yield Installation(tmp_path_factory.mktemp("installation"), stack)


class Workflow:
    """The example's CircleCI workflow for one commit."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.id = installation.circleci.start_workflow()
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=installation.repository, capture_output=True,
                                text=True, check=True).stdout.strip()  # fmt: skip
        variables = {**installation.variables, "CIRCLE_SHA1": commit, "CIRCLE_WORKFLOW_ID": self.id}
        self.runner = CircleCIRunner.of(folder, EXAMPLE / "config.yml", ORB, variables)
        self.runner.repository = installation.repository
        self.commit = commit

    def ask(self) -> str:
        """Run the jobs before the hold; gives the run."""
        assert self.runner.workflow_job("release", "describe") == 0, self.runner.outputs
        assert self.runner.workflow_job("release", "request") == 0, self.runner.outputs
        (answer,) = kept(self.runner.folder / "workspace", "requests.json").values()
        self.installation.settled(answer["run_id"], "requested")
        run_id: str = answer["run_id"]
        return run_id

    @property
    def is_held(self) -> bool:
        return bool(self.installation.circleci.status(self.id) == "on_hold")

    def deploys(self) -> bool:
        """Run the job after the hold; whether it got as far as the deployment."""
        status = self.runner.workflow_job("release", "deploy")
        begun = f"deploying {self.commit}" in self.runner.outputs["deploy"]
        assert begun is (status == 0), self.runner.outputs["deploy"]
        return begun


@pytest.fixture
def workflow(installation: Installation, tmp_path: Path) -> Workflow:
    """A workflow that has begun."""
    return Workflow(installation, tmp_path / "circleci")


def test_an_approval_releases_the_hold_and_the_deployment_goes_on(
    workflow: Workflow, installation: Installation
) -> None:
    run_id = workflow.ask()
    run = installation.product.ask(BOB, "GET", f"/runs/{run_id}")
    assert run["fields"] == {"commit": workflow.commit, "workflow_id": workflow.id}
    assert run["requester"]["username"] == "ci"
    assert not workflow.deploys()
    own = installation.decide(ADA, "approve", run_id)
    assert "You wrote this commit" in own["error"], "the context came from the files"
    assert workflow.is_held
    installation.product.ask(BOB, "POST", "/events/approve", {"run_id": run_id})
    until(lambda: not workflow.is_held, installation.product.log)
    # The hold is released before the approval is written down.
    assert workflow.deploys()
    assert installation.circleci.status(workflow.id) == "success"


def test_what_is_denied_is_not_deployed(workflow: Workflow, installation: Installation) -> None:
    run_id = workflow.ask()
    assert installation.decide(BOB, "deny", run_id)["status"] == "success"
    installation.settled(run_id, "denied")
    assert not workflow.deploys()
    assert "is denied, not approved" in workflow.runner.outputs["deploy"]
    assert workflow.is_held


def test_what_nobody_decides_is_not_deployed(workflow: Workflow, installation: Installation) -> None:
    installation.give(1)
    run_id = workflow.ask()
    installation.give(3600)
    installation.settled(run_id, "expired")
    assert not workflow.deploys()
    assert "is expired, not approved" in workflow.runner.outputs["deploy"]
    assert workflow.is_held


def test_pressing_circlecis_own_button_is_no_approval(workflow: Workflow, installation: Installation) -> None:
    workflow.ask()
    installation.circleci.jobs[workflow.id][1]["status"] = "success"
    assert not workflow.deploys()
    assert "is requested, not approved" in workflow.runner.outputs["deploy"]


def test_an_approval_of_another_commit_is_none(workflow: Workflow, installation: Installation) -> None:
    """Somebody has put another request's answer under this one's slug."""
    run_id = workflow.ask()
    installation.decide(BOB, "approve", run_id)
    workflow.runner.variables["CIRCLE_SHA1"] = workflow.commit = "f" * 40
    path = workflow.runner.folder / "workspace" / "sym" / "requests.json"
    path.write_text(re.sub(r"deploy-\w+", f"deploy-{'f' * 40}", path.read_text()))
    assert not workflow.deploys()
    assert "is approved, but for something else: its input commit is" in workflow.runner.outputs["deploy"]


def test_a_cancelled_workflow_is_not_approved(workflow: Workflow, installation: Installation) -> None:
    run_id = workflow.ask()
    installation.circleci.cancel(workflow.id)
    assert "does not wait any more" in installation.decide(BOB, "approve", run_id)["error"]
    assert not workflow.deploys()


@in_every_shell
def test_the_script_asks_waits_and_validates(installation: Installation, tmp_path: Path, job: Job) -> None:
    job.variables = installation.variables
    job("request", "--flow", installation.flow, "--inputs", '{"commit": "0123abc"}', "--slug", "x")
    run_id = kept(tmp_path, "requests.json")["x"]["run_id"]
    job("validate-event", "--slug", "x", "--event-name", "request", "--interval", "1")
    waiting = job.start("wait", "--slug", "x", "--interval", "1", "--timeout", "60")
    installation.decide(BOB, "approve", run_id)
    assert waiting.communicate(timeout=60)[0] == "approved\n"
    job("validate", "--slug", "x", "--flow", installation.flow, "--input", "commit=0123abc")
    assert 'not "other"' in job("validate", "--slug", "x", "--input", "commit=other", code=1).stderr
    refused = job("deescalate", "--slug", "x", code=1)
    assert "DeescalateAPI:INVALID_RUN" in refused.stderr
    assert "RunAPI:NOT_FOUND" in job("validate", "--run-id", "0" * 32, code=1).stderr
    refused = job("request", "--flow", installation.flow, "--inputs", '{"comit": "x"}', code=1)
    assert "RequestAPI:INVALID_INPUTS" in refused.stderr


@pytest.mark.parametrize("name", INTERPRETERS)
@pytest.mark.parametrize("answer", ["approve", "deny"])
def test_scripts_of_other_people_work_as_they_are(
    installation: Installation, tmp_path: Path, name: str, answer: str
) -> None:
    environment = {"PATH": os.environ["PATH"], **installation.variables, "FLOW": installation.flow, "COMMIT": "0123abc"}
    process = subprocess.Popen(
        command(name), cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("run "), line + process.stdout.read()
    installation.settled(line.split()[1], "requested")
    installation.decide(BOB, answer, line.split()[1])
    rest = process.communicate(timeout=60)[0]
    wanted = (0, "released 0123abc\n") if answer == "approve" else (1, "not released: denied\n")
    assert (process.returncode, rest) == wanted


@pytest.mark.parametrize("name", INTERPRETERS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"FLOW": "acme:flow:nothing:latest"}, "RequestAPI:INVALID_FLOW: "),
        ({"SYM_JWT": "e30.e30.e30"}, "Auth:INVALID_TOKEN: "),
    ],
)
def test_scripts_of_other_people_are_told_what_is_wrong(
    installation: Installation, tmp_path: Path, name: str, wrong: dict[str, str], said: str
) -> None:
    environment = {"PATH": os.environ["PATH"], **installation.variables, "FLOW": installation.flow, "COMMIT": "0123abc"}
    finished = subprocess.run(command(name), cwd=tmp_path, env={**environment, **wrong},
                              capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert (finished.returncode, finished.stdout[: len(said)]) == (1, said), finished.stdout + finished.stderr


def test_a_github_job_asks_waits_and_deploys(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    github = GitHubRunner(tmp_path / "work", {**installation.variables, "GITHUB_SHA": "0123abc"})
    inputs = '{"commit": "${GITHUB_SHA}"}'
    status, asked = github.uses("request", flow_srn=installation.flow, flow_inputs=inputs)
    assert status == 0, github.log
    assert github.uses("validate-event", event_id=asked["event-id"], poll_interval="1")[1] == {"status": "success"}
    assert github.uses("validate", run_id=asked["run-id"])[0] == 1
    installation.decide(BOB, "approve", asked["run-id"])
    given = {"run_id": asked["run-id"], "flow_srn": installation.flow, "flow_inputs": inputs}
    assert github.uses("wait", run_id=asked["run-id"]) == (0, {"status": "approved"})
    assert github.uses("validate", **given) == (0, {"status": "approved"})
    assert github.uses("validate", **{**given, "flow_inputs": '{"commit": "other"}'})[0] == 1


def test_a_gitlab_pipeline_asks_and_is_denied(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "gitlab").mkdir()
    gitlab = GitLabRunner(tmp_path / "gitlab", {**installation.variables, "CI_COMMIT_SHA": "0123abc"})
    asking = {"SYM_PARAM_FLOW_SRN": installation.flow, "SYM_PARAM_FLOW_INPUTS": '{"commit": "$CI_COMMIT_SHA"}'}
    assert gitlab.job(".sym-request", **asking) == 0, gitlab.log
    (answer,) = kept(gitlab.folder / "artifacts", "requests.json").values()
    installation.settled(answer["run_id"], "requested")
    installation.decide(BOB, "deny", answer["run_id"])
    assert gitlab.job(".sym-wait", "echo deploying") == 1
    assert gitlab.job(".sym-validate", "echo deploying") == 1
    assert "deploying" not in gitlab.log
    assert "is denied, not approved" in gitlab.log
