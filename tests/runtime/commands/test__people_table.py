"""The table of people as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.commands._people_table import decoded, escaped, plain, read_table, write_table
from sym.errors import Invalid

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TRICKY = st.text("=+-@'\t\r\n,;\" ab\x85\u2028\ufeff", max_size=6)
VALUES = st.one_of(ANY, TRICKY)
ACCOUNTS = st.tuples(st.sampled_from(["okta", "aws_sso", "custom"]), VALUES.filter(bool))


@st.composite
def people(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(st.from_regex(r"[a-z=+'-][a-z+=.;,]{0,4}@[a-z]{1,3}", fullmatch=True), unique=True))
    found = []
    for email in names:
        identities = draw(st.dictionaries(ACCOUNTS, VALUES.filter(bool), max_size=3))
        found.append({
            "email": email, "username": email, "role": draw(st.sampled_from(["admin", "member", "guest"])),
            "first_name": draw(st.one_of(st.none(), VALUES)), "last_name": draw(st.one_of(st.none(), VALUES)),
            "identities": [{"service_type": kind, "external_id": account, "user_id": value}
                           for (kind, account), value in identities.items()],
        })  # fmt: skip
    return found


@given(people(), st.booleans(), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_what_is_written_is_read_back(known: list[dict[str, Any]], has_details: bool, mark: bytes) -> None:
    text = write_table(known, [{"service_type": "slack", "external_id": "T1"}], has_details=has_details)
    rows = read_table(decoded(mark + text.encode()))
    assert [row["email"] for row in rows] == [person["email"] for person in known]
    for row, person in zip(rows, known, strict=True):
        said = {(cell["service_type"], cell["external_id"]): cell["user_id"] for cell in row["identities"]}
        assert said.pop(("slack", "T1")) == ""
        own = {(cell["service_type"], cell["external_id"]): cell["user_id"] for cell in person["identities"]}
        assert {key: value for key, value in said.items() if value} == own
        assert ("role" in row) is has_details
        if has_details:
            assert (row["role"], row["first_name"], row["last_name"]) == (
                person["role"], person["first_name"] or "", person["last_name"] or "",
            )  # fmt: skip


@given(people())
def test_no_cell_is_a_formula(known: list[dict[str, Any]]) -> None:
    text = write_table(known, [], has_details=True)
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n"))] == []


@given(VALUES, VALUES)
def test_an_escaped_text_is_itself_again_and_no_other(one: str, other: str) -> None:
    assert plain(escaped(one)) == one
    assert (escaped(one) == escaped(other)) is (one == other)


def test_what_people_write_is_left_alone() -> None:
    for text in ("'tis", "O'Neil", "'", "a=b", "00u1", ""):
        assert escaped(text) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_every_country_will_do(delimiter: str) -> None:
    text = f'"sym:cloud"{delimiter}okta:a{delimiter}role\r\nann@x{delimiter}\'=1{delimiter}guest\r\n\r\n'
    assert read_table(text) == [
        {"line": 2, "email": "ann@x", "role": "guest",
         "identities": [{"service_type": "okta", "external_id": "a", "user_id": "=1"}]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1: there is no column sym:cloud"),
        ("email\nann@x\n", "line 1: there is no column sym:cloud"),
        ("sym:cloud,name\n", "line 1, column name: write type:external_id"),
        ("sym:cloud,okta:\n", "line 1, column okta:: write"),
        ("sym:cloud,okta:a,okta:a\n", "line 1, column okta:a: it is there more than once"),
        ("sym:cloud,okta:a\nann@x\n", "line 2: it has 1 cells, and the first line 2"),
        ("sym:cloud,okta:a\n\n\n ,b\n", "line 4, column sym:cloud: the e-mail address is missing"),
        ('sym:cloud,okta:a\nann@x,"a\nb"\nbob@x\n', "line 4: it has 1 cells"),
        ('sym:cloud\nann@x\n"bob"x\n', "line 3: "),
        ('sym:cloud\n"bob\n', "line 2: "),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(text)
    assert f"Nothing was changed. {place}" in caught.value.message


def test_a_file_that_is_not_text_is_refused() -> None:
    with pytest.raises(Invalid, match="line 2: it is not UTF-8"):
        decoded(b"sym:cloud\n\xff\n")
