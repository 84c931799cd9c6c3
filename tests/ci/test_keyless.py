"""CI jobs that have no secret, from end to end: their CI's issuer, the script, and a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ci.api_double import REQUEST_TOKEN
from tests.ci.installation import ADA, BOB, Installation
from tests.ci.shells import Job, find_shell, kept
from tests.fakes.oidc.issuer import FakeIssuer, serving_issuer
from tests.fakes.services.server import Answer, Request, ServiceVendor, route

pytestmark = pytest.mark.terraform

JOB = {"sub": "repo:acme/app:ref:refs/heads/main", "repository": "acme/app", "ref": "refs/heads/main"}


class Runner(ServiceVendor):
    """What a job of GitHub asks for its token, for the audience of its choice."""

    def __init__(self, issuer: FakeIssuer) -> None:
        super().__init__()
        self.issuer = issuer
        self.job: dict[str, Any] = JOB

    def has_access(self, identity: str, target: str) -> bool:
        """Nobody: it grants nothing."""
        return False

    def refuse(self, request: Request) -> Answer | None:
        known = request.headers.get("authorization") == f"Bearer {REQUEST_TOKEN}"
        return None if known else (401, {"message": "no runner"})

    @route("GET", "/token")
    def token(self, request: Request) -> Answer:
        return 200, {"value": self.issuer.token(aud=request.query["audience"], **self.job)}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The example, applied and served."""
    with ExitStack() as stack:
        yield Installation(tmp_path_factory.mktemp("installation"), stack)


@pytest.fixture(scope="module")
def issuer() -> Iterator[FakeIssuer]:
    """The CI's issuer of tokens."""
    with serving_issuer(lambda: datetime.now(UTC)) as serving:
        yield serving


@pytest.fixture(scope="module")
def runner(issuer: FakeIssuer) -> Iterator[Runner]:
    """The machine that runs GitHub's jobs."""
    vendor = Runner(issuer)
    yield vendor
    vendor.close()


@pytest.fixture(scope="module", autouse=True)
def _trust(installation: Installation, issuer: FakeIssuer) -> None:
    """As the documentation has it: the audience is the server's address, without /api/v1."""
    claims = [f"--claim={name}={JOB[name]}" for name in ("repository", "ref")]
    installation.product.symflow("trust", "add", "ci", "--issuer", issuer.url, "--audience", audience(installation),
                                 *claims)  # fmt: skip


def audience(installation: Installation) -> str:
    return installation.product.url.removesuffix("/api/v1")


@pytest.fixture
def keyless(tmp_path: Path, installation: Installation) -> Job:
    """A job that knows the server, and has no token of ours."""
    return Job(tmp_path, find_shell("dash"), {"SYM_API_URL": installation.product.url})


def ask_approve_and_validate(job: Job, installation: Installation, proofs: Any) -> None:
    """The whole of it; ``proofs`` gives what a step's environment has more."""
    said = job("request", "--flow", installation.flow, "--inputs", '{"commit": "0123abc"}', **proofs())
    run_id = kept(job.folder, "requests.json")[""]["run_id"]
    waiting = job("validate-event", "--slug", "", "--event-name", "request", "--interval", "1", **proofs())
    assert "is requested" in job("validate", "--slug", "", code=1, **proofs()).stderr
    installation.decide(BOB, "approve", run_id)
    wanted = ("--flow", installation.flow, "--input", "commit=0123abc")
    assert job("validate", "--slug", "", *wanted, **proofs()).stdout.endswith("approved\n")
    assert 'not "other"' in job("validate", "--slug", "", "--input", "commit=other", code=1, **proofs()).stderr
    # People do not see who asked under a bot's name, but which job it was is on record.
    assert installation.product.ask(BOB, "GET", f"/runs/{run_id}")["requester"]["username"] == "ci"
    assert "eyJ" not in waiting.stderr + said.stderr


def test_a_job_with_a_token_of_its_issuer(keyless: Job, installation: Installation, issuer: FakeIssuer) -> None:
    """As GitLab has it: the token is there when the job begins."""
    ask_approve_and_validate(
        keyless, installation, lambda: {"SYM_OIDC_TOKEN": issuer.token(aud=audience(installation), **JOB)}
    )
    labels = [token["label"] for token in json.loads(installation.product.symflow("tokens", "list", "--json"))]
    assert "oidc:acme/app@refs/heads/main" in labels


def test_a_job_of_github_asks_for_the_audience_that_is_trusted(
    keyless: Job, installation: Installation, runner: Runner
) -> None:
    given = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{runner.url}/token?api-version=2",
             "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN}  # fmt: skip
    ask_approve_and_validate(keyless, installation, lambda: given)
    for url in (installation.product.url + "/", audience(installation), audience(installation) + "/"):
        keyless("request", "--flow", installation.flow, "--inputs", '{"commit": "1"}', SYM_API_URL=url, **given)
    assert "was not taken (401)" in keyless("validate", "--slug", "", code=1, SYM_OIDC_AUDIENCE="other", **given).stderr


def test_another_branch_is_another_job(keyless: Job, installation: Installation, issuer: FakeIssuer) -> None:
    proof = issuer.token(aud=audience(installation), **{**JOB, "ref": "refs/heads/main-evil"})
    refused = keyless("request", "--flow", installation.flow, "--inputs", '{"commit": "1"}', code=1,
                      SYM_OIDC_TOKEN=proof)  # fmt: skip
    assert "was not taken (401)" in refused.stderr
    assert proof not in refused.stderr


def test_who_trusts_a_job_does_not_approve_what_it_asks_for(
    keyless: Job, installation: Installation, issuer: FakeIssuer
) -> None:
    """An admin could have had the job ask for them."""
    product = installation.product
    product.symflow("users", "set-role", ADA, "--role", "admin")
    claims = {**JOB, "repository": "acme/hers"}
    body = {"bot": "ci", "issuer": issuer.url, "audience": audience(installation),
            "claims": {"repository": "acme/hers"}}  # fmt: skip
    product.ask(ADA, "POST", "/trust", body)
    keyless("request", "--flow", installation.flow, "--inputs", '{"commit": "0123abc"}',
            SYM_OIDC_TOKEN=issuer.token(aud=audience(installation), **claims))  # fmt: skip
    run_id = kept(keyless.folder, "requests.json")[""]["run_id"]
    installation.settled(run_id, "requested")
    refused = requests.post(f"{product.url}/events/approve", json={"run_id": run_id}, timeout=20,
                            headers={"Authorization": f"Bearer {product.tokens[ADA]}"})  # fmt: skip
    assert (refused.status_code, refused.json()["code"]) == (403, "ApproveAPI:SELF_APPROVAL")
    installation.decide(BOB, "approve", run_id)
    installation.settled(run_id, "approved")
