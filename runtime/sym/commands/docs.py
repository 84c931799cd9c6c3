"""``symflow docs``."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import say

_LABELS = ("documentation", "docs", "homepage", "repository", "source")


@click.command("docs")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(no_browser: bool) -> None:
    """Print where the documentation is, and open it where there is a browser."""
    from importlib.metadata import metadata

    from sym.errors import NotFound

    url = _address([str(line) for line in metadata("symflow").get_all("Project-URL") or []])
    if url is None:
        raise NotFound("This build does not say where its documentation is.",
                       hint="It is in the folders runtime/docs and provider/docs of the source.")  # fmt: skip
    click.echo(url)
    if not no_browser and config.load().has_display:
        import webbrowser

        if not webbrowser.open(url):
            say("No browser could be opened.")


def _address(lines: list[str]) -> str | None:
    """The documentation's address among the package's (``Label, https://…``)."""
    named = {label.strip().lower(): url.strip() for label, _, url in (line.partition(",") for line in lines)}
    found = (named[label] for label in _LABELS if label in named)
    return next((url for url in found if url.startswith(("https://", "http://"))), None)
