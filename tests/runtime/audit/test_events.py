from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from sym.audit import administration, classification, events
from sym.audit.entry import Actor, AuditEvent, EventView, RunEvent, RunView

VOCABULARY = events.vocabulary()
ADA = Actor("1", "ada")


def _make(cls: type[AuditEvent], now: datetime) -> AuditEvent:
    details: dict[str, Any] = {"actor": ADA, "run_id": "r1"}
    if issubclass(cls, RunEvent):
        view = EventView(id="e", srn="s", type="approve", template="t", timestamp=now, channel="slack")
        details |= {"run": RunView(srn="r", flow="f"), "event": view, "fields": {"a": 1}, "errors": ("bad",)}
    elif issubclass(cls, events.ResourceEvent):
        details |= {"resource": "flow", "type": "", "slug": "f", "id": "1", "version": 2, "document_hash": "h"}
    elif issubclass(cls, administration.Administered):
        details["details"] = {"id": "1"}
    else:
        details |= {"action": "approve", "code": "X", "message": "no"}
    return cls(**details)


def test_the_vocabulary_is_this() -> None:
    assert sorted(VOCABULARY) == [
        "action.refused", "audit.exported", "audit.pruned", "bot.created", "domain.added", "domain.removed",
        "effect.repeated", "event.failed", "event.ignored", "event.overridden", "identity.deleted",
        "identity.saved", "key.retired", "key.rotated", "lease.preexisted", "lease.recovered", "lease.removed_manually",
        "lease.restored", "lease.stuck", "message.failed", "organization.created", "recovery.ended",
        "recovery.entered", "resource.created", "resource.deleted", "resource.updated", "run.approved",
        "run.deescalated", "run.denied", "run.escalated", "run.expired", "run.extended", "run.forwarded",
        "run.ignored", "run.requested", "run.retried", "service.deleted", "service.updated",
        "slack.workspace_linked", "slack.workspace_unlinked", "token.flagged", "token.issued", "token.revoked",
        "trust.added", "trust.removed", "user.created", "user.deactivated", "user.erased", "user.offboarded",
        "user.reactivated", "user.renamed", "user.role_changed",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_every_event_has_a_name_a_reason_and_a_known_shape(name: str, now: datetime) -> None:
    cls = VOCABULARY[name]
    assert re.fullmatch(r"[a-z]+\.[a-z_]+(ed|en|uck)(_manually)?", name)
    assert cls.__doc__
    assert not cls.__doc__.startswith(cls.__name__ + "(")
    document = _make(cls, now).document("entry", now)
    assert set(document) == {"id", "meta", "state", "run", "event", "actor", "fields", "type"}
    assert document["id"] == "entry"
    assert document["meta"] == {"schema_version": 7}
    assert document["state"]["status"] in ("completed", "errored", "ignored", "refused")
    assert set(document["event"]) == {"id", "srn", "type", "template", "timestamp", "channel"}
    assert document["type"] in classification.PUBLIC
    assert (document["run"] is None) == (document["type"] != "event")
    if document["run"] is None:
        assert document["event"]["type"] == name
    classification.split(document)


def test_statuses_say_how_it_went(now: datetime) -> None:
    wanted = {
        "run.approved": "completed",
        "run.denied": "completed",
        "run.ignored": "ignored",
        "event.ignored": "ignored",
        "event.failed": "errored",
        "lease.stuck": "errored",
        "action.refused": "refused",
        "resource.created": "completed",
    }
    found = {name: _make(VOCABULARY[name], now).document("e", now)["state"]["status"] for name in wanted}
    assert found == wanted


def test_a_run_event_holds_its_fields_and_errors(now: datetime) -> None:
    document = _make(events.EventFailed, now).document("e", now)
    assert document["fields"] == {"a": 1}
    assert document["state"]["errors"] == ["bad"]
    assert document["event"]["type"] == "approve"


def test_a_refusal_says_what_was_refused_and_why(now: datetime) -> None:
    document = _make(events.ActionRefused, now).document("e", now)
    assert document["state"]["errors"] == ["no"]
    assert document["fields"] == {"action": "approve", "code": "X", "details": {}, "run": "r1"}
