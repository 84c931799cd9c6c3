"""The GitHub actions, run as GitHub's runner runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.ci.api_double import EXCHANGED, IDENTITY, REQUEST_TOKEN, TOKEN, SymApi
from tests.ci.github_runner import ACTIONS, GitHubRunner
from tests.ci.shells import kept
from tests.ci.test_orb import checked

FLOW = "acme:flow:deploy:latest"
FILES = sorted(ACTIONS.glob("**/action.yml"))
NAMES = ["", "deescalate", "request", "validate", "validate-event", "wait"]


@pytest.fixture
def github(tmp_path: Path, api: SymApi) -> GitHubRunner:
    """A job with a token."""
    folder = tmp_path / "work"
    folder.mkdir()
    return GitHubRunner(folder, {"SYM_API_URL": api.url, "SYM_JWT": TOKEN, "SYM_RETRY_DELAY": "0"})


def test_github_takes_them() -> None:
    assert sorted(path.parent.relative_to(ACTIONS).as_posix().replace(".", "") for path in FILES) == NAMES
    finished = checked("vendor.github-actions", *FILES)
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_input_reaches_the_script(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    used = "".join(document["runs"]["steps"][0]["env"].values())
    assert [name for name in document["inputs"] if f"inputs.{name} " not in used] == []


def test_a_run_goes_from_step_to_step(github: GitHubRunner, api: SymApi) -> None:
    github.variables |= {"GITHUB_SHA": "0123abc", "GITHUB_REF_NAME": 'x"; $(touch done) ${{ secrets.A }}'}
    inputs = '{"commit": "${GITHUB_SHA}", "branch": "$GITHUB_REF_NAME"}'
    status, asked = github.uses("request", flow_srn=FLOW, flow_inputs=inputs, request_slug="one")
    assert status == 0
    assert api.asked[0]["flow_inputs"] == {"commit": "0123abc", "branch": github.variables["GITHUB_REF_NAME"]}
    assert asked == {name.replace("_", "-"): kept(github.folder, "requests.json")["one"][name]
                     for name in ("run_id", "event_id")}  # fmt: skip
    api.statuses = ["requested", "escalated"]
    assert github.uses("wait", run_id=asked["run-id"], poll_interval="0") == (0, {"status": "escalated"})
    assert github.uses("validate", run_id=asked["run-id"]) == (0, {"status": "escalated"})
    assert github.uses("validate", request_slug="one")[0] == 0
    assert github.uses("validate", run_id=asked["run-id"], flow_srn="acme:flow:other:latest")[0] == 1
    assert github.uses("validate-event", event_id=asked["event-id"]) == (0, {"status": "success"})
    status, ended = github.uses("deescalate", run_id=asked["run-id"])
    assert (status, len(ended["event-id"])) == (0, 36)
    assert github.uses("", command="validate-event", event_id=ended["event-id"])[1]["status"] == "success"
    assert TOKEN not in github.log


def test_a_job_that_is_not_approved_fails(github: GitHubRunner, api: SymApi) -> None:
    api.statuses = ["requested", "denied"]
    assert github.uses("wait", run_id="0" * 32, poll_interval="0") == (1, {"status": "denied"})
    assert github.uses("request", flow_srn="")[0] == 2


def test_tokens_and_servers_may_be_inputs(github: GitHubRunner, api: SymApi) -> None:
    del github.variables["SYM_JWT"], github.variables["SYM_API_URL"]
    assert github.uses("validate", run_id="0" * 32)[0] == 1
    assert github.uses("validate", run_id="0" * 32, token=TOKEN, api_url=f"{api.url}/api/v1")[0] == 0


def test_a_job_with_permission_needs_no_token(github: GitHubRunner, api: SymApi) -> None:
    del github.variables["SYM_JWT"]
    url = f"{api.url}/oidc?api-version=2"
    github.variables |= {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN}
    assert github.uses("request", flow_srn=FLOW)[0] == 0
    assert github.uses("validate", request_slug="", audience="https://sym.acme.example") == (0, {"status": "approved"})
    assert api.audiences == [api.url, "https://sym.acme.example"]
    assert github.masked == [IDENTITY, EXCHANGED] * 2
    for secret in (IDENTITY, EXCHANGED, REQUEST_TOKEN):
        assert secret not in github.log
