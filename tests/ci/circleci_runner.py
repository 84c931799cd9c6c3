"""Runs jobs of a configuration with an inline orb as CircleCI does: parameters put in, commands taken apart, steps in a
shell, workspaces handed on. It refuses what it does not know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
_KINDS = {"string": str, "boolean": bool, "integer": int}
_PARAMETER = re.compile(r"<<\s*parameters\.(\w+)\s*>>")


class Refused(AssertionError):
    """CircleCI would not take this."""


def given(name: str, declared: Document, values: Document) -> Document:
    """The values of parameters: those given, else their defaults."""
    unknown = values.keys() - declared.keys()
    if unknown:
        raise Refused(f"{name}: no parameter {sorted(unknown)}")
    found = {}
    for key, parameter in declared.items():
        if set(parameter) - {"type", "default", "description"} or parameter["type"] not in _KINDS:
            raise Refused(f"{name}.{key}: {parameter}")
        if key not in values and "default" not in parameter:
            raise Refused(f"{name}: the parameter {key} is missing")
        found[key] = values.get(key, parameter.get("default"))
        if type(found[key]) is not _KINDS[parameter["type"]]:
            raise Refused(f"{name}.{key}: {found[key]!r} is no {parameter['type']}")
    return found


def filled(node: Any, values: Document) -> Any:
    """``node`` with its parameters: a text that is nothing but a parameter becomes what that is."""
    if isinstance(node, dict):
        return {key: filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, values) for value in node]
    if not isinstance(node, str):
        return node
    whole = _PARAMETER.fullmatch(node)
    if whole:
        return values[whole[1]]
    text = _PARAMETER.sub(lambda found: _written(values[found[1]]), node)
    if re.search(r"(?<!\\)<<", text):
        raise Refused(f"an expression CircleCI would evaluate: {text[:200]}")
    return text


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class CircleCIRunner:
    """One workflow of a configuration; ``folder`` has the jobs' machines and the workspace."""

    folder: Path
    config: Document
    variables: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    repository: Path | None = None

    @classmethod
    def of(cls, folder: Path, config: Path, orb: Path, variables: dict[str, str]) -> CircleCIRunner:
        """The configuration's orb ``sym`` is replaced by the packed one, as if it were published."""
        document = yaml.safe_load(config.read_text())
        document["orbs"]["sym"] = yaml.safe_load(orb.read_text())
        (folder / "workspace").mkdir(parents=True)
        return cls(folder, document, variables)

    def orb_job(self, name: str, **values: Any) -> int:
        """Run a job of the orb with parameters; its exit status."""
        orb = self.config["orbs"]["sym"]
        job = orb["jobs"][name]
        found = given(name, job["parameters"], values)
        executor = orb["executors"][job["executor"]]
        assert filled(executor["docker"], given("executor", executor["parameters"], {}))
        return self._run(name, filled(job["steps"], found), orb["commands"])

    def job(self, name: str) -> int:
        """Run a job of the configuration."""
        return self._run(name, self.config["jobs"][name]["steps"], {})

    def workflow_job(self, workflow: str, name: str) -> int:
        """Run the job that a workflow calls ``name``, be it the orb's or the configuration's."""
        for entry in self.config["workflows"][workflow]["jobs"]:
            if entry == name:
                return self.job(name)
            if isinstance(entry, dict):
                ((key, options),) = entry.items()
                if options.get("name", key) == name and key.startswith("sym/"):
                    values = {key: value for key, value in options.items() if key not in ("name", "requires")}
                    return self.orb_job(key.removeprefix("sym/"), **values)
                if key == name:
                    return self.job(name)
        raise Refused(f"no job {name}")

    def _run(self, name: str, steps: list[Any], commands: Document) -> int:
        machine = self.folder / f"machine {len(list(self.folder.iterdir()))}"
        machine.mkdir()
        self.outputs[name] = ""
        for step in self._taken_apart(steps, commands):
            status = self._step(name, step, machine)
            if status:
                return status
        return 0

    def _taken_apart(self, steps: list[Any], commands: Document) -> list[Any]:
        found = []
        for step in steps:
            ((key, options),) = step.items() if isinstance(step, dict) else ((step, {}),)
            if key.startswith("sym/"):
                key, commands = key.removeprefix("sym/"), self.config["orbs"]["sym"]["commands"]
            if key in commands:
                command = commands[key]
                values = given(key, command["parameters"], options)
                found += self._taken_apart(filled(command["steps"], values), commands)
            else:
                found.append({key: options})
        return found

    def _step(self, job: str, step: Document, machine: Path) -> int:
        ((key, options),) = step.items()
        workspace = self.folder / "workspace"
        if key == "attach_workspace":
            shutil.copytree(workspace, machine / options["at"], dirs_exist_ok=True)
        elif key == "persist_to_workspace":
            for path in options["paths"]:
                shutil.copytree(machine / options["root"] / path, workspace / path, dirs_exist_ok=True)
        elif key == "run":
            return self._shell(job, options, machine)
        elif key == "checkout" and self.repository is not None:
            shutil.copytree(self.repository, machine, dirs_exist_ok=True)
        else:
            raise Refused(f"no step {key}")
        return 0

    def _shell(self, job: str, options: Any, machine: Path) -> int:
        options = options if isinstance(options, dict) else {"command": options}
        if set(options) - {"name", "command", "environment"}:
            raise Refused(f"run: {sorted(options)}")
        more = {key: _written(value) for key, value in options.get("environment", {}).items()}
        environment = {"PATH": os.environ["PATH"], "HOME": str(machine), **self.variables, **more}
        script = machine.with_name(f"{machine.name}.sh")
        script.write_text(options["command"])
        finished = subprocess.run(
            ["bash", "-eo", "pipefail", str(script)], cwd=machine, env=environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=120, check=False,
        )  # fmt: skip
        self.outputs[job] += finished.stdout + finished.stderr
        return finished.returncode
