"""``symflow assess``: what of an old repository works here."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._progress import working
from sym.errors import NotFound

if TYPE_CHECKING:
    from sym.assessment import Assessed, Report

_COLUMNS = {"place": "PLACE", "resource": "RESOURCE", "verdict": "VERDICT", "detail": "DETAIL"}
_SUMMARY = {"kind": "KIND", "runs": "RUNS", "warns": "WARNS", "needs": "NEEDS"}


@click.command("assess")
@click.argument("repository", metavar="REPO_DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--flow", "flow_name", metavar="NAME", help="Show the request form and card of this flow instead.")
@json_option
@click.pass_context
def command(ctx: click.Context, repository: Path, flow_name: str | None, as_json: bool) -> None:
    """Look over a repository that was written for the original, and say of each flow, strategy and resource whether it
    runs, warns, or needs something.

    Every Terraform module below REPO_DIR is read, with the files that file() and templatefile() name. Nothing is run.
    What only Terraform could tell counts as unknown, and as in order. The exit code is 0 when nothing has to be seen
    to, and 1 when something does.
    """
    from sym.assessment import assess

    with working("Reading the repository…"):
        report = assess(repository)
    if flow_name is not None:
        _show_flow(report, flow_name, as_json=as_json)
        return
    rows = [_row(one, repository) for one in report.assessed]
    if as_json:
        show_record(_document(report, repository, rows), as_json=True)
    else:
        _show(report, repository, rows)
    if report.needs_work:
        ctx.exit(1)


def _show(report: Report, repository: Path, rows: list[dict[str, Any]]) -> None:
    show_rows([line for row in rows for line in _lines(row)], _COLUMNS, as_json=False)
    click.echo("")
    show_rows(_summary(rows), _SUMMARY, as_json=False)
    for path, line, why in report.unreadable:
        say(clean(f"{_relative(path, repository)}:{line}: not read: {why}"))
    for module in report.foreign:
        say(clean(f"{module} is from elsewhere: what it gives is not known here."))
    if not rows:
        say("There is no resource of Sym here.")


def _lines(row: dict[str, Any]) -> list[dict[str, Any]]:
    findings = row["findings"]
    if not findings:
        return [{**row, "detail": ""}]
    return [{**row, "verdict": one["verdict"], "detail": one["message"]} for one in findings]


def _summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row["kind"], Counter())[row["verdict"]] += 1
    return [{"kind": kind, **{verdict: found[verdict] for verdict in ("runs", "warns", "needs")}}
            for kind, found in sorted(counts.items())]  # fmt: skip


def _row(one: Assessed, repository: Path) -> dict[str, Any]:
    instance, inside = one.instance, f"{repository.resolve()}/"
    return {
        "place": f"{_relative(instance.block.file, repository)}:{instance.block.line}",
        "root": _relative(instance.root, repository),
        "resource": instance.address,
        "kind": ("data " if instance.block.kind == "data" else "") + instance.block.type,
        "verdict": one.verdict,
        "findings": [
            {"verdict": found.verdict, "message": found.message.replace(inside, "")} for found in one.findings
        ],
    }


def _document(report: Report, repository: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    unreadable = [{"place": f"{_relative(path, repository)}:{line}", "message": why}
                  for path, line, why in report.unreadable]  # fmt: skip
    return {"resources": rows, "summary": _summary(rows), "unreadable": unreadable, "foreign": list(report.foreign)}


def _relative(path: Path, repository: Path) -> str:
    try:
        return str(path.resolve().relative_to(repository.resolve()))
    except ValueError:
        return str(path)


def _show_flow(report: Report, name: str, *, as_json: bool) -> None:
    from sym.assessment.preview import card_lines, form_fields, form_lines

    flows = [
        one.instance for one in report.flows() if name in (one.instance.document.get("name"), one.instance.address)
    ]
    if not flows:
        known = sorted({str(one.instance.document.get("name")) for one in report.flows()})
        raise NotFound(f"There is no flow {name!r} here.", hint=f"There are: {', '.join(known) or 'none'}.")
    for flow in flows:
        # The same address may be declared by every environment: only its own root's resources are meant.
        others = {one.instance.address: one.instance for one in report.assessed if one.instance.root == flow.root}
        if as_json:
            show_record({"flow": flow.address, "fields": form_fields(flow, others)}, as_json=True)
            continue
        for line in (*form_lines(flow, others), "", *card_lines(flow, others)):
            click.echo(clean(line))
