"""Forms as rows."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.store.database import Store
from sym.store.forms import StoredForm, claim_form, get_form, insert_form, keep_document, purge_forms
from sym.store.organizations import create_organization
from sym.store.users import create_user


@pytest.fixture
def form(store: Store, now: datetime) -> StoredForm:
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
        user = create_user(conn, username="ada@acme.example", email="ada@acme.example", type="normal", role="member",
                           actor=Actor.SYSTEM, now=now)  # fmt: skip
        made = StoredForm(id=str(uuid.uuid4()), user_id=user.id, flow_id=str(uuid.uuid4()), flow_version=3,
                          source="slack", document={"a": [1, None]}, created_at=now,
                          expires_at=now + timedelta(hours=1))  # fmt: skip
        insert_form(conn, made)
    return made


def test_a_form_is_read_as_it_was_written_and_changed(store: Store, form: StoredForm) -> None:
    with store.transaction() as conn:
        assert get_form(conn, form.id, lock=True) == form
        assert get_form(conn, str(uuid.uuid4())) is None
        keep_document(conn, form.id, {"b": "é"})
    with store.reading() as conn:
        assert get_form(conn, form.id) == dataclasses.replace(form, document={"b": "é"})


def test_a_form_is_claimed_once(store: Store, form: StoredForm) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    with store.transaction() as conn:
        assert claim_form(conn, form, run_id=first, event_id=second) is not None
    with store.transaction() as conn:
        assert claim_form(conn, form, run_id=second, event_id=first) is None
        kept = get_form(conn, form.id)
    assert kept is not None
    assert (kept.run_id, kept.event_id) == (first, second)


def test_only_expired_forms_are_forgotten(store: Store, form: StoredForm) -> None:
    with store.transaction() as conn:
        assert purge_forms(conn, before=form.expires_at) == 0
        assert purge_forms(conn, before=form.expires_at + timedelta(seconds=1)) == 1
        assert get_form(conn, form.id) is None
