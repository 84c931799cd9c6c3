"""How the plugin's process starts, is found, is left alone and ends: with the real Terraform where it matters."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest

from sym_provider._generated import grpc_controller_pb2
from sym_provider.protocol.handshake import MAGIC_COOKIE, HandshakeEnvironment, handshake_line, reattach_value
from sym_provider.protocol.tls import Certificate
from tests.provider.protocol.toy import ADDRESS, header
from tests.terraform_cli import TerraformCli

THING = 'resource "toy_thing" "a" {\nname = "One"\n}\n'
SLOW = 'resource "toy_thing" "a" {\nname = "One"\ntrouble = "slow 2"\n}\n'


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture(name="sockets")
def _sockets() -> Iterator[Path]:
    """A folder with a short path, for sockets."""
    with tempfile.TemporaryDirectory(prefix="s-") as path:
        yield Path(path)


@contextlib.contextmanager
def started(plugin: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The plugin's process, started without Terraform."""
    environment = {"PATH": os.environ["PATH"], "TF_PLUGIN_MAGIC_COOKIE": MAGIC_COOKIE} | variables
    pipe = subprocess.PIPE
    process = subprocess.Popen([plugin, *arguments], env=environment, stdout=pipe, stderr=pipe, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def first_line(process: subprocess.Popen[str], marker: str = "|") -> str:
    """The first line of output with the marker in it; the process is killed when it takes too long."""
    assert process.stdout is not None
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        return next(line.strip() for line in process.stdout if marker in line)
    finally:
        watchdog.cancel()


def call_shutdown(target: str) -> None:
    with grpc.insecure_channel(target) as channel:
        call = channel.unary_unary(
            "/plugin.GRPCController/Shutdown",
            request_serializer=grpc_controller_pb2.Empty.SerializeToString,
            response_deserializer=grpc_controller_pb2.Empty.FromString,
        )
        call(grpc_controller_pb2.Empty(), timeout=30)


def test_a_person_who_starts_it_gets_an_explanation(plugin: Path) -> None:
    with started(plugin, TF_PLUGIN_MAGIC_COOKIE="") as process:
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert stdout == ""
    assert "This program is a Terraform provider" in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    ("versions", "accepted"), [("", True), ("6", True), ("5,6", True), ("5", False), ("4,5", False)]
)
def test_only_terraforms_that_speak_our_protocol_are_served(versions: str, accepted: bool) -> None:
    environment = HandshakeEnvironment(magic_cookie=MAGIC_COOKIE, protocol_versions=versions)
    assert (environment.problem() == "") is accepted


def test_the_environment_is_read_by_name() -> None:
    variables = {
        "PLUGIN_CLIENT_CERT": "c",
        "PLUGIN_UNIX_SOCKET_DIR": "/s",
        "TF_LOG": "INFO",
        "TF_LOG_PROVIDER": "TRACE",
    }
    environment = HandshakeEnvironment.from_variables(variables)
    assert environment == HandshakeEnvironment(client_certificate="c", socket_directory="/s", log_level="TRACE")


def test_the_handshake_line_carries_the_certificate_without_padding() -> None:
    assert handshake_line("unix", "/a", None) == "1|6|unix|/a|grpc"
    assert handshake_line("unix", "/a", Certificate(b"", b"", b"a")) == "1|6|unix|/a|grpc|YQ"


def test_the_reattach_value_asks_terraform_to_leave_the_process_alone() -> None:
    value = json.loads(reattach_value("registry.terraform.io/a/b", "unix", "/s", 5))
    assert value["registry.terraform.io/a/b"]["Test"] is True
    assert value["registry.terraform.io/a/b"]["ProtocolVersion"] == 6


def test_the_socket_is_private_and_gone_after_shutdown(plugin: Path, sockets: Path) -> None:
    with started(plugin, PLUGIN_UNIX_SOCKET_DIR=str(sockets)) as process:
        address = first_line(process).split("|")[3]
        (folder,) = sockets.iterdir()
        assert Path(address).parent == folder
        assert folder.stat().st_mode & 0o777 == 0o700
        call_shutdown(f"unix:{address}")
        assert process.wait(timeout=30) == 0
    assert list(sockets.iterdir()) == []


