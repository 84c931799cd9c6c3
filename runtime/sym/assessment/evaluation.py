"""Modules as they call one another, and the resources that come of them, with values as far as they can be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sym.assessment.configuration import Block, Body, Expression, Module, Template
from sym.assessment.expressions import evaluate, evaluate_template
from sym.assessment.functions import FUNCTIONS, step_into
from sym.assessment.values import UNKNOWN, MissingFile, Ref, SourceText, Unknown, is_unknown, refs_in
from sym.resources import resources
from sym.sdk.schema import fields

_META = ("for_each", "count", "depends_on", "lifecycle", "provider", "provisioner", "connection")
_DEEPEST = 12
_MOST_INSTANCES = 200


@dataclass(frozen=True)
class Instance:
    """One resource or data source with the values of its attributes. ``address`` is as Terraform writes it."""

    address: str
    block: Block
    root: Path
    document: dict[str, Any]

    @property
    def resource(self) -> str:
        """The resource without its prefix: ``flow``."""
        return self.block.type.removeprefix("sym_")


def root_modules(modules: Mapping[Path, Module]) -> list[Module]:
    """The modules that no other one calls by a local path."""
    called = {path for module in modules.values() for path in _local_sources(module)}
    roots = [module for path, module in sorted(modules.items()) if path.resolve() not in called]
    return roots or [module for _, module in sorted(modules.items())]


def _local_sources(module: Module) -> Iterator[Path]:
    for body in module.calls.values():
        if path := _local_source(module, body):
            yield path


def _local_source(module: Module, body: Body) -> Path | None:
    raw = body.get("source")
    text = raw.text.strip('"') if isinstance(raw, Expression | Template) else ""
    return (module.folder / text).resolve() if text.startswith(("./", "../")) else None


@dataclass
class Place:
    """A module as it is called from somewhere: what its names stand for. ``inputs`` are the values it is called with,
    ``prefix`` is how its resources' addresses begin, ``extra`` are names of the block in hand, such as ``each``."""

    module: Module
    modules: Mapping[Path, Module]
    root: Path
    inputs: Mapping[str, Any] | None = None
    prefix: str = ""
    depth: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    _children: dict[str, dict[Any, Place] | None] = field(default_factory=dict)
    _busy: set[tuple[str, ...]] = field(default_factory=set)

    def instances(self) -> Iterator[Instance]:
        """Every resource and data source of Sym in this module and in those it calls."""
        for block in self.module.blocks:
            if block.type.startswith("sym_"):
                yield from self._expanded(block)
        for name in self.module.calls:
            for child in (self._calls(name) or {}).values():
                yield from child.instances()

    def places(self) -> Iterator[Place]:
        """This place and those below it."""
        yield self
        for name in self.module.calls:
            for child in (self._calls(name) or {}).values():
                yield from child.places()

    def declared(self) -> Iterator[str]:
        """The addresses of what this module declares, whether or not there is any of it."""
        for block in self.module.blocks:
            yield self.reference(block.kind, block.type, block.name).address

    def foreign_calls(self) -> Iterator[str]:
        """Addresses of modules that are called and are not in the repository."""
        for name in self.module.calls:
            if self._calls(name) is None:
                yield f"{self.prefix}.module.{name}" if self.prefix else f"module.{name}"

    def _expanded(self, block: Block) -> Iterator[Instance]:
        address = self.reference(block.kind, block.type, block.name).address
        for key, place in self._repeated(block.body):
            yield Instance(f"{address}{_index(key)}", block, self.root, place.document(block.body))

    def _repeated(self, body: Body) -> Iterator[tuple[Any, Place]]:
        """Each instance of a block with its key, which is None for the only one, or where it is not known how many
        there are."""
        count = self.value(body["count"]) if "count" in body else None
        if isinstance(count, int) and count <= _MOST_INSTANCES:
            yield from ((index, self.within(count={"index": index})) for index in range(count))
            return
        repeated = self.value(body["for_each"]) if "for_each" in body else None
        if isinstance(repeated, list):
            repeated = {item: item for item in repeated if isinstance(item, str)}
        if isinstance(repeated, dict) and len(repeated) <= _MOST_INSTANCES:
            yield from ((key, self.within(each={"key": key, "value": value})) for key, value in repeated.items())
            return
        yield None, self

    def within(self, **extra: Any) -> Place:
        """The same place, with more names."""
        return Place(self.module, self.modules, self.root, self.inputs, self.prefix, self.depth,
                     {**self.extra, **extra}, self._children, self._busy)  # fmt: skip

    def document(self, body: Body) -> dict[str, Any]:
        """The attributes and blocks of a body."""
        found = {key: self.value(raw) for key, raw in body.items() if key not in (*_META, "dynamic")}
        for labelled in body.get("dynamic") or []:
            for name, inner in labelled.items():
                found[name] = [*(found.get(name) or []), *self._dynamic(name, inner)]
        return found

    def _dynamic(self, name: str, body: Body) -> list[Any]:
        iterator = body.get("iterator")
        iterator_name = iterator.text if isinstance(iterator, Expression) else name
        items = self.value(body.get("for_each"))
        if isinstance(items, list):
            items = dict(enumerate(items))
        if not isinstance(items, dict) or any(is_unknown(item) for item in items.values()):
            return [Unknown(refs_in(items))]
        contents = [content for content in body.get("content") or [] if isinstance(content, Body)]
        return [
            self.within(**{iterator_name: {"key": key, "value": value}}).document(content)
            for key, value in items.items() for content in contents
        ]  # fmt: skip

    def value(self, raw: Any) -> Any:
        """What a raw expression comes to."""
        if isinstance(raw, Expression):
            return evaluate(raw.text, self)
        if isinstance(raw, Template):
            return evaluate_template(raw.text, self)
        if isinstance(raw, list):
            return [self.value(item) for item in raw]
        if isinstance(raw, Body):
            return self.document(raw)
        if isinstance(raw, dict):
            return {self._key(key): self.value(item) for key, item in raw.items()}
        return raw

    def _key(self, key: str) -> str:
        found = evaluate(key[2:-1], self) if key.startswith("${") else key
        return found if isinstance(found, str) else key

    # What expressions ask for

    def reference(self, kind: str, type_name: str, name: str) -> Ref:
        """A resource of this module."""
        return Ref(self.prefix, kind, type_name, name)

    def look_up(self, path: list[Any]) -> Any:
        """The value of a traversal."""
        head, *rest = path
        if head in self.extra:
            return step_into(self.extra[head], rest)
        if head in ("var", "local", "module") and rest:
            key = (head, *(str(step) for step in rest[:2]))
            if key in self._busy:
                return UNKNOWN
            self._busy.add(key)
            try:
                return self._named(head, rest)
            finally:
                self._busy.discard(key)
        if head == "path" and rest:
            return {"module": str(self.module.folder), "root": str(self.root), "cwd": str(self.root)}.get(
                rest[0], UNKNOWN
            )
        kind, steps = ("data", rest) if head == "data" else ("resource", path)
        if len(steps) > 1 and isinstance(steps[0], str) and steps[0].startswith("sym_"):
            return self._attribute(self.reference(kind, steps[0], str(steps[1])), steps[2:])
        return UNKNOWN

    def _named(self, head: str, rest: list[Any]) -> Any:
        name = str(rest[0])
        if head == "local":
            found = self.value(self.module.locals[name]) if name in self.module.locals else UNKNOWN
            return step_into(found, rest[1:])
        if head == "module":
            return self._output(name, rest[1:])
        return step_into(self._variable(name), rest[1:])

    def _variable(self, name: str) -> Any:
        if self.inputs is not None and name in self.inputs:
            return self.inputs[name]
        if self.inputs is None and name in self.module.values:
            return self.value(self.module.values[name])
        declared = self.module.variables.get(name)
        return self.value(declared["default"]) if declared is not None and "default" in declared else UNKNOWN

    def _attribute(self, ref: Ref, steps: list[Any]) -> Any:
        schema = resources().get(ref.type.removeprefix("sym_"))
        known = {one.name for one in fields(schema)} if schema else set()
        if steps and steps[0] not in known | {"id"}:
            steps = steps[1:]  # the key of an instance
        if not steps or steps[0] == "id":
            return ref
        key = (ref.address, str(steps[0]))
        block = next((one for one in self.module.blocks
                      if (one.kind, one.type, one.name) == (ref.kind, ref.type, ref.name)), None)  # fmt: skip
        if block is None or key in self._busy or steps[0] not in block.body or "for_each" in block.body:
            return Unknown((ref,))
        self._busy.add(key)
        try:
            return step_into(self.value(block.body[steps[0]]), steps[1:])
        finally:
            self._busy.discard(key)

    def _calls(self, name: str) -> dict[Any, Place] | None:
        """A module that is called, once for each key; None if it is not in the repository."""
        if name not in self._children:
            body = self.module.calls.get(name, Body())
            path = _local_source(self.module, body)
            module = next((one for folder, one in self.modules.items() if folder.resolve() == path), None)
            self._children[name] = None
            if module is not None and self.depth < _DEEPEST:
                prefix = f"{self.prefix}.module.{name}" if self.prefix else f"module.{name}"
                self._children[name] = {
                    key: Place(module, self.modules, self.root, place.document(body), f"{prefix}{_index(key)}",
                               self.depth + 1)
                    for key, place in self._repeated(body)
                }  # fmt: skip
        return self._children[name]

    def _output(self, name: str, steps: list[Any]) -> Any:
        called = self._calls(name) or {}
        if None not in called and steps:
            key, *steps = steps
            called = {None: called[key]} if key in called else {}
        child = called.get(None)
        output = child.module.outputs.get(str(steps[0])) if child and steps else None
        return step_into(child.value(output.get("value")), steps[1:]) if child and output is not None else UNKNOWN

    def call(self, function: str, arguments: list[Any]) -> Any:
        """What a function gives."""
        if function in ("file", "templatefile") and arguments:
            return self._file(function, arguments)
        if function in ("try", "coalesce"):
            return next((item for item in arguments if not is_unknown(item) and item is not None), UNKNOWN)
        known = FUNCTIONS.get(function)
        if known is None or not arguments:
            return Unknown(refs_in(arguments))
        missing = next((item for item in arguments if isinstance(item, MissingFile)), None)
        return missing or known(arguments)

    def _file(self, function: str, arguments: list[Any]) -> Any:
        if not isinstance(arguments[0], str):
            return Unknown(refs_in(arguments))
        path = Path(arguments[0])
        # Terraform takes relative paths from where it is run, which is the root module's folder.
        found = read_source(path if path.is_absolute() else self.root / path)
        if function == "file" or not isinstance(found, SourceText):
            return found
        given = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], dict) else {}
        made = evaluate_template(str(found), self.within(**given))
        return SourceText.of(found.path, made) if isinstance(made, str) else made


def _index(key: Any) -> str:
    return "" if key is None else f'["{key}"]' if isinstance(key, str) else f"[{key}]"


def read_source(path: Path) -> SourceText | MissingFile:
    """The text of a file."""
    try:
        return SourceText.of(path, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return MissingFile(path, "is not text in UTF-8")
    except (OSError, ValueError):
        return MissingFile(path, "is not there")
