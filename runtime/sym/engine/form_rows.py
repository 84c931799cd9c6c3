"""Forms between their rows and what is done with them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sym.engine import form_fields
from sym.engine.form import Form, OfferedFlow
from sym.engine.form_fields import KeptField
from sym.engine.inbound import Accepted
from sym.errors import NotFound
from sym.store.database import Connection
from sym.store.forms import StoredForm, get_form, insert_form, keep_document
from sym.store.users import User

LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class KeptForm:
    """A form as it is now. ``revision`` counts its changes; ``row`` is what was read of it."""

    row: StoredForm
    flow: OfferedFlow
    fields: tuple[KeptField, ...]
    header: str | None = None
    channel: str | None = None
    revision: int = 0

    @property
    def accepted(self) -> Accepted | None:
        """What it was submitted as, None until then."""
        row = self.row
        return Accepted(row.run_id, row.event_id) if row.run_id and row.event_id else None

    def field(self, name: str) -> KeptField:
        """The field of this name. Raises NotFound."""
        for found in self.fields:
            if found.name == name:
                return found
        raise NotFound(f"The form has no field {name}.", code="FormAPI:NO_FIELD")

    def shown(self, problem: str | None = None) -> Form:
        """The form as surfaces show it."""
        fields = tuple(field.shown() for field in self.fields)
        return Form(id=self.row.id, flow=self.flow, fields=fields, header=self.header, problem=problem)

    def document(self) -> dict[str, Any]:
        """What its row keeps."""
        return {
            "flow": dataclasses.asdict(self.flow), "header": self.header, "channel": self.channel,
            "revision": self.revision, "fields": [form_fields.to_document(field) for field in self.fields],
        }  # fmt: skip


def add(conn: Connection, form: KeptForm) -> KeptForm:
    """Write a new form."""
    row = dataclasses.replace(form.row, document=form.document())
    insert_form(conn, row)
    return dataclasses.replace(form, row=row)


def load(conn: Connection, form_id: str, user: User, now: datetime) -> KeptForm:
    """The form. Raises NotFound if there is none of ``user``'s, or it has expired."""
    return _read(get_form(conn, form_id), user.id, now)


def update(conn: Connection, form: KeptForm, now: datetime) -> KeptForm | None:
    """Keep the form as its next revision; None if somebody else has done so since it was read, or it was submitted."""
    current = get_form(conn, form.row.id, lock=True)
    found = _read(current, form.row.user_id, now)
    if found.revision != form.revision or found.accepted is not None:
        return None
    changed = dataclasses.replace(form, revision=form.revision + 1)
    keep_document(conn, form.row.id, changed.document())
    return changed


def _read(row: StoredForm | None, user_id: str, now: datetime) -> KeptForm:
    if row is None or row.user_id != user_id or row.expires_at <= now:
        raise NotFound("This form is not open any more.", hint="Open it again.", code="FormAPI:NOT_FOUND")
    document = row.document
    return KeptForm(
        row=row, flow=OfferedFlow(**document["flow"]), header=document["header"], channel=document["channel"],
        revision=document["revision"],
        fields=tuple(form_fields.from_document(field) for field in document["fields"]),
    )  # fmt: skip