def test_a_socket_folder_with_too_long_a_path_is_not_used(plugin: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    with started(plugin, PLUGIN_UNIX_SOCKET_DIR=str(deep)) as process:
        address = first_line(process).split("|")[3]
        assert address.startswith("/tmp/")
        call_shutdown(f"unix:{address}")
        assert process.wait(timeout=30) == 0


def test_interrupts_are_ignored_and_termination_is_not(plugin: Path, sockets: Path) -> None:
    with started(plugin, PLUGIN_UNIX_SOCKET_DIR=str(sockets)) as process:
        first_line(process)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert list(sockets.iterdir()) == []


def test_it_exits_when_nobody_reads_its_output(plugin: Path, sockets: Path) -> None:
    with started(plugin, PLUGIN_UNIX_SOCKET_DIR=str(sockets)) as process:
        first_line(process)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=30) == 0


@pytest.mark.terraform
def test_terraform_starts_it_over_tls_from_a_mirror(tmp_path: Path, plugin: Path, things: Path) -> None:
    terraform = TerraformCli(tmp_path / "terraform")
    terraform.install(ADDRESS, "1.2.3", plugin)
    terraform.write(header(things) + THING)
    terraform.init()
    assert 'version = "1.2.3"' in (terraform.work / ".terraform.lock.hcl").read_text().replace("     ", " ")
    terraform.apply()
    terraform.assert_empty_plan()


@pytest.mark.terraform
@pytest.mark.parametrize("disabled", ["", "1"], ids=["tls", "plaintext"])
def test_terraform_starts_it_with_and_without_tls(cold: TerraformCli, things: Path, disabled: str) -> None:
    cold.variables["TF_DISABLE_PLUGIN_TLS"] = disabled
    cold.write(header(things) + THING)
    cold.apply()
    wait_until(lambda: not is_running(int((things / "pid").read_text())), "the plugin to end")


@pytest.mark.terraform
def test_home_need_not_be_writable(cold: TerraformCli, things: Path) -> None:
    cold.variables["HOME"] = "/proc/nowhere"
    cold.write(header(things) + THING)
    cold.apply()


@pytest.mark.terraform
def test_log_lines_keep_their_level_and_prints_do_no_harm(cold: TerraformCli, things: Path) -> None:
    cold.variables["TF_LOG_PROVIDER"] = "INFO"
    cold.write(header(things) + THING)
    log = cold.plan().stderr
    (line,) = [line for line in log.splitlines() if "configured for 1." in line]
    assert "[INFO]" in line
    assert "sym_provider.framework.lifecycle" not in log


@pytest.mark.terraform
def test_the_trace_of_a_crash_is_in_the_debug_log_only(cold: TerraformCli, things: Path) -> None:
    cold.variables["TF_LOG_PROVIDER"] = "DEBUG"
    cold.write(header(things) + THING.replace("\n}", '\ntrouble = "create"\n}'))
    log = cold.fail("apply", "-no-color", "-auto-approve").stderr
    (line,) = [line for line in log.splitlines() if "could not create toy_thing: RuntimeError" in line]
    assert "[DEBUG]" in line
    assert "in create" in log


@pytest.mark.terraform
def test_a_developer_can_keep_it_running(plugin: Path, tmp_path: Path, things: Path) -> None:
    terraform = TerraformCli(tmp_path / "terraform")
    with started(plugin, "--debug", TF_PLUGIN_MAGIC_COOKIE="") as process:
        line = first_line(process, "TF_REATTACH_PROVIDERS=")
        terraform.reattach(line.split("=", 1)[1].strip("'"))
        terraform.write(header(things) + THING)
        terraform.apply()
        terraform.assert_empty_plan()
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.terraform
def test_an_interrupted_apply_loses_nothing(cold: TerraformCli, things: Path) -> None:
    cold.write(header(things) + SLOW)
    process = cold.start("apply", "-no-color", "-auto-approve")
    wait_until((things / "started").exists, "the create to begin")
    os.killpg(process.pid, signal.SIGINT)
    finished = cold.finish(process)
    assert "Interrupt received" in finished.output
    assert (things / "stopped").exists()
    (path,) = things.glob("*.json")
    assert cold.attributes("toy_thing.a")["id"] == path.stem


@pytest.mark.terraform
def test_a_killed_terraform_takes_the_plugin_along_once_the_call_in_hand_is_done(
    cold: TerraformCli, things: Path
) -> None:
    cold.write(header(things) + SLOW)
    process = cold.start("apply", "-no-color", "-auto-approve")
    wait_until((things / "started").exists, "the create to begin")
    process.kill()
    cold.finish(process)
    wait_until(lambda: not is_running(int((things / "pid").read_text())), "the plugin to end")
    assert len(list(things.glob("*.json"))) == 1
