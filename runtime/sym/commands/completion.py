"""``symflow completion``: the shell completes what is typed."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from sym.commands._output import say

_VARIABLE = "_SYMFLOW_COMPLETE"
# Where each shell looks for completions of a user, below the home folder.
_PLACES = {
    "bash": Path(".local", "share", "bash-completion", "completions", "symflow"),
    "zsh": Path(".zfunc", "_symflow"),
    "fish": Path(".config", "fish", "completions", "symflow.fish"),
}
_NEXT = {
    "bash": "It counts in new shells, if bash-completion is there; else put `eval \"$(symflow completion bash)\"` into "
            "~/.bashrc.",
    "zsh": "Put `fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit` into ~/.zshrc, if it is not there.",
    "fish": "It counts in new shells.",
}  # fmt: skip


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_PLACES)))
@click.option("--install", is_flag=True, help="Write it where the shell looks for it, in your home folder.")
@click.pass_context
def command(ctx: click.Context, shell: str, install: bool) -> None:
    """Print what lets SHELL complete commands, options and their values: eval "$(symflow completion bash)".

    In fish: symflow completion fish | source.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"This version of click does not know {shell}.")
    maker = kind(ctx.find_root().command, {}, "symflow", _VARIABLE)
    # Not its source(): that starts a bash to see how old it is.
    script = maker.source_template % maker.source_vars()
    if not install:
        click.echo(script)
        return
    place = Path.home() / _PLACES[shell]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"{script}\n", encoding="utf-8")
    say(f"Wrote {place}.")
    say(_NEXT[shell])
