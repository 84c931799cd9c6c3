"""``symflow resources``: what Terraform declared."""

from __future__ import annotations

import rich_click as click

from sym.commands._output import json_option, show_rows
from sym.commands._resources import resources

_PREFIX = "sym_"


def _resource_type(_: click.Context, __: click.Parameter, value: str) -> str:
    from sym import plugins

    names = plugins.names("resources")
    name = value.removeprefix(_PREFIX)
    if name not in names:
        raise click.BadParameter(f"there are {', '.join(_PREFIX + known for known in names)}.")
    return name


@click.group("resources")
def command() -> None:
    """Resources: what Terraform declared. To change them is Terraform's job.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """


@command.command("list")
@click.argument("name", metavar="RESOURCE_TYPE", callback=_resource_type)
@json_option
def list_all(name: str, as_json: bool) -> None:
    """List the resources of RESOURCE_TYPE, such as sym_flow, with the SRNs that requests name them by."""
    from sym.entities import is_typed

    with resources() as known:
        found = known.list(name)
    columns = {"srn": "SRN", "slug": "SLUG", **({"type": "TYPE"} if is_typed(name) else {})}
    show_rows(found, columns, as_json=as_json)
