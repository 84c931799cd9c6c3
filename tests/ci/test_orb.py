"""The packed orb: what its parameters are, that CircleCI would take it, and that its jobs do what the script does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.sources import ROOT
from tests.ci.api_double import TOKEN, SymApi
from tests.ci.circleci_runner import CircleCIRunner, Refused, filled, given
from tests.ci.shells import kept

ORB = ROOT / "ci" / "circleci" / "orb" / "orb.yml"
CONFIG = ROOT / "examples" / "terraform" / "flows" / "approval_in_ci" / "config.yml"
FLOW = "acme:flow:deploy:latest"
MISSING = object()
# Name to default, of commands and jobs alike; the last two of validate are ours.
PARAMETERS: dict[str, dict[str, Any]] = {
    "request": {"flow_srn": MISSING, "flow_inputs": MISSING, "flow_context": "{}", "request_slug": ""},
    "validate": {"run_id": "", "request_slug": "", "flow_srn": "", "flow_inputs": ""},
    "deescalate": {"run_id": "", "request_slug": ""},
    "validate_event": {"event_id": "", "request_slug": "", "event_name": "", "max_poll_attempts": 30,
                       "poll_interval": 5, "fail_on_verify_timeout": True},
}  # fmt: skip


@pytest.fixture
def circleci(tmp_path: Path, api: SymApi) -> CircleCIRunner:
    """A project with the orb, whose jobs know server and token."""
    variables = {"SYM_API_URL": api.url, "SYM_JWT": TOKEN, "SYM_RETRY_DELAY": "0", "CIRCLE_SHA1": "0123abc"}
    return CircleCIRunner.of(tmp_path / "circleci", CONFIG, ORB, variables)


def checked(schema: str, *files: Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "check-jsonschema"), "--builtin-schema", schema, *options]
    return subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("part", ["commands", "jobs"])
def test_its_parameters_are_those_there_have_always_been(part: str) -> None:
    orb = yaml.safe_load(ORB.read_text())
    found = {
        name: {key: parameter.get("default", MISSING) for key, parameter in item["parameters"].items()}
        for name, item in orb[part].items()
    }
    assert found == {name: {**wanted, "sym_api_url": ""} for name, wanted in PARAMETERS.items()}


def test_circleci_takes_it_as_an_orb_of_a_configuration(tmp_path: Path) -> None:
    config = yaml.safe_load(CONFIG.read_text())
    config["orbs"]["sym"] = yaml.safe_load(ORB.read_text())
    inline = tmp_path / "config.yml"
    inline.write_text(yaml.safe_dump(config))
    for path in (CONFIG, ORB, inline):
        assert checked("vendor.circle-ci", path).returncode == 0, checked("vendor.circle-ci", path).stdout
    del config["orbs"]["sym"]["commands"]["request"]["steps"]
    inline.write_text(yaml.safe_dump(config))
    assert checked("vendor.circle-ci", inline).returncode == 1


def test_its_example_is_a_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text(yaml.safe_dump(yaml.safe_load(ORB.read_text())["examples"]["approval"]["usage"]))
    assert checked("vendor.circle-ci", path).returncode == 0


def test_what_is_packed_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "ci" / "pack.py"), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr


def test_a_request_goes_from_job_to_job(circleci: CircleCIRunner, api: SymApi) -> None:
    circleci.variables["SLUG"] = "one"
    inputs = '{"commit": "${CIRCLE_SHA1}", "quote": "$QUOTE"}'
    circleci.variables["QUOTE"] = 'it\'s "quoted" & `done`'
    assert circleci.orb_job("request", flow_srn=FLOW, flow_inputs=inputs, request_slug="deploy-$SLUG") == 0
    assert api.asked == [
        {"flow_srn": FLOW, "flow_inputs": {"commit": "0123abc", "quote": circleci.variables["QUOTE"]}, "context": {}}
    ]
    run_id = kept(circleci.folder / "workspace", "requests.json")["deploy-one"]["run_id"]
    assert circleci.orb_job("validate", request_slug="deploy-$SLUG") == 0
    assert api.log[-1] == f"GET /api/v1/runs/{run_id}"
    assert circleci.orb_job("validate_event", request_slug="deploy-one", event_name="request") == 0
    assert circleci.orb_job("deescalate", request_slug="deploy-one") == 0
    assert kept(circleci.folder / "workspace", "deescalates.json").keys() == {"deploy-one"}
    assert circleci.orb_job("validate_event", request_slug="deploy-one", event_name="deescalate") == 0
    api.statuses = ["denied"]
    assert circleci.orb_job("validate", run_id=run_id) == 1
    assert TOKEN not in "".join(circleci.outputs.values())


def test_context_comes_with_the_workspace(circleci: CircleCIRunner, api: SymApi) -> None:
    folder = circleci.folder / "workspace" / "sym" / "context"
    folder.mkdir(parents=True)
    (folder / "author").write_text("ada@acme.example\n")
    assert circleci.orb_job("request", flow_srn=FLOW, flow_inputs="{}") == 0
    assert api.asked.pop()["context"] == {"author": "ada@acme.example\n"}
    assert circleci.orb_job("request", flow_srn=FLOW, flow_inputs="{}", flow_context='{"sha": "$CIRCLE_SHA1"}') == 0
    assert api.asked.pop()["context"] == {"sha": "0123abc"}


def test_an_event_that_takes_too_long(circleci: CircleCIRunner, api: SymApi) -> None:
    api.event_states = ["processing"]
    often = {"event_id": "0" * 32, "max_poll_attempts": 2, "poll_interval": 0}
    assert circleci.orb_job("validate_event", **often) == 1
    assert api.requests == 2
    assert circleci.orb_job("validate_event", **often, fail_on_verify_timeout=False) == 0


def test_a_failure_shows_the_body_and_ends_the_job(circleci: CircleCIRunner, api: SymApi) -> None:
    api.fail_next(400)
    assert circleci.orb_job("request", flow_srn=FLOW, flow_inputs="{}") == 1
    assert "It was failed on purpose." in circleci.outputs["request"]
    assert not (circleci.folder / "workspace" / "sym").exists()


def test_no_server_is_known_but_the_one_given(circleci: CircleCIRunner, api: SymApi) -> None:
    url = circleci.variables.pop("SYM_API_URL")
    assert circleci.orb_job("validate", run_id="0" * 32) == 1
    assert "SYM_API_URL is not set" in circleci.outputs["validate"]
    assert circleci.orb_job("validate", run_id="0" * 32, sym_api_url=f"{url}/api/v1") == 0


def test_the_runner_refuses_what_circleci_does() -> None:
    declared = {"a": {"type": "string"}, "b": {"type": "integer", "default": 1}}
    assert given("x", declared, {"a": "t"}) == {"a": "t", "b": 1}
    for values in ({}, {"a": 1}, {"a": "t", "c": 1}, {"a": "t", "b": "2"}):
        with pytest.raises(Refused):
            given("x", declared, values)
    assert filled({"x": ["<< parameters.b >>", "n=<<parameters.b>>"]}, {"b": 1}) == {"x": [1, "n=1"]}
    with pytest.raises(Refused):
        filled("cat << END", {})
