"""What is offered is asked for once while somebody types."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sym.engine.form import OfferedFlow
from sym.slack.interactions.offers import KEPT, Offers

FLOW = OfferedFlow(id="f", slug="flow", label="Flow", environment="prod", environment_label="Prod")


class Forms:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def offered(self, user: Any, *, now: datetime, source: str = "slack") -> list[OfferedFlow]:
        self.asked += 1
        return [FLOW]


def test_what_was_offered_is_remembered_for_a_while_and_per_person(now: datetime) -> None:
    forms = Forms()
    offers = Offers(forms)
    ada, ben = SimpleNamespace(id="ada"), SimpleNamespace(id="ben")
    assert offers.ask(ada, now) == [FLOW]
    assert offers.recent(ada, now + KEPT - timedelta(seconds=1)) == [FLOW]
    assert forms.asked == 1
    offers.recent(ben, now)
    offers.recent(ada, now + KEPT)
    assert forms.asked == 3


def test_what_is_asked_for_is_asked_anew(now: datetime) -> None:
    forms = Forms()
    offers, ada = Offers(forms), SimpleNamespace(id="ada")
    offers.ask(ada, now)
    offers.ask(ada, now)
    assert forms.asked == 2
