"""The first files of a folder: an environment in Slack, ready for flows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sym.errors import Invalid
from sym.scaffolding.filling import banner, fill
from sym.scaffolding.literals import quoted
from sym.scaffolding.writing import Changes

WORKSPACE = re.compile(r"T[A-Z0-9]{4,20}")
ENVIRONMENT = re.compile(r"[a-z][a-z0-9_-]{0,31}")
ADVICE: Mapping[str, str] = {
    "environment.tf": "`symflow generate` looks for this file's sym_environment and for local.environment_name:\n"
                      "change what you like at your own risk, but do not rename them, nor the file.",
    "versions.tf": "Do not rename this file: `symflow generate` adds the providers that new flows need.",
    ".gitignore": "Yours to change.",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What the files are about: the organization's slug, the Slack workspace and the environment's name."""

    org: str
    workspace: str
    environment: str

    def __post_init__(self) -> None:
        checked_workspace(self.workspace)
        checked_environment(self.environment)


def checked_workspace(text: str) -> str:
    """The id of a Slack workspace. Raises Invalid."""
    if not WORKSPACE.fullmatch(text):
        raise Invalid(f"{text!r} is not the id of a Slack workspace, which looks like T0FTG2CGCX7.",
                      hint="Open Slack in a browser: the address is https://app.slack.com/client/T…, and this is the "
                           "part that begins with T.", path="slack_workspace_id")  # fmt: skip
    return text


def checked_environment(text: str) -> str:
    """The name of an environment. Raises Invalid."""
    if not ENVIRONMENT.fullmatch(text):
        raise Invalid(f"{text!r} cannot be the name of an environment: use lower-case letters, digits, - and _, "
                      "beginning with a letter, 32 at most.", path="environment")  # fmt: skip
    return text


def plan_start(folder: Path, given: Beginning, now: datetime) -> Changes:
    """The files that ``folder`` begins with. Existing ones are found when they are written."""
    values = {
        "org": quoted(given.org), "workspace": quoted(given.workspace), "environment": quoted(given.environment),
        "environment_name": given.environment, "organization": given.org,
    }  # fmt: skip
    created = {}
    for name in ("environment.tf", "versions.tf", "README.md", ".gitignore"):
        made = banner(now, ADVICE[name]) if name in ADVICE else ""
        template = f"{name.removeprefix('.')}.template"
        text = fill(template, {**values, "generated": banner(now, "").strip("# \n")})
        created[folder / name] = f"{made}\n{text}" if made else text
    return Changes(created)
