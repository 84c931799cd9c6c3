"""The one data source there is: any resource of the shelf, looked up by what names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sym import resources
from sym.sdk.schema import Field, fields
from sym_provider.framework.diagnostics import Failure, error
from sym_provider.framework.interfaces import DataSource
from sym_provider.framework.schema import Attribute, NestedBlock, ResourceSchema, State
from sym_provider.framework.values import STRING, ListOf
from sym_provider.repository import Repository
from sym_provider.resource import explained, state_of
from sym_provider.schemas import nulls_check, resource_schema


class SymDataSource(DataSource):
    """``data.sym_<name>``. Keys are required; everything else is optional and computed, because old configurations
    write some of it, and is what the repository says. Nested blocks are shown as lists of objects."""

    def __init__(self, name: str, repository: Callable[[], Repository]) -> None:
        self._name = name
        self._class = resources.resource(name)
        self._fields: tuple[Field, ...] = tuple(
            field for field in fields(self._class) if not field.declaration.write_only
        )
        self._repository = repository
        self.type_name = f"sym_{name}"
        attributes = tuple(self._attributes())
        self.schema = ResourceSchema(
            description=resource_schema(self._class).description, attributes=attributes, check=nulls_check(attributes)
        )

    def read(self, config: State) -> State:
        """Find it. Fails, saying what was looked for, unless there is exactly one."""
        lookup = self._class.lookup
        kind = str(config["type"]) if lookup[:1] == ("type",) else ""
        slug = resources.slugify(str(config[lookup[-1]])) if lookup else resources.slug_of(self._name, {})
        with explained("look up", self.type_name):
            found = self._repository().find(self._name, kind, slug)
        if found is None:
            sought = ":".join(str(config[key]) for key in lookup) or self._name
            detail = f"There is no {self.type_name} {sought!r}: expected one, found 0."
            raise Failure(error("Nothing found", detail, lookup[-1:]))
        return {"id": found.id, **{key: config[key] for key in lookup}, **state_of(self._fields, found.document, {})}

    def _attributes(self) -> list[Attribute]:
        schema = resource_schema(self._class)
        declared = {attribute.name: attribute for attribute in schema.attributes}
        found = [_key(key, declared.get(key)) for key in self._class.lookup]
        rest = [attribute for name, attribute in declared.items() if name not in self._class.lookup]
        shown = {field.name for field in self._fields} | {"id"}
        found += [_returned(attribute) for attribute in rest if attribute.name in shown]
        return found + [_shown(block) for block in schema.blocks]


def _key(name: str, declared: Attribute | None) -> Attribute:
    if declared is None:
        return Attribute(name=name, type=STRING, required=True, description="What it is called.")
    return replace(declared, validators=(), element_validators=())


def _returned(declared: Attribute) -> Attribute:
    return Attribute(
        name=declared.name,
        type=declared.type,
        optional=declared.name != "id",
        computed=True,
        description=declared.description,
    )


def _shown(block: NestedBlock) -> Attribute:
    # A block could only hold what the configuration has written. None at all is shown as an empty list.
    description = f"{block.description} Each is an object with what the resource's block `{block.name}` has."
    return Attribute(
        name=block.name, type=ListOf(block.type), computed=True, description=description, empty_is_null=False
    )
