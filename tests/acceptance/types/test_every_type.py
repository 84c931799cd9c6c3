"""Every type there is, from Terraform to the audit log: applied with the real Terraform, asked for and approved through
the API of a real server, granted and ended at the double of the service, told to every log destination."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sym import plugins, serving
from tests.acceptance.types.configuration import configuration
from tests.acceptance.types.doubles import DESTINATIONS, GRANTS, REQUESTER, SOURCES, Doubles, Grant, SecretPlaced, Sent
from tests.acceptance.types.product import ADMIN, Product, until
from tests.fakes.services.okta import TOKEN

APPROVER = "approver@example.com"
ESSENTIAL = ["run.requested", "run.approved", "run.escalated", "run.deescalated"]
pytestmark = pytest.mark.terraform


@dataclass
class Installation:
    """The product, and the doubles around it."""

    product: Product
    doubles: Doubles

    def granted(self, flow: str, kind: str, target: str) -> str:
        """Ask for access, approve it, and wait until it is there; the run's id."""
        name = flow.replace("_", "-")
        inputs = {"duration": 3600, "target_srn": f"acme:access_target:{kind}:{target}:latest"}
        body = {"flow_srn": f"acme:flow:{name}:latest", "flow_inputs": inputs}
        run_id: str = self.product.ask(REQUESTER, "POST", "/events/request", body)["run_id"]
        self.product.settled(run_id, "requested")
        self.product.ask(APPROVER, "POST", "/events/approve", {"run_id": run_id})
        self.product.settled(run_id, "escalated")
        return run_id

    def ended(self, run_id: str) -> None:
        """End access, and wait until it is gone."""
        self.product.ask(REQUESTER, "POST", "/events/deescalate", {"run_id": run_id})
        self.product.settled(run_id, "deescalated")

    def identity(self, run_id: str) -> str | None:
        """Who the requester is at the service, by the lease of a run."""
        leases = self.product.ask(ADMIN, "GET", "/leases?status=active")["leases"]
        found: str | None = next(lease["identity"] for lease in leases if lease["run_id"] == run_id)
        return found


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    with ExitStack() as stack:
        doubles = Doubles(folder, stack)
        product = Product(folder, doubles.environment(), stack)
        product.found((REQUESTER, APPROVER))
        product.apply(configuration(doubles)).assert_empty_plan()
        product.serve(doubles.output)
        yield Installation(product, doubles)


def test_every_type_is_tried_and_every_one_is_served() -> None:
    assert {grant.strategy for grant in GRANTS} == set(plugins.names("strategies"))
    assert {source.type for source in SOURCES} == set(plugins.names("secret_sources"))
    assert {sent.type for sent in DESTINATIONS} == set(plugins.names("log_destinations"))
    assert not any(serving.not_served().values())


@pytest.mark.parametrize("grant", GRANTS, ids=str)
def test_access_is_granted_and_ended_by_every_strategy(installation: Installation, grant: Grant) -> None:
    double = installation.doubles.of(grant)
    kind = double.target_type or next(iter(plugins.load("strategies", grant.strategy).targets))
    run_id = installation.granted(grant.double, kind, grant.double.replace("_", "-"))
    who = grant.who or installation.identity(run_id)
    assert who
    assert double.has_access(who, double.target)
    installation.ended(run_id)
    assert not double.has_access(who, double.target)
    assert [name for name in installation.product.trail(run_id) if not name.startswith("effect.")] == ESSENTIAL


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_a_grant_uses_the_token_of_every_source(installation: Installation, source: SecretPlaced) -> None:
    okta, before = installation.doubles.okta, installation.doubles.okta.requests
    run_id = installation.granted(f"by_{source.type}", "okta_group", f"by-{source.type.replace('_', '-')}")
    assert okta.groups["00g2"] == {"00u-requester"}
    installation.ended(run_id)
    assert okta.groups["00g2"] == set()
    assert okta.requests > before


@pytest.mark.parametrize("sent", DESTINATIONS, ids=str)
def test_every_destination_gets_the_whole_log(installation: Installation, sent: Sent) -> None:
    product = installation.product
    runs = product.ask(ADMIN, "GET", "/runs?limit=100")["runs"]
    assert len(runs) >= 1
    expected = {entry["id"] for run in runs for entry in product.entries(run["run_id"])}
    got: list[str] = []

    def has_all() -> bool:
        got[:] = sent.received(installation.doubles)
        return expected <= set(got)

    until(has_all, lambda: f"{len(expected - set(got))} entries are missing\n{product.log()[-3000:]}")


def test_no_secret_is_in_what_the_server_said_or_wrote(installation: Installation) -> None:
    doubles = installation.doubles
    hidden = {TOKEN, *(value for grant in GRANTS for value in doubles.of(grant).secrets.values())}
    text = installation.product.log() + Path(doubles.output).read_text() + repr(doubles.lines())
    assert [value for value in hidden if value in text] == []
