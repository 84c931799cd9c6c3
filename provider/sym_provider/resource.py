"""The one Terraform resource there is: any declaration of ``sym.resources``, kept in a repository."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sym import resources
from sym.errors import InUse, SymError
from sym.sdk.schema import Field, fields
from sym_provider import code
from sym_provider.framework.diagnostics import Diagnostic, Failure, MapKey, Path, error
from sym_provider.framework.interfaces import Outcome, Resource, Result
from sym_provider.framework.schema import State
from sym_provider.repository import Document, Record, Repository, WriteOnly
from sym_provider.schemas import resource_schema


class SymResource(Resource):
    """``sym_<name>``. ``repository`` gives the repository once the provider is configured."""

    def __init__(self, name: str, repository: Callable[[], Repository]) -> None:
        self._name = name
        self._class = resources.resource(name)
        self._fields = fields(self._class)
        self._repository = repository
        self.type_name = f"sym_{name}"
        self.schema = resource_schema(self._class)

    def validate(self, config: State) -> Iterable[Diagnostic]:
        """What is wrong with a configuration beyond the types of its values."""
        # Here and below: half of the times Terraform starts this process, nothing is to be checked.
        from sym_provider import rules

        return rules.check(self._name, config)

    def modify_plan(self, config: State, prior: State | None, planned: State) -> Result:
        """The plan as it is, unless something is wrong with it that only what is stored can tell."""
        from sym_provider import rules

        problems = tuple(rules.check_change(self._name, config, prior, self._find_planned))
        if problems:
            raise Failure(*problems)
        return planned

    def create(self, planned: State) -> Result:
        """Store a new resource."""
        document = self._document(planned)
        with explained("create", self.type_name):
            warnings = self._check(document)
            record = self._repository().create(self._name, document, self._write_only(planned))
        return Outcome({"id": record.id}, warnings) if warnings else {"id": record.id}

    def read(self, prior: State) -> State | None:
        """The resource as it is stored; None when it is gone."""
        with explained("read", self.type_name):
            record = self._repository().read(self._name, prior["id"])
        return None if record is None else self._state(record, prior)

    def update(self, prior: State, planned: State) -> Result:
        """Store the change, under the same id."""
        document = self._document(planned)
        with explained("update", self.type_name):
            warnings = self._check(document)
            record = self._repository().update(self._name, prior["id"], document, self._write_only(planned, prior))
        return Outcome({"id": record.id}, warnings) if warnings else {"id": record.id}

    def _check(self, document: Document) -> tuple[Diagnostic, ...]:
        from sym_provider.rules import compatibility

        return tuple(compatibility.check(self._name, document, self._find_document))

    def _find_document(self, name: str, resource_id: str) -> Document | None:
        record = self._repository().read(name, resource_id)
        return record.document if record else None

    def _find_planned(self, name: str, resource_id: str) -> Document | None:
        try:
            self._repository()
        except Failure:  # not configured yet: there may be a store by the time this is applied
            return None
        with explained("plan", self.type_name):
            return self._find_document(name, resource_id)

    def delete(self, prior: State) -> None:
        """Remove the resource."""
        with explained("delete", self.type_name):
            self._repository().delete(self._name, prior["id"])

    def import_state(self, identifier: str) -> list[tuple[str, State]]:
        """Find the resource that ``terraform import`` names: by NAME or TYPE:NAME, or by its id. For a resource there
        is at most one of, any name will do."""
        with explained("import", self.type_name):
            record = self._find(identifier)
        if record is None:
            raise Failure(error("Nothing to import", f"There is no {self.type_name} {identifier!r}."))
        return [(self.type_name, self._state(record, {}))]

    def upgrades(self) -> Mapping[int, Callable[[Document], Document]]:
        """The functions of the resource's module that bring its old state forward."""
        from sym_provider import rules

        return rules.upgrades(self._name, self._class.version)

    def _state(self, record: Record, prior: State) -> State:
        return {"id": record.id, **state_of(self._fields, record.document, prior)}

    def _find(self, identifier: str) -> Record | None:
        typed = len(self._class.lookup) > 1
        if _UUID.fullmatch(identifier):
            record = self._repository().read(self._name, identifier.lower())
            if record is not None or typed:
                return record
        if resources.is_singleton(self._name):
            return self._repository().find(self._name, "", resources.slug_of(self._name, {}))
        # Where there are no types a colon is part of the name: the path of a secret may be an ARN.
        kind, _, name = identifier.partition(":") if typed else ("", "", identifier)
        if not name or (typed and (not kind or ":" in name)):
            form = ":".join(part.upper() for part in self._class.lookup)
            raise Failure(error("Invalid import id", f"{identifier!r} is not of the form {form}."))
        # A nameless resource is named by what its slug was made of, or by the slug itself.
        return self._repository().find(self._name, kind, resources.slugify(name))

    def _document(self, state: State) -> Document:
        documented = (field for field in self._fields if not field.declaration.write_only)
        return {field.name: _stored(field, state.get(field.name)) for field in documented}

    def _write_only(self, planned: State, prior: State | None = None) -> WriteOnly:
        """The write-only values to hand over: of an update those with a new version."""
        names = [field.name for field in self._fields if field.declaration.write_only]
        before = prior or {}
        return {name: planned.get(name) for name in names
                if prior is None or planned.get(f"{name}_version") != before.get(f"{name}_version")}  # fmt: skip


