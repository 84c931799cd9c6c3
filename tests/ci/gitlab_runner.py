"""Runs jobs of a GitLab pipeline that extend our template, as GitLab and its runner do: ``extends`` merged, variables
expanded, the script in one shell, artifacts handed on. It refuses what it does not know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "ci" / "gitlab" / "sym.gitlab-ci.yml"
KNOWN = {"image", "extends", "id_tokens", "variables", "before_script", "script", "artifacts"}
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


class Refused(AssertionError):
    """GitLab would not take this."""


@dataclass
class GitLabRunner:
    """One pipeline: a folder for its machines and artifacts, and its variables. ``tokens`` makes out the job's identity
    for an audience."""

    folder: Path
    variables: dict[str, str]
    shell: list[str] = field(default_factory=lambda: ["sh"])
    audiences: list[str] = field(default_factory=list)
    identity: str = ""
    log: str = ""

    def job(self, extends: str, *after: str, **variables: str) -> int:
        """Run a job that extends one of the template's, with variables and more lines after its script; its status."""
        job = _merged(yaml.safe_load(TEMPLATE.read_text()), {"extends": extends, "variables": variables})
        if set(job) - KNOWN:
            raise Refused(f"unknown: {set(job) - KNOWN}")
        environment = self._environment(job)
        machine = self.folder / f"machine {len(list(self.folder.iterdir()))}"
        artifacts = self.folder / "artifacts"
        artifacts.mkdir(exist_ok=True)
        shutil.copytree(artifacts, machine)
        script = self.folder / f"{machine.name}.sh"
        lines = [*job["before_script"], *job["script"], *after]
        script.write_text("set -e\n" + "\n".join(lines))
        finished = subprocess.run([*self.shell, str(script)], cwd=machine, env=environment, capture_output=True,
                                  text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)  # fmt: skip
        self.log += finished.stdout + finished.stderr
        if finished.returncode == 0:
            self._keep(job["artifacts"], machine, artifacts)
        return finished.returncode

    def _environment(self, job: dict[str, Any]) -> dict[str, str]:
        own = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "SYM_RETRY_DELAY": "0", **self.variables}
        dotenv = self.folder / "artifacts" / "sym.env"
        if dotenv.is_file():
            own |= dict(line.split("=", 1) for line in dotenv.read_text().splitlines())
        given = {name: str(value) for name, value in job["variables"].items()}
        expanded = {**own, **{name: _expanded(value, {**own, **given}) for name, value in given.items()}}
        for name, token in job["id_tokens"].items():
            self.audiences.append(_expanded(token["aud"], {**own, **given}))
            if self.identity:
                expanded[name] = self.identity
        return expanded

    def _keep(self, declared: dict[str, Any], machine: Path, artifacts: Path) -> None:
        if set(declared) != {"paths", "reports"} or set(declared["reports"]) != {"dotenv"}:
            raise Refused(f"artifacts: {declared}")
        for path in declared["paths"]:
            if (machine / path).exists():
                shutil.copytree(machine / path, artifacts / path, dirs_exist_ok=True)
        report = machine / declared["reports"]["dotenv"]
        if report.is_file():
            shutil.copy(report, artifacts / "sym.env")


def _merged(template: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """A job with what it extends: mappings are merged, everything else is replaced."""
    if "extends" not in job:
        return job
    parent = _merged(template, template[job["extends"]])
    found = {**parent, **job}
    for name in parent.keys() & job.keys():
        if isinstance(parent[name], dict):
            found[name] = {**parent[name], **job[name]}
    return found


def _expanded(text: str, variables: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: "$" if found[0] == "$$" else variables.get(found[1] or found[2], ""), text)
