"""The provider beside Terraform's built-in `terraform_data`, in one run: `make bench`.

Only the ratios mean something; seconds are this machine's. Each figure is the median of the rounds, which alternate
between the two.
"""

from __future__ import annotations

import argparse
import resource
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


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median(call: Callable[[], object], rounds: int) -> float:
    """The median of several calls."""
    return statistics.median(seconds(call) for _ in range(rounds))


def start(code: str) -> Callable[[], object]:
    """A call that starts an interpreter, as the launcher does, runs ``code`` and ends."""
    return lambda: subprocess.run([sys.executable, "-I", "-B", "-c", code], check=True)


def workspace(folder: Path, text: str, variables: dict[str, str], mirror: Path) -> TerraformCli:
    """A working directory with a configuration, ready to be planned."""
    terraform = TerraformCli(folder, variables)
    launcher = next(mirror.rglob("terraform-provider-sym_v*"))
    terraform.override(ADDRESS, launcher.parent)
    terraform.write(text)
    terraform.write(IMPLEMENTATION, "impl.py")
    return terraform


def measure(terraform: TerraformCli, rounds: int) -> dict[str, float]:
    """The median seconds of each operation, over whole lives of the configuration."""
    found: dict[str, list[float]] = {name: [] for name in OPERATIONS}
    for _ in range(rounds):
        for name, operation in OPERATIONS.items():
            found[name].append(seconds(lambda operation=operation: operation(terraform)))  # type: ignore[misc]
    return {name: statistics.median(times) for name, times in found.items()}


def rows(count: int, rounds: int, folder: Path, mirror: Path, api: dict[str, str]) -> None:
    """Measure one size on every repository, and print it."""
    built_in = workspace(folder / f"data-{count}", DATA.format(count=count), {}, mirror)
    store = {"SYM_STORE_URL": f"sqlite:///{folder}/store-{count}.db"}
    direct = workspace(folder / f"direct-{count}", FLOW.format(count=count), store, mirror)
    over_http = workspace(folder / f"http-{count}", FLOW.format(count=count), api, mirror)
    base, first, second = (measure(terraform, rounds) for terraform in (built_in, direct, over_http))
    for name in OPERATIONS:
        print(f"{name:<16}{count:>6}{base[name]:>12.2f} s{first[name] / base[name]:>10.1f}x"
              f"{second[name] / base[name]:>10.1f}x")  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flows", type=int, nargs="+", default=[1, 100, 500], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mirror = folder / "mirror"
        install(mirror)
        bare, ours = median(start(BARE), 10), median(start(IMPORTED), 10)
        print(f"start to handshake: {ours / bare:.2f}x of a bare grpc and protobuf import ({bare * 1000:.0f} ms)")
        print(f"{'':<16}{'flows':>6}{'terraform_data':>14}{'direct':>11}{'http':>11}")
        with serving(folder, "bench") as api:
            for count in options.flows:
                rows(count, options.rounds, folder, mirror, api)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"largest child process (Terraform among them): {peak} MiB")


if __name__ == "__main__":
    main()
