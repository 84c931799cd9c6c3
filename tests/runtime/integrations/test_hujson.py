"""The editor of policy files: whatever the file looks like, only the one item comes or goes."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.integrations._hujson import HuJsonError, comments, items, with_item, without_item

PATH = ("groups", "group:a")
WHO = "requester@example.com"


def policy(listed: str) -> str:
    return f'{{\n  // The groups.\n  "groups": {{\n    "group:a": {listed},\n  }},\n}}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", f'["{WHO}"]'),
        ("[ ]", f'["{WHO}" ]'),
        ("[ // nobody\n    ]", f'["{WHO}" // nobody\n    ]'),
        ("[/* nobody */]", f'["{WHO}"/* nobody */]'),
        ('["a@b.c"]', f'["a@b.c", "{WHO}"]'),
        ('["a@b.c",]', f'["a@b.c", "{WHO}",]'),
        ('["a@b.c", "d@e.f"]', f'["a@b.c", "d@e.f", "{WHO}"]'),
        ('[ "a@b.c" /* a */ ]', f'[ "a@b.c", "{WHO}" /* a */ ]'),
        ('[\n      "a@b.c",\n    ]', f'[\n      "a@b.c",\n      "{WHO}",\n    ]'),
        ('[\n      "a@b.c"\n    ]', f'[\n      "a@b.c",\n      "{WHO}"\n    ]'),
        ('[\r\n\t"a@b.c",\r\n]', f'[\r\n\t"a@b.c",\r\n\t"{WHO}",\r\n]'),
        ('[\n      "a@b.c", // the boss\n    ]', f'[\n      "a@b.c", // the boss\n      "{WHO}",\n    ]'),
        ('[\n      "a@b.c" // the boss\n    ]', f'[\n      "a@b.c", // the boss\n      "{WHO}"\n    ]'),
        ('[\n      "a@b.c", /* x */ // y\n      // z\n    ]',
         f'[\n      "a@b.c", /* x */ // y\n      "{WHO}",\n      // z\n    ]'),
        ('[\n      "a@b.c"]', f'[\n      "a@b.c",\n      "{WHO}"]'),
        ('["a@b.c" // the boss\n    ]', f'["a@b.c", // the boss\n    "{WHO}"\n    ]'),
    ],
)  # fmt: skip
def test_an_item_is_added_in_the_style_of_the_list_and_taken_away_again(before: str, after: str) -> None:
    assert with_item(policy(before), PATH, WHO) == policy(after)
    assert items(without_item(policy(after), PATH, WHO), PATH) == items(policy(before), PATH)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'["{WHO}"]', "[]"),
        (f'["{WHO}", "a@b.c"]', '["a@b.c"]'),
        (f'["a@b.c", "{WHO}", "d@e.f"]', '["a@b.c", "d@e.f"]'),
        (f'["a@b.c", "{WHO}"]', '["a@b.c"]'),
        (f'["{WHO}", "a@b.c", "{WHO.upper()}"]', '["a@b.c"]'),
        (f'[\n      "a@b.c",\n      "{WHO}",\n    ]', '[\n      "a@b.c",\n    ]'),
        (f'[\n      "a@b.c",\n      "{WHO}"\n    ]', '[\n      "a@b.c"\n    ]'),
        (f'[\r\n\t"a@b.c",\r\n\t"{WHO}",\r\n]', '[\r\n\t"a@b.c",\r\n]'),
        (f'[\n      "{WHO}", // until May\n      "a@b.c",\n    ]', '[\n       // until May\n      "a@b.c",\n    ]'),
        (f'[\n      "a@b.c", // boss\n      "{WHO}"]', '[\n      "a@b.c" // boss\n      ]'),
        (f'["a@b.c", /* x */ "{WHO}" /* y */]', '["a@b.c" /* x */ /* y */]'),
        (f'["{WHO}" /* x */ , "a@b.c"]', '[/* x */  "a@b.c"]'),
    ],
)
def test_an_item_is_taken_away_and_nothing_else(before: str, after: str) -> None:
    assert without_item(policy(before), PATH, WHO) == policy(after)


def test_what_is_there_is_not_added_and_what_is_not_there_changes_nothing() -> None:
    text = policy(f'["{WHO.upper()}"]')
    assert with_item(text, PATH, WHO) == text
    assert without_item(text, PATH, "other@example.com") == text


def test_a_list_that_is_not_there_is_none() -> None:
    assert items("{}", PATH) is None
    assert items('{"groups": {}}', PATH) is None
    for change in (with_item, without_item):
        with pytest.raises(HuJsonError, match=r"There is no groups\.group:a"):
            change("{}", PATH, WHO)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: a value is needed"),
        ("[] []", "line 1: something follows the end"),
        ('{\n"groups": {"group:a": {}}}', "line 2: groups.group:a is no list"),
        ('{"groups": []}', "line 1: what should have group:a is no object"),
        ('{"groups": {},\n"groups": {}}', "line 2: groups is there twice"),
        ('{"groups": {"group:a": [], "group:a": []}}', "line 1: group:a is there twice"),
        ("{\n'groups': {}}", "line 2: a key is needed"),
        ('{"groups" {}}', "line 1: a colon is needed"),
        ('{"groups": {} "hosts": {}}', "line 1: a comma or } is needed"),
        ('{"groups": {,}}', "line 1: a key is needed"),
        ('{"groups": {} /* open', "line 1: a comma or } is needed"),
        ('{"groups": "a\nb"}', "line 1: a value is needed"),
        ('{"groups": "a\\x"}', "line 1: a value is needed"),
        ("[" * 200, "line 1: it is too deep"),
        ("[01]", "line 1: a comma or ] is needed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(HuJsonError, match=re.escape(said)):
        with_item(text, PATH, WHO)


def test_what_looks_like_a_comment_in_a_text_is_none() -> None:
    text = '{"groups": {"group:a": ["http://x", "/* y */"]}, "hosts": {"//": "a\\"//b"}} // end'
    assert items(text, PATH) == ["http://x", "/* y */"]
    assert comments(text) == ["// end"]
    assert without_item(with_item(text, PATH, WHO), PATH, WHO) == text


BLANKS = st.text(" \t\n", max_size=3)
COMMENTS = st.one_of(
    st.text("ab*, []\"'{}", max_size=6).map(lambda text: "/*" + text.replace("*/", "") + " */"),
    st.text("ab*/, []\"'{}", max_size=6).map(lambda text: f"//{text}\n"),
)
TRIVIA = st.lists(st.one_of(BLANKS, COMMENTS), max_size=3).map("".join)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
QUOTED = NAMES.map(json.dumps)


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[str] = QUOTED) -> str:
    several: list[str] = draw(st.lists(values, max_size=4))
    parts = [draw(TRIVIA) + item + draw(TRIVIA) for item in several]
    has_last: bool = draw(st.booleans())
    return "[" + ",".join(parts) + ("," if parts and has_last else "") + draw(TRIVIA) + "]"


@st.composite
def policies(draw: st.DrawFn, listed: st.SearchStrategy[str] = arrays()) -> str:  # noqa: B008
    def trivia() -> str:
        return draw(TRIVIA)

    others = st.one_of(arrays(), QUOTED, st.sampled_from(["1", "-2.5e3", "true", "null", "{}"]))
    members = [f'"k{number}"{trivia()}:{trivia()}{value}{trivia()}'
               for number, value in enumerate(draw(st.lists(others, max_size=2)))]  # fmt: skip
    group = f'"group:a"{trivia()}:{trivia()}{draw(listed)}{trivia()}'
    members.insert(draw(st.integers(0, len(members))), f'"groups"{trivia()}:{trivia()}{{{trivia()}{group}}}{trivia()}')
    comma = "," if draw(st.booleans()) else ""
    return f"{trivia()}{{{trivia()}{','.join(trivia() + member for member in members)}{comma}{trivia()}}}{trivia()}"


def strict(text: str) -> Any:
    """Read by other means: comments and last commas blanked out, then as JSON."""
    pieces = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
    bare = pieces.sub(lambda found: found[1] or " ", text)
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|,(\s*[\]}])', lambda found: found[1] or found[2], bare)
    return json.loads(bare)


@given(policies(), NAMES)
def test_adding_adds_one_item_at_the_end_and_keeps_everything_else(text: str, item: str) -> None:
    before = strict(text)
    listed = before["groups"]["group:a"]
    changed = with_item(text, PATH, item)
    if item.lower() in [value.lower() for value in listed]:
        assert changed == text
        return
    before["groups"]["group:a"] = [*listed, item]
    assert strict(changed) == before
    assert comments(changed) == comments(text)
    assert items(changed, PATH) == [*listed, item]
    again = without_item(changed, PATH, item)
    assert strict(again)["groups"]["group:a"] == listed
    assert comments(again) == comments(text)


SOME = arrays(st.sampled_from(['"a"', '"A"', '"b"', '"\\u0061"']))


@given(policies(SOME))
def test_removing_removes_all_of_one_item_and_keeps_everything_else(text: str) -> None:
    before = strict(text)
    left = [value for value in before["groups"]["group:a"] if value.lower() != "a"]
    changed = without_item(text, PATH, "a")
    before["groups"]["group:a"] = left
    assert strict(changed) == before
    assert comments(changed) == comments(text)
    if left == strict(text)["groups"]["group:a"]:
        assert changed == text


@given(st.text('{}[],:"/*\\\n ab1', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    found: list[str] | None = None
    with contextlib.suppress(HuJsonError):
        found = items(text, PATH)
    assert found is None or isinstance(found, list)
