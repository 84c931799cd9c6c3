"""``symflow docs``."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from sym.commands._output import clean, say


@click.command("docs")
@click.argument("page", required=False)
@click.option("--no-browser", is_flag=True, help="Open nothing.")
def command(page: str | None, no_browser: bool) -> None:
    """Print where the documentation is on this machine, or a PAGE of it, such as login or slack.

    It came with the program, and is that of its version. An address that the build names is opened in the browser.
    """
    folder = _folder()
    if page is not None:
        click.echo(_page(folder, page), nl=False)
        return
    url = _address()
    if url is not None and not no_browser and _opened(url):
        click.echo(url)
        return
    if folder is None:
        click.echo(_readme(), nl=False)
        return
    click.echo(str(folder))
    say(f"`symflow docs PAGE` prints one of: {', '.join(sorted(_pages(folder)))}.")


def _folder() -> Path | None:
    """The documentation of a checkout, or what the package brought; None if neither is there."""
    from importlib.metadata import distribution

    beside = Path(__file__).resolve().parents[2] / "docs"
    # Of a checkout it is runtime/docs; site-packages/docs would be somebody else's.
    if (beside.parent / "sym").is_dir() and (beside / "configuration.md").is_file():
        return beside
    for file in distribution("symflow").files or ():
        if file.as_posix().endswith("share/doc/symflow/configuration.md"):
            found = Path(str(file.locate())).resolve().parent
            return found if found.is_dir() else None
    return None


def _pages(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.md")}


def _page(folder: Path | None, name: str) -> str:
    from sym.errors import NotFound

    pages = _pages(folder) if folder is not None else {}
    path = pages.get(name.removesuffix(".md"))
    if path is None:
        hint = f"There are: {', '.join(sorted(pages))}." if pages else "`symflow docs` prints what there is."
        raise NotFound(f"There is no page {clean(name)}.", hint=hint)
    return path.read_text(encoding="utf-8")


def _readme() -> str:
    from importlib.metadata import distribution

    # After the headers, as in a letter, there is README.md.
    _, _, text = (distribution("symflow").read_text("METADATA") or "").partition("\n\n")
    return f"{text.strip()}\n"


def _address() -> str | None:
    """The documentation's address among the package's (``Label, https://…``), if it names one."""
    from importlib.metadata import metadata

    lines = [str(line) for line in metadata("symflow").get_all("Project-URL") or []]
    named = {label.strip().lower(): url.strip() for label, _, url in (line.partition(",") for line in lines)}
    found = (named[label] for label in ("documentation", "docs") if label in named)
    return next((url for url in found if url.startswith(("https://", "http://"))), None)


def _opened(url: str) -> bool:
    from sym import config

    if not config.load().has_display:
        return False
    import webbrowser

    return webbrowser.open(url)
