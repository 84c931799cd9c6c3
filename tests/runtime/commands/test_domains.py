"""``symflow domains``."""

from __future__ import annotations

import json

import pytest

from tests.runtime.commands.conftest import Symflow


def test_the_admins_domain_is_the_primary_one(symflow: Symflow) -> None:
    assert symflow("domains", "list").stdout == "Domains:\n- acme.example\n"
    (listed,) = json.loads(symflow("domains", "list", "--json").stdout)
    assert (listed["domain"], listed["primary"]) == ("acme.example", True)


@pytest.mark.parametrize("email", ["me@gmail.com", "root@localhost"])
def test_a_domain_that_is_open_to_anybody_is_not(bare: Symflow, email: str) -> None:
    said = bare("init-org", "acme", "--admin", email).stderr
    assert email.partition("@")[2] in said
    assert bare("domains", "list").stdout == "Domains:\n"


def test_domains_are_added_and_removed(anywhere: Symflow) -> None:
    assert anywhere("domains", "add", "Example.org").stdout == "Example.org successfully added as a domain.\n"
    assert anywhere("domains", "list").stdout == "Domains:\n- acme.example\n- example.org\n"
    assert "already" in anywhere("domains", "add", "example.org", code=1).stderr
    assert anywhere("domains", "remove", "example.org").stdout == "example.org successfully removed as a domain.\n"
    assert "domains list" in anywhere("domains", "remove", "example.org", code=4).stderr
    assert anywhere("domains", "list").stdout == "Domains:\n- acme.example\n"


def test_what_is_no_domain_is_refused(anywhere: Symflow) -> None:
    assert "is not a domain" in anywhere("domains", "add", "a@b.example", code=1).stderr
    anywhere("domains", "add", code=2)


def test_without_an_organization_there_is_nothing_to_add_to(bare: Symflow) -> None:
    assert "init-org" in bare("domains", "add", "acme.example", code=1).stderr
