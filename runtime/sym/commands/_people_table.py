"""The table of people as CSV: written for spreadsheets, and read back as it was.

The first column, ``sym:cloud``, is the e-mail address; every other one is an account people have identities in,
``type:external_id``. Beside them ``role``, ``first_name`` and ``last_name`` may be columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from sym.errors import Invalid

OWN = "sym:cloud"
DETAILS = ("role", "first_name", "last_name")
Document = dict[str, Any]

# What makes a spreadsheet take a cell for a formula, or a line for two.
_DANGEROUS = tuple("=+-@\t\r\n")
_QUOTE = "'"


def escaped(text: str) -> str:
    """``text`` as a cell no spreadsheet takes for a formula."""
    needs_it = text.startswith(_DANGEROUS) or (text[:1] == _QUOTE and text[1:].startswith((_QUOTE, *_DANGEROUS)))
    return _QUOTE + text if needs_it else text


def plain(cell: str) -> str:
    """The text that :func:`escaped` has made the cell of."""
    return cell[1:] if cell[:1] == _QUOTE and cell[1:].startswith((_QUOTE, *_DANGEROUS)) else cell


def columns_of(people: Sequence[Document], accounts: Sequence[Document]) -> list[str]:
    """The columns of the accounts there are, after that of the e-mail address."""
    identities = (identity for person in people for identity in person["identities"])
    return [OWN, *sorted({_name(item) for item in (*accounts, *identities)})]


def rows_of(people: Sequence[Document]) -> Iterator[Document]:
    """A person's cells by column."""
    for person in people:
        details = {name: person[name] or "" for name in DETAILS}
        identities = {_name(item): item["user_id"] for item in person["identities"]}
        yield {OWN: person["email"] or person["username"], **details, **identities}


def write_table(people: Sequence[Document], accounts: Sequence[Document], *, has_details: bool) -> str:
    """The table of ``people``, as the API shows them, with a column for each account of ``accounts`` too."""
    own, *others = columns_of(people, accounts)
    columns = [own, *(DETAILS if has_details else ()), *others]
    return _line(columns) + "".join(_line([row.get(name, "") for name in columns]) for row in rows_of(people))


def _name(item: Document) -> str:
    return f"{item['service_type']}:{item['external_id']}"


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO(newline="")
    # With that end, a cell that holds either letter of it is quoted.
    csv.writer(written, lineterminator="\r\n").writerow([escaped(cell) for cell in cells])
    return written.getvalue().removesuffix("\r\n") + "\n"


def decoded(raw: bytes) -> str:
    """The text of a file. Raises Invalid."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _wrong([f"line {line}: it is not UTF-8"], "Save it as CSV in UTF-8.") from None


def read_table(text: str) -> list[Document]:
    """The rows of the table, as ``POST /users/import`` takes them. Raises Invalid, naming line and column."""
    lines = _records(text)
    _, header = next(lines, (1, []))
    _check(header)
    rows, problems = [], []
    for line, cells in lines:
        if len(cells) != len(header):
            problems.append(f"line {line}: it has {len(cells)} cells, and the first line {len(header)}")
        elif not cells[header.index(OWN)].strip():
            problems.append(f"line {line}, column {OWN}: the e-mail address is missing")
        else:
            rows.append(_row(line, dict(zip(header, cells, strict=True))))
    if problems:
        raise _wrong(problems)
    return rows


def _row(line: int, cells: Document) -> Document:
    details = {name: cells.pop(name) for name in DETAILS if name in cells}
    email = cells.pop(OWN).strip()
    identities = []
    for name, text in cells.items():
        service_type, _, external_id = name.partition(":")
        identities.append({"service_type": service_type, "external_id": external_id, "user_id": text})
    return {"line": line, "email": email, **details, "identities": identities}


def _check(header: Sequence[str]) -> None:
    problems = []
    if OWN not in header:
        problems.append(f"line 1: there is no column {OWN}, which has the e-mail addresses")
    for name in header:
        service_type, _, external_id = name.partition(":")
        if name not in (OWN, *DETAILS) and not (service_type and external_id):
            known = ", ".join((OWN, *DETAILS))
            problems.append(f"line 1, column {name}: write type:external_id, or one of {known}")
        if header.count(name) > 1:
            problems.append(f"line 1, column {name}: it is there more than once")
    if problems:
        raise _wrong(list(dict.fromkeys(problems)))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty: where each begins, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, [plain(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise _wrong([f"line {line}: {error}"], "A cell with quotes in it is quoted, and they are doubled.") from None


def _delimiter(text: str) -> str:
    """A comma; some countries' spreadsheets write another one."""
    first = text.partition("\n")[0].rstrip("\r")
    return next((one for one in ",;\t" if OWN in [cell.strip('"') for cell in first.split(one)]), ",")


def _wrong(problems: Sequence[str], hint: str = "") -> Invalid:
    return Invalid(f"Nothing was changed. {'; '.join(problems)}.", hint=hint, code="UserAPI:INVALID_TABLE")
