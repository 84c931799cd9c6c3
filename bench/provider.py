"""The provider beside Terraform's built-in `terraform_data`, in one run: `make bench`.

Only the ratios mean something; seconds are this machine's. Each figure is the median of the rounds, in each of which
every candidate has its turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.server import serving
from sym_provider import ADDRESS
from sym_provider.install import install
from sym_provider.protocol.handshake import MAGIC_COOKIE
from tests.terraform_cli import TerraformCli

BARE = "import grpc, google.protobuf.descriptor_pb2"
IMPORTED = "import sym_provider.protocol.handshake, sym_provider.provider"

FLOW = """
terraform {{
  required_providers {{
    sym = {{ source = "symopsio/sym" }}
  }}
}}
provider "sym" {{ org = "bench" }}
resource "sym_environment" "e" {{ name = "bench" }}
resource "sym_flow" "f" {{
  count          = {count}
  name           = "flow-${{count.index}}"
  label          = "Flow ${{count.index}}"
  implementation = file("impl.py")
  environment_id = sym_environment.e.id
  params {{
    prompt_field {{
      name = "reason"
      type = "string"
    }}
  }}
}}
"""
DATA = """
resource "terraform_data" "f" {{
  count = {count}
  input = {{ name = "flow-${{count.index}}", label = "Flow ${{count.index}}", implementation = file("impl.py") }}
}}
"""
IMPLEMENTATION = """
from sym.sdk import PermissionLevel, RequestPermission, reducer

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
OPERATIONS: dict[str, Callable[[TerraformCli], object]] = {
    "plan (create)": lambda terraform: terraform.run("plan", "-refresh=false", "-out=plan"),
    "apply": lambda terraform: terraform.run("apply", "plan"),
    "plan (refresh)": lambda terraform: terraform.run("plan"),
    "destroy": lambda terraform: terraform.run("destroy", "-auto-approve"),
}


AIMS = {"plan (create)": 3.0, "plan (refresh)": 2.0}
"""Times of ``terraform_data``, for the largest number of flows."""

HANDSHAKE_AIM = 1.15
# Runs the provider as a child, and writes down its memory when it has ended.
WEIGHING = """
import resource, subprocess, sys
status = subprocess.run([sys.argv[1]]).returncode
with open(sys.argv[2], "a") as file:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=file)
sys.exit(status)
"""


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def alternating(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each call. Every round makes each of them once, so that what else the machine does meets
    all of them."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            found[name].append(seconds(call))
    return {name: statistics.median(times) for name, times in found.items()}


def python(code: str) -> Callable[[], object]:
    """A call that starts an interpreter, as the launcher does, runs ``code`` and ends."""
    return lambda: subprocess.run([sys.executable, "-I", "-B", "-c", code], check=True)


def shaking_hands(launcher: Path, **variables: str) -> Callable[[], object]:
    """A call that starts the provider, and ends it once it has said where it is."""
    environment = {"PATH": os.environ["PATH"], "TF_PLUGIN_MAGIC_COOKIE": MAGIC_COOKIE} | variables

    def call() -> None:
        with subprocess.Popen([launcher], env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("1|6|unix|")
            process.terminate()

    return call


def start_up(launcher: Path, rounds: int) -> None:
    """Measure what every start costs, and print it."""
    found = alternating(
        {
            "a bare import of grpc and protobuf": python(BARE),
            "the provider's imports": python(IMPORTED),
            "handshake and end": shaking_hands(launcher),
            "handshake over TLS and end": shaking_hands(launcher, PLUGIN_CLIENT_CERT="-"),
        },
        rounds,
    )
    bare = found["a bare import of grpc and protobuf"]
    for name, taken in found.items():
        print(f"{name:<36}{taken * 1000:>6.0f} ms{taken / bare:>8.2f}x   (aim {HANDSHAKE_AIM:.2f}x)")


def workspace(folder: Path, text: str, variables: dict[str, str], launcher: Path) -> TerraformCli:
    """A working directory with a configuration, ready to be planned."""
    terraform = TerraformCli(folder, variables)
    terraform.override(ADDRESS, launcher.parent)
    terraform.write(text)
    terraform.write(IMPLEMENTATION, "impl.py")
    return terraform


def workspaces(count: int, folder: Path, launcher: Path, api: dict[str, str]) -> dict[str, TerraformCli]:
    """The same configuration for every repository, beside the built-in resource."""
    flows, store = FLOW.format(count=count), {"SYM_STORE_URL": f"sqlite:///{folder}/store-{count}.db"}
    return {
        "terraform_data": workspace(folder / f"data-{count}", DATA.format(count=count), {}, launcher),
        "direct": workspace(folder / f"direct-{count}", flows, store, launcher),
        "http": workspace(folder / f"http-{count}", flows, api, launcher),
    }


def life(found: dict[str, TerraformCli], rounds: int) -> dict[tuple[str, str], float]:
    """The median seconds of each operation in each workspace, over whole lives of the configuration."""
    calls: dict[tuple[str, str], Callable[[], object]] = {
        (name, kind): lambda operation=operation, terraform=terraform: operation(terraform)  # type: ignore[misc]
        for name, operation in OPERATIONS.items()
        for kind, terraform in found.items()
    }
    return alternating(calls, rounds)  # type: ignore[arg-type,return-value]


def rows(count: int, taken: dict[tuple[str, str], float], *, with_aims: bool) -> None:
    """Print what was measured of one size."""
    for name in OPERATIONS:
        base = taken[name, "terraform_data"]
        ratios = "".join(f"{taken[name, kind] / base:>10.2f}x" for kind in ("direct", "http"))
        aim = f"   (aim {AIMS[name]:.2f}x)" if with_aims and name in AIMS else ""
        print(f"{name:<16}{count:>6}{base:>13.2f} s{ratios}{aim}")


def weight(terraform: TerraformCli, launcher: Path) -> int:
    """The provider's largest memory, in MiB, in the refresh of what is there."""
    scale = terraform.directory / "weighing" / launcher.name
    scale.parent.mkdir()
    result = scale.with_suffix(".txt")
    scale.with_suffix(".py").write_text(WEIGHING)
    scale.write_text(f"#!/bin/sh\nexec {sys.executable} -I -B {scale.with_suffix('.py')} {launcher} {result}\n")
    scale.chmod(0o755)
    terraform.override(ADDRESS, scale.parent)
    terraform.run("plan")
    return max(int(line) for line in result.read_text().split()) // (1024 if sys.platform == "linux" else 1 << 20)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flows", type=int, nargs="+", default=[1, 100, 500], metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        launcher = install(folder / "mirror")
        start_up(launcher, 4 * options.rounds)
        print(f"\n{'':<16}{'flows':>6}{'terraform_data':>15}{'direct':>11}{'http':>11}")
        with serving(folder, "bench") as api:
            for count in sorted(options.flows):
                found = workspaces(count, folder, launcher, api)
                rows(count, life(found, options.rounds), with_aims=count == max(options.flows))
            found["direct"].run("apply", "-auto-approve")
        print(
            f"\nthe provider's memory, refreshing {max(options.flows)} flows: {weight(found['direct'], launcher)} MiB"
        )


if __name__ == "__main__":
    main()
