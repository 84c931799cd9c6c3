"""Runs steps of a GitHub workflow that use our composite actions, as GitHub's runner does. It refuses what it does not
know: other expressions, inputs there are not, steps of another kind."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ACTIONS = Path(__file__).parents[2] / "ci" / "github"
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


class Refused(AssertionError):
    """GitHub would not take this."""


@dataclass
class GitHubRunner:
    """One job: its machine's folder, its variables, and the outputs of the steps so far."""

    folder: Path
    variables: dict[str, str]
    log: str = ""
    masked: list[str] = field(default_factory=list)

    def uses(self, action: str, **inputs: str) -> tuple[int, dict[str, str]]:
        """Run an action (``""`` is the root's) with inputs, in which ``_`` stands for ``-``; status and outputs."""
        path = ACTIONS / action / "action.yml"
        document = yaml.safe_load(path.read_text())
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        if unknown := given.keys() - document["inputs"].keys():
            raise Refused(f"{action}: no input {unknown}")
        # GitHub warns of a required input that is missing, and goes on: so the script must find it out.
        known = {name: given.get(name, item.get("default", "")) for name, item in document["inputs"].items()}
        (step,) = document["runs"]["steps"]
        if document["runs"]["using"] != "composite" or set(step) != {"id", "shell", "run", "env"}:
            raise Refused(f"{action}: {document['runs']}")
        status, outputs = self._run(step, path.parent, {"inputs": known, "env": self.variables})
        contexts = {"steps": {f"{step['id']}.outputs.{name}": value for name, value in outputs.items()}}
        declared = document.get("outputs", {})
        return status, {name: _evaluated(item["value"], contexts) for name, item in declared.items()}

    def _run(self, step: dict[str, Any], path: Path, contexts: dict[str, dict[str, str]]) -> tuple[int, dict[str, str]]:
        if _EXPRESSION.search(step["run"]):
            raise Refused("an expression in a script: whatever it becomes is run")
        assert step["shell"] == "sh"
        output, script = self.folder.with_name("output"), self.folder.with_name("step.sh")
        output.write_text("")
        script.write_text(step["run"])
        own = {name: _evaluated(value, contexts) for name, value in step["env"].items()}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GITHUB_ACTIONS": "true",
                       "GITHUB_OUTPUT": str(output), "GITHUB_ACTION_PATH": str(path),
                       **self.variables, **own}  # fmt: skip
        finished = subprocess.run(["sh", "-e", str(script)], cwd=self.folder, env=environment, capture_output=True,
                                  text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)  # fmt: skip
        for line in finished.stdout.splitlines():
            if line.startswith("::add-mask::"):
                self.masked.append(line.removeprefix("::add-mask::"))
            else:
                self.log += f"{line}\n"
        self.log += finished.stderr
        return finished.returncode, dict(line.split("=", 1) for line in output.read_text().splitlines())


def _evaluated(text: Any, contexts: dict[str, dict[str, str]]) -> str:
    def value(expression: str) -> str:
        found = ""
        for part in expression.split("||"):
            context, _, name = part.strip().partition(".")
            if context not in contexts:
                raise Refused(f"no context {context}")
            if context == "inputs" and name not in contexts[context]:
                raise Refused(f"no input {name}")
            found = found or contexts[context].get(name, "")
        return found

    return _EXPRESSION.sub(lambda found: value(found[1]), str(text))
