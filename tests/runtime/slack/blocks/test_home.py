"""App Home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sym.slack.blocks import ids
from sym.slack.blocks.home import home
from tests.runtime.slack.blocks import documents
from tests.slack_rules import loose_marks, problems_of_view, texts

Golden = Callable[[str, Any], None]


@dataclass(frozen=True)
class Seen:
    """What somebody sees, as the engine gives it."""

    waiting: tuple[dict[str, Any], ...] = ()
    access: tuple[dict[str, Any], ...] = ()
    requests: tuple[dict[str, Any], ...] = ()
    cut: frozenset[str] = frozenset()
    may_request: bool = True


WAITING = documents.card("requested")
ACCESS = documents.card("granted")
OWN = documents.card("requested", actions=["deny"])


def made(seen: Any) -> dict[str, Any]:
    view = home(seen, documents.mention)
    assert problems_of_view(view) == []
    assert loose_marks(view) == []
    return view


def said(view: dict[str, Any]) -> str:
    return "\n".join(text["text"] for text in texts(view))


def actions(view: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [block["elements"] for block in view["blocks"] if block["type"] == "actions"]
    beside = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    return [(one["action_id"], one["text"]["text"]) for one in [*(one for row in rows for one in row), *beside]]


def test_home_is_what_it_was_when_somebody_looked_at_it(golden: Golden) -> None:
    over = documents.card("denied")
    golden("home", made(Seen(waiting=(WAITING,), access=(ACCESS,), requests=(OWN, over))))


def test_an_empty_home_says_so(golden: Golden) -> None:
    golden("home_empty", made(Seen()))


def test_everything_can_be_done_from_home() -> None:
    view = made(Seen(waiting=(WAITING,), access=(ACCESS,), requests=(OWN, documents.card("errored"))))
    assert actions(view) == [
        (ids.HOME_NEW, "New request"), (ids.HOME_APPROVE, "Approve"), (ids.HOME_DENY, "Deny"),
        (ids.HOME_END, "End access"), (ids.HOME_DENY, "Withdraw"), (ids.HOME_RETRY, "Retry"),
    ]  # fmt: skip


def test_what_waits_says_who_asks_and_why() -> None:
    text = said(made(Seen(waiting=(WAITING,))))
    assert "<@U0ALICE> asks for *Orders, read and write* for *1 hour*" in text
    assert "\n> The nightly import is stuck. I have to" in text


def test_people_without_an_id_in_slack_are_named() -> None:
    assert "Alice Ames asks for" in said(home(Seen(waiting=(WAITING,))))


def test_access_says_until_when() -> None:
    text = said(made(Seen(access=(ACCESS,))))
    assert "*Orders, read and write* for *1 hour*\n🔓 Access granted until <!date^1773504760^" in text


def test_guests_are_offered_no_request() -> None:
    assert ids.HOME_NEW not in dict(actions(made(Seen(may_request=False))))


def test_long_lists_fit_and_say_that_there_is_more() -> None:
    view = made(Seen(waiting=(WAITING,) * 60, access=(ACCESS,) * 60, requests=(OWN,) * 60))
    assert len(view["blocks"]) <= 100
    assert said(view).count("and 48 more") == 3
    assert "Waiting for you (12+)" in said(view)
    cut = said(made(Seen(waiting=(WAITING,) * 7, cut=frozenset({"waiting"}))))
    assert "Waiting for you (7+)" in cut
    assert "and more" in cut
