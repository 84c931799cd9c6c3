"""GitLab's template, run as GitLab's runner runs its jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ci.api_double import IDENTITY, TOKEN, SymApi
from tests.ci.gitlab_runner import TEMPLATE, GitLabRunner
from tests.ci.shells import SHELLS, find_shell
from tests.ci.test_orb import checked

FLOW = "acme:flow:deploy:latest"


@pytest.fixture
def gitlab(tmp_path: Path, api: SymApi) -> GitLabRunner:
    """A pipeline with a token."""
    folder = tmp_path / "gitlab"
    folder.mkdir()
    return GitLabRunner(folder, {"SYM_API_URL": api.url, "SYM_JWT": TOKEN, "CI_COMMIT_SHA": "0123abc"})


def test_gitlab_takes_it() -> None:
    finished = checked("vendor.gitlab-ci", TEMPLATE, options=("--data-transform", "gitlab-ci"))
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_run_goes_from_job_to_job(gitlab: GitLabRunner, api: SymApi, shell: str) -> None:
    gitlab.shell = find_shell(shell)
    gitlab.variables["BRANCH"] = 'it\'s "x" $CI_COMMIT_SHA'
    inputs = '{"commit": "$CI_COMMIT_SHA", "branch": "$${BRANCH}"}'
    one = {"SYM_PARAM_REQUEST_SLUG": "one"}
    assert gitlab.job(".sym-request", SYM_PARAM_FLOW_SRN=FLOW, SYM_PARAM_FLOW_INPUTS=inputs, **one) == 0, gitlab.log
    assert api.asked[0]["flow_inputs"] == {"commit": "0123abc", "branch": gitlab.variables["BRANCH"]}
    api.statuses = ["requested", "approved"]
    assert gitlab.job(".sym-wait", SYM_PARAM_POLL_INTERVAL="0", **one) == 0
    assert gitlab.job(".sym-validate", "echo deploying", SYM_PARAM_RUN_ID="$SYM_RUN_ID") == 0
    assert "\ndeploying\n" in gitlab.log
    event = {"SYM_PARAM_EVENT_NAME": "deescalate"}
    assert gitlab.job(".sym-deescalate", **one) == gitlab.job(".sym-validate-event", **one, **event) == 0
    assert TOKEN not in gitlab.log


def test_what_is_not_approved_ends_the_job(gitlab: GitLabRunner, api: SymApi) -> None:
    api.statuses = ["denied"]
    assert gitlab.job(".sym-validate", "echo deploying", SYM_PARAM_RUN_ID="0" * 32) == 1
    assert "deploying" not in gitlab.log


def test_a_job_needs_no_token_where_its_identity_is_trusted(gitlab: GitLabRunner, api: SymApi) -> None:
    del gitlab.variables["SYM_JWT"]
    gitlab.variables["SYM_OIDC_AUDIENCE"] = "https://sym.acme.example"
    gitlab.identity = IDENTITY
    assert gitlab.job(".sym-request", SYM_PARAM_FLOW_SRN=FLOW) == 0, gitlab.log
    assert gitlab.audiences == ["https://sym.acme.example"]
    assert "POST /api/v1/tokens/exchange" in api.log
    assert IDENTITY not in gitlab.log
