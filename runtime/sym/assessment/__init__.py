"""Looks over a repository that was written for the original, and says what of it works here and what does not.

Nothing is run, neither Terraform nor authors' code, and nothing but the repository's own files is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sym.assessment.configuration import read_modules
from sym.assessment.evaluation import Instance, Place, root_modules
from sym.assessment.verdicts import Assessed, judge

__all__ = ["Assessed", "Instance", "Report", "assess"]


@dataclass(frozen=True)
class Report:
    """What was found: every resource with its verdict, files that could not be read (path, line, why), and modules from
    elsewhere, whose outputs are not known."""

    assessed: tuple[Assessed, ...]
    unreadable: tuple[tuple[Path, int, str], ...]
    foreign: tuple[str, ...]

    @property
    def needs_work(self) -> bool:
        """Whether anything has to be seen to."""
        return bool(self.unreadable) or any(one.verdict == "needs" for one in self.assessed)

    def flows(self) -> list[Assessed]:
        """The flows."""
        return [one for one in self.assessed if one.instance.block.type == "sym_flow"]


def assess(folder: Path) -> Report:
    """Look over every Terraform module below ``folder``, each root module with all that it calls. Raises SymError if
    the parser of Terraform's language is not installed."""
    modules = read_modules(folder.resolve())
    assessed: list[Assessed] = []
    foreign: dict[str, None] = {}
    for root in root_modules(modules):
        place = Place(root, modules, root.folder)
        assessed += judge(list(place.instances()), [address for one in place.places() for address in one.declared()])
        foreign |= dict.fromkeys(
            f"{root.folder.relative_to(folder.resolve())}: {address}"
            for one in place.places() for address in one.foreign_calls()
        )  # fmt: skip
    unreadable = tuple(problem for module in modules.values() for problem in module.problems)
    return Report(tuple(assessed), unreadable, tuple(foreign))
