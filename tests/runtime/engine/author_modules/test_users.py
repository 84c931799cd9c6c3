"""``sym.sdk.integrations.sym``, used by real author code through the worker."""

from __future__ import annotations

from typing import Any

import pytest

from sym.audit.events import Actor
from sym.store.audit import entries
from sym.store.domains import add_domain
from sym.store.users import find_user

CODE = """
from sym.sdk.integrations import sym
from sym.sdk.exceptions import SymException

@hook
def on_request(event):
    {body}
"""


def denied(engine: Any, body: str) -> dict[str, Any]:
    engine.flow(CODE.format(body=body), access=False)
    run_id = engine.requested()
    assert [event.error for event in engine.events(run_id)] == [None, None]
    fields: dict[str, Any] = engine.named(run_id, "deny").fields
    return fields


@pytest.mark.parametrize(("domain", "role"), [("acme.example", "member"), ("other.example", "guest")])
def test_a_user_is_found_or_made_as_their_domain_says_and_recorded(engine: Any, domain: str, role: str) -> None:
    with engine.store.transaction() as conn:
        add_domain(conn, domain, actor=Actor.SYSTEM, now=engine.clock.now)
    found = denied(engine, """
    ada = sym.get_or_create_user_by_email("ADA@acme.example ")
    new = sym.get_or_create_user_by_email("new@acme.example")
    again = sym.get_or_create_user_by_email("new@acme.example")
    return ApprovalTemplate.deny(known=str(ada.id), role=new.role.value, same=new.id == again.id)
""")  # fmt: skip
    assert (found["known"], found["role"], found["same"]) == (engine.users["ada"].id, role, True)
    with engine.store.reading() as conn:
        made = find_user(conn, email="new@acme.example")
        created = [entry for entry in entries(conn) if entry["name"] == "user.created"]
    assert made is not None
    assert created[-1]["actor"]["username"] == "system"


def test_of_several_those_that_cannot_be_are_left_out_or_raised(engine: Any) -> None:
    found = denied(engine, """
    emails = ["ada@acme.example", "no address", "new@acme.example", "@x"]
    users = sym.get_or_create_users_by_emails(emails)
    try:
        sym.get_or_create_users_by_emails(emails, raise_on_error=True)
    except SymException as error:
        return ApprovalTemplate.deny(names=[user.username for user in users], code=error.error_code, why=str(error))
""")  # fmt: skip
    assert found["names"] == ["ada@acme.example", "new@acme.example"]
    assert found["code"] == "SymIntegration:USER_PROCESSING_ERROR"
    assert found["why"] == "'no address' cannot have a user: that is no e-mail address."


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_there_is_an_end_to_how_many_are_asked_for(engine: Any) -> None:
    found = denied(engine, """
    try:
        sym.get_or_create_users_by_emails([f"u{number}@acme.example" for number in range(201)])
    except SymException as error:
        return ApprovalTemplate.deny(why=str(error))
""")  # fmt: skip
    assert "At most 200" in found["why"]
