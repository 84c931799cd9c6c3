"""``symflow trust``: CI jobs without stored tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import rich_click as click

from sym import config
from sym.commands._output import clean, json_option, say, show_rows

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

Document = dict[str, Any]
_COLUMNS = {"id": "ID", "bot": "BOT", "issuer": "ISSUER", "audience": "AUDIENCE", "claims": "CLAIMS",
            "added_by": "ADDED BY"}  # fmt: skip


class Trusts(Protocol):
    """Where trust is kept. Its documents are the API's."""

    def add(self, wanted: Document) -> Document:
        """Trust ``wanted``: bot, issuer, audience, claims."""
        ...

    def list(self) -> list[Document]:
        """Whom is trusted."""
        ...

    def remove(self, trust_id: str) -> Document:
        """Trust no longer."""
        ...


@dataclass(frozen=True)
class LocalTrusts:
    """In the store."""

    store: Store

    def add(self, wanted: Document) -> Document:
        """Trust ``wanted``. Raises Invalid or NotFound."""
        from sym.api.trusts import view_trust
        from sym.audit.events import Actor
        from sym.oidc.trusting import Wanted, add_trust

        with self.store.transaction() as conn:
            made = add_trust(conn, Wanted(**wanted), actor=Actor.SYSTEM, now=config.now())
            return view_trust(conn, made).model_dump(mode="json")

    def list(self) -> list[Document]:
        """Whom is trusted."""
        from sym.api.trusts import view_trust
        from sym.store.trust import list_trust

        with self.store.reading() as conn:
            return [view_trust(conn, one).model_dump(mode="json") for one in list_trust(conn)]

    def remove(self, trust_id: str) -> Document:
        """Trust no longer. Raises NotFound."""
        from sym.api.trusts import view_trust
        from sym.audit.events import Actor
        from sym.store.trust import remove_trust

        with self.store.transaction() as conn:
            removed = remove_trust(conn, trust_id.lower(), actor=Actor.SYSTEM, now=config.now())
            return view_trust(conn, removed).model_dump(mode="json")


@dataclass(frozen=True)
class RemoteTrusts:
    """On a server."""

    api: Api

    def add(self, wanted: Document) -> Document:
        """Trust ``wanted``."""
        return self.api.send("POST", "/trust", wanted)

    def list(self) -> list[Document]:
        """Whom is trusted."""
        return self.api.pages("/trust", "trust")

    def remove(self, trust_id: str) -> Document:
        """Trust no longer."""
        from sym.commands._remote import segment

        return self.api.send("DELETE", f"/trust/{segment(trust_id)}")


@contextmanager
def trusts() -> Iterator[Trusts]:
    """Trust on the server or in the store: see :func:`sym.commands._place.chosen`."""
    from sym.commands._place import chosen

    def local(store: Store, settings: Config) -> Trusts:  # noqa: ARG001 - the port's
        return LocalTrusts(store)

    def remote(api: Api) -> Trusts:
        return RemoteTrusts(api)

    with chosen(local, remote) as found:
        yield found


def _claims(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not name or not equals or not value:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE, such as repository=acme/app.")
        if name in found:
            raise click.BadParameter(f"{name} is named twice.")
        found[name] = value
    return found


@click.group("trust")
def command() -> None:
    """CI jobs that act as a bot without a stored token: their CI's word is exchanged for a token of fifteen minutes."""


@command.command("add")
@click.argument("bot")
@click.option("--issuer", required=True, help="Of the CI's tokens: https://token.actions.githubusercontent.com.")
@click.option("--audience", required=True, help="What the job asks its token for, such as this server's address.")
@click.option("--claim", "claims", metavar="NAME=VALUE", multiple=True, required=True, callback=_claims,
              help="What its tokens have to say; a * at the end is any ending. Repeat it.")  # fmt: skip
@json_option
def add(bot: str, issuer: str, audience: str, claims: dict[str, str], as_json: bool) -> None:
    """Let CI jobs act as BOT."""
    with trusts() as found:
        made = found.add({"bot": bot.lower(), "issuer": issuer, "audience": audience, "claims": claims})
    if as_json:
        show_rows([made], _COLUMNS, as_json=True)
    else:
        click.echo(made["id"])
    say(f"Jobs of {clean(issuer)} with {_shown(claims)} may act as {clean(made['bot'])}.")


@command.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List which jobs may act as which bots."""
    with trusts() as found:
        rows = found.list()
    shown = rows if as_json else [
        {**row, "claims": _shown(row["claims"]), "added_by": _adder(row)} for row in rows
    ]  # fmt: skip
    show_rows(shown, _COLUMNS, as_json=as_json)


@command.command("remove")
@click.argument("trust_id", metavar="ID")
def remove(trust_id: str) -> None:
    """Trust the jobs of ID no longer. What they were given is good for its fifteen minutes."""
    with trusts() as found:
        removed = found.remove(trust_id)
    say(f"Jobs with {_shown(removed['claims'])} may not act as {clean(removed['bot'])} any more.")


def _shown(claims: dict[str, str]) -> str:
    return ", ".join(f"{clean(name)}={clean(value)}" for name, value in claims.items())


def _adder(row: Document) -> str:
    name = clean(row["added_by"] or "")
    return f"{name}, who has left" if row["flagged"] else name
