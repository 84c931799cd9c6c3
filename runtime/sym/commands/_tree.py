"""The commands as a tree: what they are called, and which variables their options come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import rich_click as click

Path = tuple[str, ...]


def walk(command: click.Command, path: Path = ("symflow",)) -> Iterator[tuple[Path, click.Command]]:
    """Every command and group below ``command``, and itself, each with what is typed to call it. Hidden ones too."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command, info_name=path[-1])
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            if found is not None:
                yield from walk(found, (*path, name))


def flag(option: click.Option) -> str:
    """What the option is called first and foremost: ``--limit``."""
    return next((name for name in option.opts if name.startswith("--")), option.opts[0])


def variable(option: click.Option, path: Path) -> str:
    """The variable that an option of the command called by ``path`` may come from: SYMFLOW_RUNS_LIST_LIMIT."""
    return "_".join((*path, flag(option).lstrip("-"))).upper().replace("-", "_")


def name_variables(command: click.Command, path: Path) -> None:
    """Let every option of ``command``, and of what is below it, come from its variable, too.

    click can do that by itself, but goes by the names of parameters, which nobody sees: ``--type`` would be KIND.
    """
    for where, found in walk(command, path):
        for option in found.params:
            if isinstance(option, click.Option):
                known = [option.envvar] if isinstance(option.envvar, str) else option.envvar or ()
                name = variable(option, where)
                option.envvar = [name, *(one for one in known if one != name)]


def nearest(group: click.Group, ctx: click.Context, name: str) -> Sequence[str]:
    """What may have been meant by the command ``name``, which ``group`` does not have."""
    from difflib import get_close_matches

    known = [(one, group.get_command(ctx, one)) for one in group.list_commands(ctx)]
    shown = {one: found for one, found in known if found is not None and not found.hidden}
    below = [
        f"{one} {name}" for one, found in shown.items() if isinstance(found, click.Group) and name in found.commands
    ]
    return [f"`symflow {found}`" for found in below or get_close_matches(name, shown, n=1)]
