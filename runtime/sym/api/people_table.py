"""Many people at once, as the API and ``symflow users update`` take them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sym.audit.events import Actor
from sym.engine.administration.people_table import DETAILS, PeopleTable, Row, carry_out, digest, require_seen
from sym.engine.queue import Queue
from sym.errors import Invalid
from sym.store.database import Connection

_STRICT = ConfigDict(extra="forbid", strict=True)


class CellBody(BaseModel):
    """Who somebody should be in an account; "" for nobody."""

    model_config = _STRICT

    service_type: str = Field(min_length=1, max_length=64, examples=["okta"])
    external_id: str = Field(min_length=1, max_length=512, examples=["acme.okta.com"])
    # As much as a service may say of somebody: what is there already is sent along unchanged.
    user_id: str = Field(max_length=65536, examples=["00u1a2b3"])


class RowBody(BaseModel):
    """A person by e-mail address, and what there should be; what is left out stays as it is. ``line`` is where mistakes
    are said to be."""

    model_config = _STRICT

    line: int | None = Field(default=None, ge=1, le=10_000_000, description="Left out: the row's number, from 1.")
    email: str = Field(max_length=65536, examples=["ann@acme.example"])
    role: str | None = Field(default=None, max_length=65536, examples=["member"])
    first_name: str | None = Field(default=None, max_length=65536)
    last_name: str | None = Field(default=None, max_length=65536)
    identities: list[CellBody] = Field(default_factory=list, max_length=1000)


class ImportBody(BaseModel):
    """Who there should be."""

    model_config = _STRICT

    rows: list[RowBody] = Field(max_length=100_000)
    missing: Literal["keep", "delete"] = Field(default="keep", description="What becomes of people no row names.")
    dry_run: bool = Field(default=False, description="Say what would change, and change nothing.")
    plan: str | None = Field(default=None, max_length=64, description="`plan` of a dry run: change that or nothing.")


class ValueBody(BaseModel):
    """One thing that changes: a role, a name, or an identity by `type:external_id`. "" is nothing."""

    name: str
    before: str
    after: str


class PersonChangeBody(BaseModel):
    """What changes about one person; `action` is create, update or delete."""

    action: str
    email: str
    changes: list[ValueBody]


class ImportedBody(BaseModel):
    """What has changed, or would: ``plan`` stands for it. ``missing`` are the people no row names."""

    applied: bool
    changes: list[PersonChangeBody]
    missing: list[str]
    plan: str


def import_people(conn: Connection, queue: Queue, body: ImportBody, *, actor: Actor, now: datetime) -> ImportedBody:
    """Make people as ``body`` says, all of it or nothing. Raises Invalid naming every mistake with its line and column,
    and Conflict if nobody would be an admin any more or the plan is another one."""
    rows = [_row(item, number) for number, item in enumerate(body.rows, 1)]
    table = PeopleTable(conn, rows, deletes_missing=body.missing == "delete")
    changes = table.plan()
    require_seen(changes, body.plan)
    if not body.dry_run:
        carry_out(conn, queue, changes, actor=actor, now=now)
    return ImportedBody(
        applied=not body.dry_run,
        changes=[PersonChangeBody(**change.document()) for change in changes],
        missing=table.missing(),
        plan=digest(changes),
    )


def _row(body: RowBody, number: int) -> Row:
    said = {name: text for name in DETAILS if (text := getattr(body, name)) is not None}
    identities = {(cell.service_type, cell.external_id): cell.user_id for cell in body.identities}
    if len(identities) < len(body.identities):
        raise Invalid("An account is in a row once.", path=f"rows.{number - 1}.identities", code="API:INVALID_REQUEST")
    return Row(line=body.line or number, email=body.email, details=said, identities=identities)
