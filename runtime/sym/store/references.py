"""What refers to what: declared references must exist, and whatever is mentioned cannot be deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.errors import Invalid
from sym.resources import resource
from sym.sdk.schema import Field, leaves
from sym.store.tables import reference as reference_table
from sym.store.tables import resource as resource_table

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def check_references(conn: Connection, name: str, document: Mapping[str, Any]) -> None:
    """Raises Invalid naming the place if an attribute that must hold a resource's id holds something else.

    Until this transaction ends, nobody can delete what the document refers to.
    """
    declared = list(_declared(name, document))
    kinds = _lock(conn, {value for _, _, value in declared})
    for path, wanted, value in declared:
        found = kinds.get(value)
        if found is None:
            raise Invalid(f"There is no sym_{wanted} with the id {value!r}.", hint="Refer to it by its id.", path=path)
        if found != wanted:
            raise Invalid(f"The id {value!r} is that of a sym_{found}, not of a sym_{wanted}.", path=path)


def _declared(name: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, field, value in leaves(resource(name), document):
        if field.declaration.references:
            for place, text in _texts(path, value):
                # An empty text stands for no value, where there may be none.
                if text or field.required:
                    yield place, field.declaration.references, text


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in an attribute's value with its path: ``targets[0]``, ``integrations["slack_id"]``."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(f"{path}[{index}]", item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(f"{path}[{json.dumps(key, ensure_ascii=False)}]", item)


def _lock(conn: Connection, ids: set[str]) -> dict[str, str]:
    """Which of the ids are resources, and their names. Rows are locked in one order, so that two never wait for each
    other."""
    if not ids:
        return {}
    query = sa.select(resource_table.c.id, resource_table.c.name).where(resource_table.c.id.in_(ids))
    locked = query.order_by(resource_table.c.id).with_for_update(read=True, key_share=True)
    return {row.id: row.name for row in conn.execute(locked)}


def write_references(conn: Connection, name: str, resource_id: str, document: Mapping[str, Any]) -> None:
    """Record every resource whose id is anywhere in the document's texts, JSON in texts included, code excluded.

    Replaces what was recorded for this resource.
    """
    mentions = dict(_mentions(name, document))
    existing = _lock(conn, set(mentions.values()) - {resource_id})
    conn.execute(reference_table.delete().where(reference_table.c.source_id == resource_id))
    new = [
        {"source_id": resource_id, "path": path, "target_id": target}
        for path, target in mentions.items()
        if target in existing
    ]
    if new:
        conn.execute(reference_table.insert(), new)


def _mentions(name: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, field, value in leaves(resource(name), document):
        if field.declaration.code is None:
            yield from _ids(field, path, value)


def _ids(field: Field, path: str, value: Any) -> Iterator[tuple[str, str]]:
    for place, text in _texts(path, value):
        if field.declaration.references:
            yield place, text
            continue
        found = list(dict.fromkeys(match.lower() for match in _UUID.findall(text)))
        for index, target in enumerate(found):
            # Several ids in one text (JSON) are told apart by their order in it.
            yield (place if len(found) == 1 else f"{place}#{index + 1}"), target


def lock_resources_in(conn: Connection, document: Mapping[str, Any]) -> None:
    """Keep every resource whose id is anywhere in the JSON document from being deleted in this transaction."""
    _lock(conn, {match.lower() for match in _UUID.findall(json.dumps(document))})


def users_of(conn: Connection, resource_id: str) -> list[str]:
    """What refers to the resource, in words: ``sym_strategy custom:quickstart (targets[0])``."""
    columns = (resource_table.c.name, resource_table.c.type, resource_table.c.slug, reference_table.c.path)
    joined = reference_table.join(resource_table, reference_table.c.source_id == resource_table.c.id)
    query = sa.select(*columns).select_from(joined).where(reference_table.c.target_id == resource_id)
    ordered = query.order_by(*columns)
    return [f"{label(row.name, row.type, row.slug)} ({row.path})" for row in conn.execute(ordered)]


def label(name: str, type: str, slug: str) -> str:  # noqa: A002 - the attribute's name
    """How a resource is named to people: ``sym_strategy custom:quickstart``."""
    return f"sym_{name} {type}:{slug}" if type else f"sym_{name} {slug}"


def forget_references_to(conn: Connection, resource_id: str) -> None:
    """Stop whoever refers to the resource from holding it; their documents stay as they are."""
    conn.execute(reference_table.delete().where(reference_table.c.target_id == resource_id))
