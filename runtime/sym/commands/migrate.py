"""``symflow migrate``: configurations of the original's first and second major versions, brought to the third."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from sym.commands._output import clean, json_option, say, show_record
from sym.errors import Refused

if TYPE_CHECKING:
    from sym.scaffolding.migration import Migration, Note

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command("migrate")
@click.option("--directory", metavar="DIR", default=Path(),
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="The configuration, with all folders below; the current folder if left out.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--allow-dirty", is_flag=True, help="Rewrite files, too, whose present state git does not have.")
@json_option
@click.pass_context
def command(ctx: click.Context, directory: Path, dry_run: bool, allow_dirty: bool, as_json: bool) -> None:
    """Rewrite configurations written for versions 1.x and 2.x of the provider, or by an older symflow, for 3.x.

    Every .tf file below the directory is looked at. Only what has to change is touched; comments and layout stay. A
    file that cannot be read stops everything before anything is written. What is left to do by hand is said as
    FILE:LINE: MESSAGE on stderr, and the exit code is then 1. A second run finds nothing to do.
    """
    from sym.scaffolding.migration import migrate
    from sym.scaffolding.writing import write

    folder = directory.resolve()
    found = migrate(folder)
    if not dry_run:
        dirty = [] if allow_dirty else _dirty(folder, found.changes.changed)
        if dirty:
            names = ", ".join(path.relative_to(folder).as_posix() for path in dirty)
            raise Refused(f"There are changes that git does not have: {names}.",
                          hint="Commit them first, or use --allow-dirty. Nothing was changed.")  # fmt: skip
        write(found.changes)
    if as_json:
        show_record(_document(found, folder, dry_run), as_json=True)
    else:
        _show(found, folder, dry_run=dry_run)
    if any(note.is_open for note in found.notes):
        ctx.exit(1)


def _dirty(folder: Path, files: Iterable[Path]) -> list[Path]:
    """Which of ``files`` are not as the last commit has them; none where there is no git."""
    if not any((one / ".git").exists() for one in (folder, *folder.parents)):
        return []
    return [path for path in files if not _is_committed(path)]


def _is_committed(path: Path) -> bool:
    line = ["git", "-C", str(path.parent), "status", "--porcelain", "--ignored", "--", path.name]
    try:
        said = subprocess.run(line, capture_output=True, check=False, timeout=30, stdin=subprocess.DEVNULL)
    except OSError:
        return False  # there is no git to ask
    return said.returncode == 0 and not said.stdout.strip()


def _document(found: Migration, folder: Path, dry_run: bool) -> dict[str, object]:
    notes = [
        {"file": one.file, "line": one.line if dry_run else one.line_after, "message": one.message, "open": one.is_open}
        for one in found.notes
    ]
    changed = [path.relative_to(folder).as_posix() for path in found.changes.changed]
    return {
        "directory": str(folder), "dry_run": dry_run, "changed": changed, "diff": found.changes.diff(folder),
        "notes": notes,
    }  # fmt: skip


def _show(found: Migration, folder: Path, *, dry_run: bool) -> None:
    from sym.commands._written import coloured, show_written

    if dry_run:
        for line in found.changes.diff(folder).splitlines():
            click.echo(coloured(line, _COLOURS[line[0]]) if line[:1] in _COLOURS else line)
    else:
        show_written(found.changes, folder, [], as_json=False)
    for note in found.notes:
        say(_line(note, dry_run=dry_run))
    if not found.changes:
        say("There is nothing to rewrite.")
        return
    say("")
    say(coloured("Next:", "cyan", err=True))
    for number, step in enumerate(_steps(found, dry_run=dry_run), 1):
        say(f"  {number}. {step}")


def _line(note: Note, *, dry_run: bool) -> str:
    from sym.commands._written import coloured

    kind = coloured("to do", "yellow", err=True) if note.is_open else coloured("look", "cyan", err=True)
    return f"{clean(note.file)}:{note.line if dry_run else note.line_after}: {kind}: {note.message}"


def _steps(found: Migration, *, dry_run: bool) -> list[str]:
    if dry_run:
        return ["symflow migrate, without --dry-run"]
    steps = ["terraform-provider-sym install, once on this machine"]
    if found.old_registry:
        steps.append("terraform state replace-provider terraform.symops.com/symopsio/sym symopsio/sym")
    return [
        *steps,
        "terraform init -upgrade",
        "terraform plan: everything is created anew, because old ids lead nowhere",
    ]
