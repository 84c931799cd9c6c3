"""``symflow lint``: what a plan says of authors' code, without Terraform."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rich_click as click

from sym.commands._output import chosen_format, clean, has_colours, json_option, say, show_rows
from sym.implementation import SOURCE_KINDS, Problem, SourceKind, guess_kind, read_problems, read_restrictions

_COLUMNS = {"file": "FILE", "line": "LINE", "severity": "SEVERITY", "message": "MESSAGE", "hint": "WHAT TO DO"}
_COLOURS = {"error": "red", "warning": "yellow"}


@click.command("lint")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False))
@click.option("--kind", type=click.Choice(SOURCE_KINDS), help="What the files are for, instead of a guess.")
@click.option("--restricted", is_flag=True,
              help="Warn as well of what works here and not in a restricted Python: imports of anything but sym.sdk, "
                   "requests, json and datetime; all(), next(), open() and other builtins; names that begin with an "
                   "underscore; x.count += 1.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@json_option
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Say what is wrong with the Python code of flows, strategies, on_change functions and flows filters.

    The code is read, not run. A line on stdout for each finding: FILE:LINE: SEVERITY: MESSAGE; line 0 is no particular
    one. The exit code is 0 without findings or with warnings only, 1 with an error (or, with --strict, a warning), and
    2 when the command was called wrongly. With --restricted a file is also held to the rules of a Python that is
    restricted, for code that must run there too.
    """
    found = [finding for file in files for finding in _findings(file, given["kind"], given["restricted"])]
    if as_json or chosen_format() is not None:
        show_rows(found, _COLUMNS, as_json=as_json)
    else:
        colours = has_colours(sys.stdout)
        for finding in found:
            click.echo(_line(finding, colours=colours))
    counts = {severity: sum(row["severity"] == severity for row in found) for severity in _COLOURS}
    say(f"{_many(len(files), 'file')}, {_many(counts['error'], 'error')}, {_many(counts['warning'], 'warning')}.")
    if counts["error"] or (given["strict"] and counts["warning"]):
        ctx.exit(1)


def _findings(file: str, kind: Any, is_restricted: bool) -> Iterator[dict[str, Any]]:
    try:
        source = Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        line = Path(file).read_bytes()[: problem.start].count(b"\n") + 1
        unreadable = Problem(
            severity="error", message="This is not text in UTF-8.", line=line, hint="Save it as UTF-8."
        )
        yield _finding(file, kind or "flow", unreadable)
        return
    except OSError as problem:
        raise click.UsageError(f"{file}: {problem.strerror or problem}") from None
    is_what = kind or guess_kind(file, source)
    for found in _problems(is_what, source, is_restricted):
        yield _finding(file, is_what, found)


def _problems(kind: SourceKind, source: str, is_restricted: bool) -> list[Problem]:
    problems = list(read_problems(kind, source))
    if is_restricted:
        # Source that cannot be read has the same one error in both lists.
        problems += [found for found in read_restrictions(source) if found not in problems]
    return sorted(problems, key=lambda found: (found.line, found.column))


def _finding(file: str, kind: str, found: Problem) -> dict[str, Any]:
    return {
        "file": file, "line": found.line, "column": found.column, "severity": found.severity, "kind": kind,
        "handler": found.handler, "message": found.message, "hint": found.hint,
    }  # fmt: skip


def _line(finding: dict[str, Any], *, colours: bool) -> str:
    severity = finding["severity"]
    shown = click.style(severity, fg=_COLOURS[severity], bold=True) if colours else severity
    text = clean(f"{finding['message']} {finding['hint']}".rstrip())
    return f"{clean(finding['file'])}:{finding['line']}: {shown}: {text}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
