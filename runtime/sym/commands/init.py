"""``symflow init``: the first files of a folder for flows."""

from __future__ import annotations

import re
from pathlib import Path

import rich_click as click

from sym.commands._asking import ask, is_terminal, missing
from sym.commands._output import json_option

_ORG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


@click.command("init")
@click.option("--directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Where the files are to be; the current folder if left out.")  # fmt: skip
@click.option(
    "--slack-workspace-id", "--workspace-id", "workspace", metavar="T…", help="The id of the Slack workspace."
)
@click.option("--environment", metavar="NAME", help="The name of the environment, such as prod.")
@click.option("--org", metavar="SLUG",
              help="The organization, instead of that of the server, the store or the login.")  # fmt: skip
@json_option
def command(
    directory: Path | None, workspace: str | None, environment: str | None, org: str | None, as_json: bool
) -> None:
    """Begin a folder with Terraform for flows: an environment, its Slack workspace, and a README that says what comes
    next.

    What options do not say is asked, on a terminal. Files that are there are never overwritten. `symflow generate` then
    adds flows.
    """
    from sym import config
    from sym.commands._organization import organization_slug
    from sym.commands._written import show_written
    from sym.scaffolding.start import Beginning, checked_environment, checked_workspace, plan_start
    from sym.scaffolding.writing import write

    if org is not None and not _ORG.fullmatch(org):
        raise click.UsageError("--org has letters, digits, - and _.")
    slug = org or organization_slug()
    if is_terminal():
        directory = directory or Path(ask("Which directory?", lambda _: None, default=".") or ".")
        workspace = workspace or ask("Id of the Slack workspace (T…)?", checked_workspace)
        environment = environment or ask("Name of the environment?", checked_environment, default="main")
    if not workspace or not environment:
        raise missing(
            *(["--slack-workspace-id"] if not workspace else []), *(["--environment"] if not environment else [])
        )
    folder = (directory or Path()).absolute()
    changes = plan_start(folder, Beginning(org=slug, workspace=workspace, environment=environment), config.now())
    write(changes)
    place = "" if folder == Path.cwd() else f" --directory {directory}"
    steps = [
        "terraform-provider-sym install, once on this machine: README.md says more.",
        "Invite the Slack app to #sym-errors and #sym-requests.",
        f"symflow generate{place}, to add a flow.",
    ]
    show_written(changes, folder, steps, as_json=as_json)
