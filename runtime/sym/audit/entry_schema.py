"""The published shape of a log entry: a JSON Schema (draft 2020-12), derived from the vocabulary."""

from __future__ import annotations

from typing import Any

from sym.audit.entry import SCHEMA_VERSION, RunEvent
from sym.audit.events import vocabulary

Schema = dict[str, Any]

_UUID = {"type": "string", "minLength": 1}
_SRN = {"type": "string", "pattern": "^[^:]+(:[^:]*)+$"}
_MOMENT = {"type": "string", "format": "date-time", "pattern": r"\+00:00$"}


def _object(properties: Schema, *, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


def _personal(schema: Schema) -> Schema:
    """A value that is hidden behind its commitment where personal values are not shown, and may have been erased."""
    return {"anyOf": [schema, {"$ref": "#/$defs/commitment"}, {"$ref": "#/$defs/erased"}]}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _definitions() -> Schema:
    actor = _object(
        {
            "user": {**_nullable(_SRN), "description": "The account's SRN, a pseudonym; null without an account."},
            "name": _personal({"type": "string"}),
            "username": _personal({"type": "string"}),
            "identity": _personal({"type": ["object", "null"]}),
        },
        description="Who did something.",
    )
    run = _object(
        {
            "srn": _SRN,
            "parent": _nullable(_SRN),
            "flow": {**_SRN, "description": "The flow, in the version the run is pinned to."},
            "actors": {"type": "object", "additionalProperties": {"$ref": "#/$defs/actor"}},
        },
        description="The request an event belongs to, with who caused which of its events so far.",
    )
    event = _object(
        {
            "id": _UUID,
            "srn": _nullable(_SRN),
            "type": {"type": "string"},
            "template": _nullable(_SRN),
            "timestamp": _MOMENT,
            "channel": {"enum": ["slack", "sym", "sdk", "internal"]},
        },
        description="What happened.",
    )
    commitment = _object({"commitment": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
                         description="Stands for a personal value that is kept beside the entry.")  # fmt: skip
    erased = _object({"erased": {"const": True}}, description="Stands for a personal value that was erased.")
    return {"actor": actor, "run": run, "event": event, "commitment": commitment, "erased": erased}


def _conditions() -> list[Schema]:
    """What depends on the entry's type: whether there is a run, what the event is called, what the fields are."""
    found = []
    for kind in sorted({cls.kind for cls in vocabulary().values()}):
        classes = {name: cls for name, cls in vocabulary().items() if cls.kind == kind}
        is_run = all(issubclass(cls, RunEvent) for cls in classes.values())
        then: Schema = {"run": {"type": "object" if is_run else "null"}, "name": {"enum": sorted(classes)}}
        then["state"] = {"properties": {"status": {"enum": sorted({cls.status for cls in classes.values()})}}}
        if not is_run:
            then["event"] = {"properties": {"type": {"enum": sorted(classes)}}}
        if kind == "administration":
            subjects = sorted({getattr(cls, "subject", "") for cls in classes.values()})
            then["fields"] = {"propertyNames": {"enum": subjects}, "minProperties": 1, "maxProperties": 1}
        if kind == "configuration":
            then["fields"] = {"required": ["resource"], "additionalProperties": False, "properties": {"resource": {}}}
        if kind == "refusal":
            then["fields"] = {"required": ["action", "code", "details"]}
        found.append({"if": {"properties": {"type": {"const": kind}}}, "then": {"properties": then}})
    return found


def entry_schema() -> Schema:
    """The schema of an entry as lists, exports and destinations show it; ``name`` and ``sequence`` only lists have."""
    classes = vocabulary()
    properties = {
        "id": {**_UUID, "description": "Stable: whoever gets an entry twice knows it by its id."},
        "meta": _object({"schema_version": {"const": SCHEMA_VERSION}}),
        "state": _object(
            {
                "status": {"enum": sorted({cls.status for cls in classes.values()})},
                "errors": _personal({"type": "array", "items": {"type": "string"}}),
            }
        ),
        "run": _nullable({"$ref": "#/$defs/run"}),
        "event": {"$ref": "#/$defs/event"},
        "actor": {"$ref": "#/$defs/actor"},
        "fields": {"type": "object"},
        "type": {"enum": sorted({cls.kind for cls in classes.values()})},
        "name": {"enum": sorted(classes), "description": "The entry's name in the vocabulary."},
        "sequence": {"type": "integer", "minimum": 1, "description": "The entry's place in the log."},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sym:audit-entry:{SCHEMA_VERSION}",
        "title": "Sym audit log entry",
        **_object(properties, optional=("name", "sequence")),
        "allOf": _conditions(),
        "$defs": _definitions(),
    }
