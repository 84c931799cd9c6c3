"""``symflow``, the command line. One module per command or group of commands, found by being here.

Data goes to stdout, talk to stderr. Exit codes: 0 it worked, 1 it did not, 2 it was asked for wrongly, 3 nobody is
logged in or the token is no good, 4 there is no such thing or it is not allowed.

The modules import nothing heavy before they run: ``symflow --help`` answers at once.
"""

from __future__ import annotations

import functools
import importlib
import sys
from pathlib import Path
from typing import Any

try:
    import rich_click as click
except ModuleNotFoundError as missing:
    raise SystemExit(f"symflow needs {missing.name}: pip install 'symflow[worker]'") from None

from sym.commands._tree import name_variables
from sym.errors import NotFound, Refused, SymError, Unauthenticated

_INTERRUPTED = 130
_debugs = False


@functools.cache
def _names() -> list[str]:
    # pkgutil would find them, too, and takes longer to import than all of them together.
    modules = (path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    return sorted(name.replace("_", "-") for name in modules)


class _Root(click.RichGroup):
    """The commands of this package; an error of the product becomes a line on stderr and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return _names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}").command
        name_variables(command, ("symflow", cmd_name))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        is_known = self.get_command(ctx, args[0]) is not None
        if is_known or ctx.resilient_parsing or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        from sym.commands._tree import nearest

        found = nearest(self, ctx, args[0])
        meant = f" Did you mean {' or '.join(found)}?" if found else ""
        raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx)

    def invoke(self, ctx: click.Context) -> Any:
        from sym.commands._output import clean, say

        try:
            return super().invoke(ctx)
        except SymError as error:
            if ctx.params.get("debug"):
                import traceback

                say(traceback.format_exc())
            say(f"Error: {clean(error.message)}")
            if error.hint:
                say(clean(error.hint))
            ctx.exit(exit_code(error))
        except (KeyboardInterrupt, click.Abort) as error:
            if not isinstance(error.__context__ or error, KeyboardInterrupt):
                raise  # somebody said no
            say("\nInterrupted.")
            ctx.exit(_INTERRUPTED)


def exit_code(error: SymError) -> int:
    """The exit code that says what kind of ``error`` it was."""
    if isinstance(error, Unauthenticated):
        return 3
    if isinstance(error, (NotFound, Refused)):
        return 4
    return 2 if error.code.startswith("Config:") else 1


@click.group(
    cls=_Root,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SYMFLOW"},
    epilog="SYM_STORE_URL names the store; SYM_API_URL and SYM_JWT a server to talk to instead. Every option may come "
    "from a variable, too: SYMFLOW_RUNS_LIST_LIMIT is --limit of `symflow runs list`.",
)
@click.version_option(package_name="symflow", prog_name="symflow")
@click.option("--debug", is_flag=True, help="Say more: what is asked of servers, and where an error came from.")
@click.option("--no-input", is_flag=True, help="Never ask: what is missing is an error that names the option.")
@click.option("--api-url", metavar="URL", help="The server to talk to, in place of SYM_API_URL.")
@click.option("--auth-url", metavar="URL", help="The issuer to log in at; refused if the server names another one.")
@click.pass_context
def root(ctx: click.Context, /, debug: bool, api_url: str | None, **others: Any) -> None:  # noqa: ARG001 - read by others
    """Sym: access that is asked for, approved, granted, and taken away again."""
    from sym import config

    global _debugs
    _debugs = debug
    config.set_options({"SYM_API_URL": api_url} if api_url else {})
    if (colours := config.colours()) is not None:
        ctx.color = colours
    if debug:
        _tell_everything(ctx)


def _tell_everything(ctx: click.Context) -> None:
    """Addresses and statuses on stderr; never a header or a body, which hold tokens."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    log, before = logging.getLogger(), logging.getLogger().level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    ctx.call_on_close(lambda: log.removeHandler(handler))
    ctx.call_on_close(lambda: log.setLevel(before))


def main() -> None:
    """The console script."""
    try:
        " ".join(sys.argv).encode()
    except UnicodeEncodeError:
        sys.exit("Error: an argument is not text in UTF-8.")
    try:
        root(prog_name="symflow")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - a traceback is for those who ask for it
        _unexpected(error)


def _unexpected(error: Exception) -> None:
    """What nobody has thought of. Only the system's own errors are quoted: others may hold secrets."""
    import traceback

    if _debugs:
        traceback.print_exception(error)
    what = (
        str(error) if isinstance(error, OSError) else f"{type(error).__name__}, which is a mistake in symflow itself."
    )
    click.echo(f"Error: {what}", err=True)
    if not _debugs:
        click.echo("`symflow --debug …` says where it comes from.", err=True)
    sys.exit(1)