@contextlib.contextmanager
def explained(doing: str, type_name: str) -> Iterator[None]:
    """Raises Failure for a SymError of the block: ``doing`` (``create``) what to ``type_name``, why, what to do next,
    and at which attribute."""
    try:
        yield
    except SymError as problem:
        hint = f"{problem.hint} {_ORDER}" if isinstance(problem, InUse) else problem.hint
        detail = f"{problem.message}\n\n{hint}".strip()
        path = _path(problem.path)
        attributes = {field.name for field in fields(resources.resource(type_name.removeprefix("sym_")))}
        if path and path[0] not in attributes:
            path = ()  # about the provider or the store, not about this resource
        raise Failure(error(f"Could not {doing} {type_name}", detail, path)) from problem


def _stored(field: Field, value: Any) -> Any:
    """A state's value as it is stored: code by its text, nested blocks without what they do not declare."""
    if field.schema is not None:
        inner = fields(field.schema)
        return [{item.name: _stored(item, block.get(item.name)) for item in inner} for block in value or []]
    if value is not None and field.declaration.code:
        return code.source_of(value)
    return value


def state_of(declared: tuple[Field, ...], document: Document, prior: State) -> State:
    """A stored document as state. Keys that are not declared are dropped, so that newer stores can be read."""
    state: State = {}
    for field in declared:
        value, before = document.get(field.name), prior.get(field.name)
        if field.schema is not None:
            blocks = value if isinstance(value, list) else [value] if value else []
            earlier = before or []
            state[field.name] = [
                state_of(fields(field.schema), block, earlier[index] if index < len(earlier) else {})
                for index, block in enumerate(blocks)
            ]
        elif field.declaration.code:
            state[field.name] = code.as_written(before, value)
        else:
            state[field.name] = field.default if value is None else value
    return state


_ORDER = (
    "Terraform deletes a resource before it changes what refers to it. If the same apply takes the reference away, add "
    "lifecycle { create_before_destroy = true } to the resource that goes, or take the reference away first."
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.\[\]]+)')


def _path(text: str) -> Path:
    """The path a store's error names (``params[0].prompt_field[2].type``, ``settings["a"]``), as Terraform's."""
    steps: list[str | int] = []
    for key, index, name in _STEP.findall(text):
        steps.append(MapKey(json.loads(key)) if key else int(index) if index else name)
    return tuple(steps)
