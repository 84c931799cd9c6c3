"""The examples as their readers use them: applied with the real Terraform, asked for and approved through the API of a
real server, granted and ended at the double of the service, and destroyed again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.acceptance.types.product import ADMIN, Product
from tests.examples.applied.surroundings import APPROVER, FLOWS, REQUESTER, Surroundings
from tests.fakes.services.aws import ACCOUNT, REGION, ROLE
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform
CONTRACTOR = "ada@contractors.example.com"
USER = "00u-requester"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A request to an example: which flow and target (``type:name``), what is answered in the form, who approves (None:
    nobody has to), and whether the access is there at the double."""

    example: str
    flow: str
    target: str
    has_access: Callable[[Surroundings], bool]
    duration: int = 3600
    answers: dict[str, Any] = field(default_factory=lambda: {"reason": "OPS-1"})
    approver: str | None = APPROVER
    requester: str = REQUESTER

    def __str__(self) -> str:
        return f"{self.example}-{self.flow}-{self.target.partition(':')[2]}"


def _assigned(all_: Surroundings) -> bool:
    center = all_.identity_center
    return bool(center.has_access(center.user_ids[REQUESTER], ""))


CASES = (
    Case(example="okta", flow="okta", target="okta_group:production",
         has_access=lambda all_: USER in all_.okta.groups["00g1"]),
    Case(example="okta", flow="okta", target="okta_group:support", requester=CONTRACTOR,
         has_access=lambda all_: "00u-ada" in all_.okta.groups["00g2"]),
    Case(example="sso", flow="aws", target="aws_sso_permission_set:production-admin", approver=ADMIN,
         has_access=_assigned),
    Case(example="sso", flow="aws", target="aws_sso_group:data", approver=None,
         has_access=lambda all_: all_.identity_store.has_access(all_.identity_center.user_ids[REQUESTER], "")),
    Case(example="github", flow="team-repository", target="github_repo:rocket", duration=28800,
         has_access=lambda all_: "requester" in all_.github.repositories["rocket"]),
    Case(example="github", flow="shared-repository", target="github_repo:shared-repository", duration=28800,
         answers={"reason": "Typos", "repo_name": "other"}, approver=ADMIN,
         has_access=lambda all_: "requester" in all_.github.repositories["other"]),
    Case(example="lambda", flow="shop-administration", target="aws_lambda_function:shop-administration", duration=1800,
         has_access=lambda all_: all_.is_in_table(REQUESTER)),
    Case(example="custom_integration", flow="analytics", target="custom:sales", approver=None,
         has_access=lambda all_: all_.analytics.projects["sales"] == {"p-requester": "reader"}),
    Case(example="custom_integration", flow="analytics", target="custom:finance",
         has_access=lambda all_: all_.analytics.projects["finance"] == {"p-requester": "editor"}),
    Case(example="multi_environment", flow="staging-access", target="okta_group:staging-engineers", answers={},
         approver=None, has_access=lambda all_: USER in all_.okta.groups["00g2"]),
    Case(example="multi_environment", flow="production-access", target="okta_group:production-engineers",
         has_access=lambda all_: USER in all_.okta.groups["00g1"]),
    Case(example="database", flow="database", target="okta_group:customers", duration=1800,
         answers={"repository": "rocket", "reviewer": "U0BOB"},
         has_access=lambda all_: USER in all_.okta.groups["00g12345xxx"]),
    Case(example="on_call", flow="on-call", target="custom:production", approver=None,
         has_access=lambda all_: REQUESTER in all_.directory.groups["production"]),
)  # fmt: skip


