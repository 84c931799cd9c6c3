"""The page on approvals in CI: its examples are configurations, and say what the actions and jobs know."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.sources import ROOT
from tests.ci.github_runner import ACTIONS
from tests.ci.gitlab_runner import TEMPLATE
from tests.ci.test_orb import checked

BLOCKS = dict(re.findall(r"^```yaml (\w+)\n(.*?)^```$", (ROOT / "ci" / "README.md").read_text(), re.M | re.S))
SCHEMAS = {
    "workflow": ("vendor.github-workflows", ()),
    "gitlab": ("vendor.gitlab-ci", ("--data-transform", "gitlab-ci")),
}


class Loader(yaml.SafeLoader):
    """Knows GitLab's references."""


Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_it_shows_is_a_configuration(tmp_path: Path, name: str) -> None:
    schema, options = SCHEMAS[name]
    path = tmp_path / "shown.yml"
    path.write_text(BLOCKS[name])
    finished = checked(schema, path, options=options)
    assert finished.returncode == 0, finished.stdout
    path.write_text(BLOCKS[name] + "\ndeploy: 7\n")
    assert checked(schema, path, options=options).returncode == 1


def test_the_workflow_uses_inputs_and_outputs_that_actions_have() -> None:
    workflow: dict[str, Any] = yaml.safe_load(BLOCKS["workflow"])
    steps = [step for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(steps) == 3
    for step in steps:
        name = step["uses"].partition("@")[0].rpartition("/")[2]
        action = yaml.safe_load((ACTIONS / name / "action.yml").read_text())
        assert step["with"].keys() <= action["inputs"].keys()
        if step.get("id") == "ask":
            assert set(re.findall(r"steps\.ask\.outputs\.([\w-]+)", BLOCKS["workflow"])) <= action["outputs"].keys()


def test_the_pipeline_extends_jobs_there_are() -> None:
    pipeline = yaml.load(BLOCKS["gitlab"], Loader)
    jobs = yaml.safe_load(TEMPLATE.read_text())
    extended = [job["extends"] for job in pipeline.values() if isinstance(job, dict) and "extends" in job]
    assert len(extended) == 3
    assert set(extended) <= jobs.keys()
    (script,) = jobs[".sym"]["script"]
    for job in pipeline.values():
        if isinstance(job, dict) and "extends" in job:
            named = re.findall(r"SYM_PARAM_\w+", str(job))
            assert [name for name in named if f"${{{name}:-" not in script] == []
