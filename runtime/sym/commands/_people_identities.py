"""Commands of ``symflow users``: identities, one at a time or as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import rich_click as click

from sym.commands._asking import again, answer, confirm, is_terminal, yes_option
from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._people import people

if TYPE_CHECKING:
    from sym.commands._people import Document, Documents, People

_service_type = click.option("--service-type", metavar="TYPE", help="The type of the service, such as okta.")
_external_id = click.option("--external-id", metavar="ID", help="The account there, such as acme.okta.com.")
_MARKS = {"create": "+", "update": "~", "delete": "-"}
_WORDS = {"create": "to create", "update": "to change", "delete": "to delete"}


@click.command("list-identities")
@click.option("-o", "--output-file", type=click.Path(dir_okay=False, writable=True, allow_dash=True), metavar="FILE",
              help="Write CSV there, for `users update`.")  # fmt: skip
@json_option
def list_identities(output_file: str | None, as_json: bool) -> None:
    """List who people are in other services: a column for each account, TYPE:EXTERNAL_ID."""
    from sym.commands._people_table import columns_of, rows_of, write_table

    with people() as place:
        found, accounts = place.list(state="active"), place.accounts()
    if output_file is None:
        columns = {name: name for name in columns_of(found, accounts)}
        show_rows(found if as_json else list(rows_of(found)), columns, as_json=as_json)
        return
    text = write_table(found, accounts, has_details=False)
    if output_file == "-":
        click.echo(text, nl=False)
        return
    with Path(output_file).open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    say(f"Wrote {len(found)} people to {output_file}.")


@click.command("update-identity")
@click.argument("email")
@_service_type
@_external_id
@click.option("--new-value", metavar="USER_ID", help="Who they are there.")
@json_option
def update_identity(
    email: str, service_type: str | None, external_id: str | None, new_value: str | None, as_json: bool
) -> None:
    """Say who EMAIL is in an account of a service, in place of what was known."""
    with people() as place:
        person = place.find(email)
        kind, account = _account(place.accounts, service_type, external_id)
        value = answer(new_value, "--new-value", f"User id in {kind}:{account}")
        given = {"service_type": kind, "external_id": account, "user_id": value}
        place.give(person["id"], given)
    if as_json:
        show_record(given, as_json=True)
    say(f"{email} is {clean(value)} in {clean(kind)}:{clean(account)}.")


@click.command("delete-identity")
@click.argument("email")
@_service_type
@_external_id
@yes_option
@json_option
def delete_identity(email: str, service_type: str | None, external_id: str | None, yes: bool, as_json: bool) -> None:
    """Forget who EMAIL is in an account of a service."""
    with people() as place:
        person = place.find(email)
        kind, account = _account(lambda: person["identities"], service_type, external_id)
        confirm(f"Forget who {email} is in {kind}:{account}?", given=yes)
        place.take(person["id"], kind, account)
    if as_json:
        show_record({"service_type": kind, "external_id": account}, as_json=True)
    say(f"Forgot who {email} is in {clean(kind)}:{clean(account)}.")


def _account(known: Any, service_type: str | None, external_id: str | None) -> tuple[str, str]:
    """The account that is meant; ``known`` gives those that are likely, which is asked for only if somebody is."""
    choices: Documents = known() if None in (service_type, external_id) and is_terminal() else []
    types = sorted({one["service_type"] for one in choices})
    kind = answer(service_type, "--service-type", "Type of service", types)
    ids = [one["external_id"] for one in choices if one["service_type"] == kind]
    return kind, answer(external_id, "--external-id", f"Account of {kind}", ids)


@click.command("update")
@click.option("-i", "--input-file", type=click.File("rb"), metavar="FILE",
              help="CSV as `list-identities -o` writes it; - reads it from standard input.")  # fmt: skip
@click.option("--missing", type=click.Choice(["keep", "delete"]),
              help="What becomes of people the file does not name; they are deleted, if you agree.")  # fmt: skip
@yes_option
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
def update(input_file: BinaryIO | None, missing: str | None, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Create, change and delete people and identities in bulk: a table, in the editor or from a file.

    A line is a person, by e-mail address in the column sym:cloud. A new line creates them, a changed cell gives them
    another identity, an empty one takes it from them, and whose line is gone is deleted. An account without a column
    stays as it is. There may be columns role, first_name and last_name, too. What changes is shown first; all of it
    happens, or nothing. Where there is no terminal to ask at, a file is taken at its word, unless it leaves people out.
    """
    from sym.commands._people_table import decoded, read_table

    with people() as place:
        if input_file is None:
            table, planned = _edited(place, missing)
        else:
            table = {"rows": read_table(decoded(input_file.read())), "missing": missing or "delete"}
            planned = place.arrange({**table, "dry_run": True})
            # Scripts name a file and mean it, as they always did. That it leaves people out may be a mistake.
            yes = yes or not is_terminal()
            if yes and not dry_run and missing is None and planned["missing"]:
                raise click.UsageError(
                    f"{len(planned['missing'])} people are not in the file, such as {clean(planned['missing'][0])}: "
                    "say what becomes of them with --missing delete or --missing keep."
                )
        _show(planned)
        if planned["changes"] and not dry_run:
            confirm("Do that?", given=yes)
            planned = place.arrange({**table, "plan": planned["plan"]})
            say("Done.")
    if as_json:
        show_record(planned, as_json=True)


def _edited(place: People, missing: str | None) -> tuple[Document, Document]:
    """The table as somebody leaves it in their editor, and what it changes. It is opened again while it has mistakes
    and they want to mend them."""
    from sym.commands._people_table import read_table, write_table
    from sym.errors import Invalid

    if not is_terminal():
        raise click.UsageError("Missing option '-i' / '--input-file': there is no terminal to edit the table on.")
    text = write_table(place.list(state="active"), place.accounts(), has_details=True)
    while True:
        text = click.edit(text, extension=".csv") or text
        try:
            table: Document = {"rows": read_table(text), "missing": missing or "delete"}
            return table, place.arrange({**table, "dry_run": True})
        except Invalid as error:
            say(clean(error.message))
            again("Edit it again?")


def _show(planned: Document) -> None:
    for change in planned["changes"]:
        say(clean(f"{_MARKS[change['action']]} {change['email']}"))
        for one in change["changes"]:
            say(clean(f"    {one['name']}: {one['before'] or '(none)'} -> {one['after'] or '(none)'}"))
    actions = [change["action"] for change in planned["changes"]]
    counts = [f"{actions.count(action)} {word}" for action, word in _WORDS.items() if action in actions]
    say(f"People: {', '.join(counts)}." if counts else "Nothing changes.")
