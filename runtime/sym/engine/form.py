"""A request's form, as surfaces show it: plain values, no author code. :mod:`sym.engine.forms` makes and changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class OfferedFlow:
    """A flow somebody may ask for. ``environment`` is its environment's slug, ``environment_label`` what people call
    it."""

    id: str
    slug: str
    label: str
    environment: str
    environment_label: str


@dataclass(frozen=True)
class Option:
    """One entry of a list to choose from: what the field will hold, and what people see."""

    value: Any
    label: str


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field, in its place.

    ``type`` is that of ``prompt_field`` in Terraform; the target's field is called ``target_id`` and has the type
    ``target``, its options are the targets' ids. ``options`` is empty for what is typed freely. ``value`` is filled in
    already: of the field's type, ``None`` for nothing; seconds for a duration, Slack ids for ``slack_user`` fields.
    ``is_prefetched``: a list that may be long and is searched by typing. ``has_on_change``: the form changes with it.
    """

    name: str
    type: str
    label: str
    required: bool = True
    visible: bool = True
    value: Any = None
    options: tuple[Option, ...] = ()
    is_prefetched: bool = False
    has_on_change: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form of one request somebody is about to make. ``id`` is that of its row: whoever has it can go on with it
    on any server, until it expires.

    ``header`` is the flow's ``additional_header_text`` (Slack's markdown), which an ``on_change`` may have changed;
    ``problem`` what to tell the person when an ``on_change`` failed and the form stayed as it was.
    """

    id: str
    flow: OfferedFlow
    fields: tuple[FormField, ...] = field(default=())
    header: str | None = None
    problem: str | None = None
