"""Text for Slack: escaped, cut without breaking anything, never empty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sym.slack.blocks.text import (
    NOTHING,
    duration,
    escape,
    is_slack_id,
    marked,
    moment,
    named,
    plain,
    quoted,
    shortened,
    size,
    slack_user,
    who,
)
from tests.runtime.slack.blocks.documents import ALICE
from tests.slack_rules import loose_marks

# Much of what people write is of these, and of what could be mistaken for marks.
WRITTEN = st.one_of(
    st.text(),
    st.text(alphabet="<>&@!|*_`~ \n\r\tab😀\u202e\u2028:/.", max_size=60),
    st.sampled_from(
        ["<!channel>", "<@U0BOB>", "https://a.example/?a=1&b=<2>", "&amp;", "x" * 5000, "😀" * 2000, "\ud800"]
    ),
)


def test_what_slack_reads_as_marks_is_escaped() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_what_cannot_be_seen_is_dropped() -> None:
    assert escape("a\x00b\u202ec\u2066d\x1b[0m\te") == "abcd[0m e"
    assert plain("\ud800", 10) == "\ufffd"


def test_one_line_is_made_of_several() -> None:
    assert marked(" a\r\nb\u2028c\n\n", 100) == "a b c"
    assert plain(" a\nb ", 100) == "a b"


def test_nothing_is_shown_as_a_dash() -> None:
    assert {plain("", 5), marked(" \n", 5), plain("\u202e", 5)} == {NOTHING}
    assert quoted("  ", 20) == f"> {NOTHING}"


def test_a_quotation_keeps_its_lines() -> None:
    assert quoted("a\n\n\n\nb > c\r\n", 100) == "> a\n> \n> b &gt; c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://a.example/x?b=1&c=2.", "see <https://a.example/x?b=1&amp;c=2>."),
        ("(http://a.example/b)", "(<http://a.example/b>)"),
        ("https://a.example/|acme.example", "<https://a.example/>|acme.example"),
        ("<https://a.example>", "&lt;<https://a.example>&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https://", "https://"),
    ],
)
def test_web_addresses_can_be_followed_and_show_where_they_lead(text: str, shown: str) -> None:
    assert marked(text, 200) == shown


def test_text_is_cut_before_what_does_not_fit() -> None:
    assert marked("a&b", 7) == "a&amp;b"
    assert marked("a&bc", 7) == "a&amp;…"
    assert marked("a&bc", 6) == "a…"
    assert plain("abcdef", 4) == "abc…"
    assert marked("https://a.example/long", 12) == "https://a.e…"


@pytest.mark.parametrize(
    ("mrkdwn", "limit", "cut"),
    [
        ("<@U123456> asks", 8, "…"),
        ("hello <@U123456>", 12, "hello…"),
        ("a &amp; b", 5, "a…"),
        ("a &amp; b", 9, "a &amp; b"),
        ("AT&amp;T and so on", 10, "AT&amp;T…"),
    ],
)
def test_ready_mrkdwn_is_cut_before_marks_and_entities(mrkdwn: str, limit: int, cut: str) -> None:
    assert shortened(mrkdwn, limit) == cut


@settings(deadline=None)
@given(WRITTEN, st.integers(10, 200))
def test_whatever_is_written_fits_and_marks_nothing(text: str, limit: int) -> None:
    for made in (marked(text, limit), quoted(text, limit), shortened(marked(text, 300), limit)):
        assert 0 < size(made) <= limit
        assert made.strip()
        assert loose_marks({"text": made}) == []
    assert 0 < size(plain(text, limit)) <= limit
    assert "\n" not in marked(text, limit) + plain(text, limit)
    assert all(line.startswith("> ") for line in quoted(text, limit).split("\n"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "30 seconds"), (60, "1 minute"), (3600, "1 hour"), (5400, "90 minutes"),
     (90, "90 seconds"), (3601, "1 hour 1 second"), (86_400, "1 day"),
     (30 * 86_400, "30 days"), (90_061, "1 day 1 hour 1 minute 1 second"), (0, "0"), (None, NOTHING), ("x", "x")],
)  # fmt: skip
def test_durations_are_said_in_words(seconds: object, words: str) -> None:
    assert duration(seconds) == words


def test_moments_are_shown_in_the_readers_time_with_utc_to_fall_back_on() -> None:
    shown = "<!date^1773500966^{date_short_pretty} at {time}|14 Mar 2026, 15:09 UTC>"
    at = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
    assert {moment(at), moment(at.isoformat()), moment(at.astimezone(timezone(timedelta(hours=5))))} == {shown}
    assert moment("2026-03-14T15:09:26") == shown
    assert moment(None) is None
    assert moment("<soon>") == "&lt;soon&gt;"


def test_people_are_mentioned_or_named() -> None:
    assert named(ALICE) == "Alice Ames"
    assert named({"name": "", "username": "<bot>"}) == "&lt;bot&gt;"
    assert who(None, named) == "somebody"
    assert slack_user({"$type": "slack_user", "user_id": "U1A", "username": None}) == "<@U1A>"
    assert slack_user("W1A") == "<@W1A>"
    assert slack_user("!channel") == "!channel"
    assert not is_slack_id("U1\n")
