"""What a folder has to have before a flow is added to it."""

from __future__ import annotations

from dataclasses import dataclass

from sym.errors import Invalid
from sym.scaffolding.draft import Draft
from sym.scaffolding.hcl import Block

_HINT = "Run `symflow generate` in a folder that `symflow init` made, or name it with --directory."


@dataclass(frozen=True)
class Surroundings:
    """The environment that flows belong to."""

    environment: Block

    @classmethod
    def of(cls, draft: Draft) -> Surroundings:
        """What is in the folder. Raises Invalid if there is no environment, or no telling which one."""
        folder = draft.folder()
        found = [block for _, block in folder.of_type("resource") if block.labels[:1] == ("sym_environment",)]
        chosen = [block for block in found if block.labels[1:] == ("this",)] or found
        if not chosen:
            raise Invalid(f"There is no sym_environment in {draft.path}.", hint=_HINT)
        if len(chosen) > 1:
            names = ", ".join(block.labels[-1] for block in chosen)
            raise Invalid(f"There are several environments in {draft.path}: {names}.",
                          hint='The one flows belong to should be called "this".')  # fmt: skip
        if folder.local("environment_name") is None:
            raise Invalid(f"There is no local.environment_name in {draft.path}.",
                          hint="Add locals { environment_name = … } with the environment's name, or run "
                               "`symflow migrate` if an older symflow made this.")  # fmt: skip
        return cls(chosen[0])
