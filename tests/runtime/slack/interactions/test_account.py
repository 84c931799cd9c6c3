"""Who somebody is here."""

from __future__ import annotations

from tests.runtime.slack.interactions.town import Town


def test_people_are_told_who_they_are_and_nobody_else_is(slack: Town) -> None:
    assert slack.ada.command("/sym whoami", "#ops")
    said = slack.heard(slack.ada, "ada@acme.example", "#ops")
    assert "*Role*  admin" in said
    assert slack.ada.id in said
    assert slack.ben.ephemerals() == []


def test_whoever_is_new_joins_as_what_their_address_makes_them(slack: Town) -> None:
    assert slack.ben.command("/sym whoami", "#ops")
    assert "*Role*  member" in slack.heard(slack.ben, "ben@acme.example")
    assert slack.gil.command("/sym whoami", "#ops")
    assert "*Role*  guest" in slack.heard(slack.gil, "gil@elsewhere.example")