@dataclass
class Installation:
    """The product, what is around it, and which example is applied just now: one at a time."""

    product: Product
    around: Surroundings
    terraform: TerraformCli
    example: str = ""

    def apply(self, example: str) -> None:
        """Apply an example in place of the one before."""
        if example == self.example:
            return
        self.clear()
        left_over = shutil.ignore_patterns(".terraform*", "terraform.tf*", "__pycache__")
        shutil.copytree(FLOWS / example, self.terraform.work, dirs_exist_ok=True, ignore=left_over)
        self.terraform.write(json.dumps(variables(example, self.around)), "terraform.tfvars.json")
        self.terraform.run("get")
        self.example = example
        with chdir(self.terraform.work):  # where Terraform starts providers; this one runs already
            self.terraform.apply()
            self.terraform.assert_empty_plan()

    def clear(self) -> None:
        """Destroy what is applied."""
        if self.example:
            with chdir(self.terraform.work):
                self.terraform.destroy()
            assert self.terraform.state()["resources"] == []
            shutil.rmtree(self.terraform.work)
            self.terraform.work.mkdir()
            self.example = ""

    def requested(self, case: Case) -> str:
        """Ask for access; the run's id."""
        inputs = {"duration": case.duration, "target_srn": f"acme:access_target:{case.target}:latest", **case.answers}
        body = {"flow_srn": f"acme:flow:{case.flow}:latest", "flow_inputs": inputs}
        return str(self.product.ask(case.requester, "POST", "/events/request", body)["run_id"])


def variables(example: str, around: Surroundings) -> dict[str, Any]:
    """What readers are told to change: here it names the doubles."""
    center, role = around.identity_center, {"account_id": ACCOUNT, "region": REGION, "role_arn": ROLE}
    found: dict[str, dict[str, Any]] = {
        "lambda": {"role": role, "function_arn": around.function.arn},
        "custom_integration": {"analytics_url": around.analytics.external_id},
        "on_call": {"directory_url": around.directory.external_id},
        "sso": {
            "runtime": {**role, "external_id": "sesame"},
            "identity_center": {"instance_arn": center.instance, "region": REGION, "role_arn": f"{ROLE}SSO"},
            "permission_sets": {
                name: {"label": name, "account_id": ACCOUNT, "permission_set_arn": center.permission_set}
                for name in ("production-read", "production-admin")
            },
            "groups": {"data": {"label": "Data", **around.identity_store.target_settings}},
        },
    }  # fmt: skip
    return found.get(example, {})


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    with ExitStack() as stack:
        around = Surroundings(stack)
        around.put_on_call(REQUESTER)
        product = Product(folder, around.environment(), stack)
        product.found((REQUESTER, APPROVER, CONTRACTOR))
        terraform = product.terraform(folder / "terraform")
        product.serve(folder / "stdout")
        made = Installation(product, around, terraform)
        yield made
        made.clear()


def test_every_example_that_grants_is_tried() -> None:
    elsewhere = {"quickstart"}  # tests/examples/test_quickstart.py
    granting = {path.parent.name for path in FLOWS.glob("*/main.tf") if (path.parent / "modules").exists()
                or 'resource "sym_strategy"' in path.read_text()}  # fmt: skip
    assert granting - elsewhere == {case.example for case in CASES}


@pytest.mark.parametrize(
    ("example", "flow", "inputs"),
    [("approval_in_ci", "deploy", {"commit": "0123abc"}), ("release", "release", {"version": "1.2.3", "failures": 0})],
)
def test_an_example_that_only_approves_is_asked_for_and_denied(
    installation: Installation, example: str, flow: str, inputs: dict[str, Any]
) -> None:
    installation.apply(example)
    body = {"flow_srn": f"acme:flow:{flow}:latest", "flow_inputs": inputs}
    run_id = installation.product.ask(REQUESTER, "POST", "/events/request", body)["run_id"]
    installation.product.settled(run_id, "requested")
    installation.product.ask(APPROVER, "POST", "/events/deny", {"run_id": run_id})
    installation.product.settled(run_id, "denied")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_access_of_an_example_is_granted_and_ends(installation: Installation, case: Case) -> None:
    installation.apply(case.example)
    product, around = installation.product, installation.around
    assert not case.has_access(around)
    run_id = installation.requested(case)
    if case.approver is not None:
        product.settled(run_id, "requested")
        assert not case.has_access(around)
        product.ask(case.approver, "POST", "/events/approve", {"run_id": run_id})
    product.settled(run_id, "escalated")
    assert case.has_access(around)
    product.ask(case.requester, "POST", "/events/deescalate", {"run_id": run_id})
    product.settled(run_id, "deescalated")
    assert not case.has_access(around)
