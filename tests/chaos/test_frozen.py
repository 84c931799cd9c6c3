"""A worker that stands still for longer than the others wait, and then goes on as if nothing had happened."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sym.store.grants import Lease, lease_of_run
from tests.chaos.installation import Installation
from tests.chaos.server_process import ServerProcess
from tests.chaos.storm import Storm, books_of
from tests.chaos.system import wait_until
from tests.chaos.verdict import judge
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Installation]:
    """Two workers on one PostgreSQL."""
    url = postgres_server.create_database()
    installation = Installation(tmp_path_factory.mktemp("frozen") / "home", url, clocks=("", ""))
    for server in installation.servers:
        server.start()
    yield installation
    installation.close()
    postgres_server.drop_database(url)


def post(made: Installation, server: ServerProcess, who: str, path: str, body: dict[str, object]) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {made.tokens[who]}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/api/v1{path}", data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def ask(made: Installation, server: ServerProcess, target: str, seconds: int) -> str:
    """A request, approved; its run's id."""
    inputs = {"duration": seconds, "target_srn": f"acme:access_target:custom:{target}:latest"}
    body: dict[str, object] = {"flow_srn": "acme:flow:door:latest", "flow_inputs": inputs}
    run_id = post(made, server, "p2@example.com", "/events/request", body)["run_id"]
    wait_until(lambda: status(made, run_id) == "requested", "the request never arrived")
    post(made, server, "ann@example.com", "/events/approve", {"run_id": run_id})
    return run_id


def status(made: Installation, run_id: str) -> str:
    from sym.store.runs import get_run

    with made.store.reading() as conn:
        run = get_run(conn, run_id)
    assert run is not None
    return run.status


def lease(made: Installation, run_id: str) -> Lease:
    with made.store.reading() as conn:
        found = lease_of_run(conn, run_id)
    assert found is not None
    return found


def require_agreement(made: Installation) -> None:
    Storm(made, seed=0, kills=0).come_to_rest()
    verdict = judge(books_of(made, set()), made.vendor.ledger())
    assert not verdict.complaints, "\n".join(verdict.complaints)


def test_access_ends_while_the_worker_that_granted_it_is_frozen(made: Installation) -> None:
    first = made.servers[0]
    run_id = ask(made, first, "red", 2)
    wait_until(lambda: status(made, run_id) == "escalated", "the access was never granted")
    first.freeze()
    wait_until(lambda: status(made, run_id) == "deescalated", "nobody ended the access of a frozen worker")
    ended = lease(made, run_id)
    assert ended.ends_at is not None
    assert ended.ends_at <= datetime.now(UTC)
    first.thaw()
    require_agreement(made)


def test_a_grant_that_a_frozen_worker_makes_after_the_end_is_taken_back(made: Installation) -> None:
    gate, reached = made.world / "PUT.closed", made.world / "PUT.reached"
    reached.unlink(missing_ok=True)
    gate.touch()
    run_id = ask(made, made.servers[0], "blue", 2)
    wait_until(lambda: reached.exists() and reached.read_text(), "nobody came to grant the access")
    frozen = next(server for server in made.servers if server.has(int(reached.read_text())))
    frozen.freeze()
    gate.unlink()
    wait_until(lambda: status(made, run_id) == "deescalated", "the other worker did not grant and end the access")
    before = grants(made, run_id)
    frozen.thaw()
    wait_until(lambda: grants(made, run_id) > before, "the frozen worker never made its call")
    # Seen at the vendor or not, the access of the late call is gone when all is at rest.
    wait_until(lambda: trail(made, run_id).count("effect.repeated") >= 2, "nobody noticed the late call")
    require_agreement(made)


def grants(made: Installation, run_id: str) -> int:
    """How often the vendor was called to grant the run's access."""
    return sum((call.run, call.what) == (run_id, "PUT") for call in made.vendor.ledger().calls)


def trail(made: Installation, run_id: str) -> list[str]:
    from sym.store.audit import entries

    with made.store.reading() as conn:
        return [entry["name"] for entry in entries(conn, run_id=run_id)]
