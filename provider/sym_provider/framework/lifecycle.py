"""The driver: one method per operation of Terraform, on plain values.

No method raises for what a provider's code does or returns; it becomes diagnostics in the response. After a failure
the response holds the state that is true then, so that Terraform never forgets a thing that exists.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sym_provider.framework import failures
from sym_provider.framework.diagnostics import Diagnostic, Failure, Path, error
from sym_provider.framework.interfaces import (
    DataSource,
    Function,
    MoveSource,
    PartialStateError,
    Provider,
    Resource,
    Result,
    unwrap,
)
from sym_provider.framework.planning import (
    empty_to_null,
    plan_state,
    reconcile,
    with_write_only,
    without_write_only,
)
from sym_provider.framework.schema import Block, State
from sym_provider.framework.upgrading import Document, fit, run_upgrades
from sym_provider.framework.validation import refuse_write_only, validate_config
from sym_provider.framework.values import Value, ValueMismatch, unknown_to_null

PRIVATE: Final = b'{"empty_values":"as configured"}'
"""Kept beside each state we write: its nulls and empties are the configuration's, see :func:`empty_to_null`."""

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Response:
    """What an operation led to; a *state* of None means there is no such thing."""

    state: State | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    private: bytes = PRIVATE
    requires_replace: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """One resource found by an import."""

    type_name: str
    state: State


class Driver:
    """Runs a provider's code the way Terraform expects. Safe to use from several threads."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.stopping = threading.Event()
        """Set once the practitioner has asked to stop."""

    def resource(self, type_name: str) -> Resource:
        """Return the resource of that type, or raise :class:`Failure`."""
        return _find("resource", self.provider.resources, type_name)

    def data_source(self, type_name: str) -> DataSource:
        """Return the data source of that type, or raise :class:`Failure`."""
        return _find("data source", self.provider.data_sources, type_name)

    def function(self, name: str) -> Function:
        """Return the function of that name, or raise :class:`Failure`."""
        return _find("function", self.provider.functions, name)

    def validate_provider(self, config: State) -> tuple[Diagnostic, ...]:
        """Check the provider block."""
        return _validate("the provider block", self.provider.schema, config, self.provider.validate)

    def configure(self, config: State, terraform_version: str) -> tuple[Diagnostic, ...]:
        """Hand the provider its configuration."""
        _LOG.debug("configure for Terraform %s", terraform_version)

        def call() -> tuple[Diagnostic, ...]:
            return tuple(self.provider.configure(config, terraform_version))

        found, problems = failures.attempt("configure the provider", call)
        return problems or found or ()

    def stop(self) -> None:
        """Tell the provider that the practitioner wants to stop."""
        self.stopping.set()
        self.provider.stop()

    def validate_resource(
        self, type_name: str, config: State, *, write_only_allowed: bool = True
    ) -> tuple[Diagnostic, ...]:
        """Check the configuration of a resource, as far as it is known.

        Without *write_only_allowed* this Terraform would keep write-only values: they are refused.
        """
        resource = self.resource(type_name)
        refused = () if write_only_allowed else tuple(refuse_write_only(resource.schema, config))
        return refused + _validate(type_name, resource.schema, config, resource.validate)

    def validate_data_source(self, type_name: str, config: State) -> tuple[Diagnostic, ...]:
        """Check the configuration of a data source, as far as it is known."""
        source = self.data_source(type_name)
        return _validate(type_name, source.schema, config, source.validate)

    def upgrade(self, type_name: str, version: int, document: Document) -> Response:
        """Bring a stored state, written with schema *version*, to today's schema. Called for every state there is."""
        resource = self.resource(type_name)

        def call() -> State:
            current = resource.schema.version
            state = fit(resource.schema, run_upgrades(resource.upgrades(), document, version, current))
            return without_write_only(resource.schema, state)

        state, problems = failures.attempt(f"upgrade the state of {type_name}", call)
        return Response(state, problems)

    def read(self, type_name: str, prior: State, private: bytes) -> Response:
        """Refresh a state from the real thing."""
        resource = self.resource(type_name)
        expected = prior if private == PRIVATE else empty_to_null(resource.schema, prior)
        doing = f"read {type_name}"
        result, problems = failures.attempt(doing, lambda: unwrap(resource.read(expected)))
        if result is None:
            return Response(prior, problems, private)
        answer, warnings = result
        if answer is None:
            return Response(None, warnings)
        state, problems = _settle(doing, resource.schema, expected, answer)
        return Response(state, warnings + problems)

    def plan(self, type_name: str, prior: State | None, config: State | None) -> Response:
        """Plan the change from *prior* to *config*; either may be None."""
        if config is None:
            return Response()
        resource = self.resource(type_name)
        planned, replaced = plan_state(resource.schema, config, prior)
        prior_to_modify = None if replaced else prior

        def call() -> tuple[State | None, tuple[Diagnostic, ...]]:
            state, found = unwrap(resource.modify_plan(config, prior_to_modify, planned))
            if state is not None:
                state = resource.schema.type.conform(without_write_only(resource.schema, state))
            return state, found

        result, problems = failures.attempt(f"plan {type_name}", call)
        if result is None:
            return Response(prior, problems)
        return Response(result[0], result[1], requires_replace=tuple(replaced))

    def apply(
        self, type_name: str, prior: State | None, planned: State | None, config: State | None = None
    ) -> Response:
        """Create (no *prior*), update, or delete (no *planned*). Of *config* only the write-only values are used."""
        resource = self.resource(type_name)
        if planned is None:
            return self._delete(resource, prior or {})
        if prior is None:
            return self._write(resource, None, planned, config or {})
        return self._write(resource, prior, planned, config or {})

    def _delete(self, resource: Resource, prior: State) -> Response:
        _, problems = failures.attempt(f"delete {resource.type_name}", lambda: resource.delete(prior))
        return Response(prior if problems else None, problems)

    def _write(self, resource: Resource, prior: State | None, planned: State, config: State) -> Response:
        doing = f"{'create' if prior is None else 'update'} {resource.type_name}"
        given = with_write_only(resource.schema, planned, config)

        def call() -> Result:
            return resource.create(given) if prior is None else resource.update(prior, given)

        try:
            answer, found = unwrap(call())
            if not isinstance(answer, dict):
                raise TypeError("the provider returned no state")
        except PartialStateError as partial:
            expected = planned if prior is None else prior
            state, problems = _settle(doing, resource.schema, expected, partial.state)
            return Response(state, failures.explain(doing, partial) + problems)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the thing is as it was before
            return Response(prior, failures.explain(doing, problem))
        state, problems = _settle(doing, resource.schema, planned, answer)
        return Response(state, found + problems)

    def import_state(self, type_name: str, identifier: str) -> tuple[list[Imported], tuple[Diagnostic, ...]]:
        """Find what an import names."""
        resource = self.resource(type_name)

        def call() -> list[Imported]:
            found = resource.import_state(identifier)
            return [Imported(name, self._completed(name, state)) for name, state in found]

        imported, problems = failures.attempt(f"import {type_name}", call)
        return imported or [], problems

    def move(self, type_name: str, source: MoveSource) -> Response:
        """Make a state of another type's."""
        resource = self.resource(type_name)

        def call() -> State:
            state = resource.move_state(source)
            if state is None:
                detail = f"A {source.type_name} of {source.provider_address} cannot become a {type_name}."
                raise Failure(error("Move not supported", detail))
            return self._completed(type_name, state)

        moved, problems = failures.attempt(f"move {source.type_name} to {type_name}", call)
        return Response(moved, problems)

    def _completed(self, type_name: str, state: State) -> State:
        schema = self.resource(type_name).schema
        completed: State = schema.type.conform(without_write_only(schema, schema.empty() | state))
        return completed

    def read_data_source(self, type_name: str, config: State) -> Response:
        """Look something up."""
        source = self.data_source(type_name)
        doing = f"read {type_name}"
        result, problems = failures.attempt(doing, lambda: unwrap(source.read(config)))
        if result is None:
            return Response(None, problems)
        state, problems = _settle(doing, source.schema, config, result[0] or {})
        return Response(state, result[1] + problems)

    def call_function(self, name: str, arguments: list[Value]) -> Value:
        """Compute a function's result. The only method that raises: functions have no diagnostics."""
        return self.function(name).call(*arguments)


def _find(kind: str, shelf: Mapping[str, T], name: str) -> T:
    found = shelf.get(name)
    if found is None:
        detail = f'This provider has no {kind} "{name}".'
        raise Failure(error(f"Unknown {kind}", detail))
    return found


def _validate(
    what: str, block: Block, config: State, extra: Callable[[State], Iterable[Diagnostic]]
) -> tuple[Diagnostic, ...]:
    """Run the schema's rules and the author's; a failure in one does not hide what the other found."""
    doing = f"validate {what}"
    found, problems = failures.attempt(doing, lambda: tuple(validate_config(block, config)))
    more, other_problems = failures.attempt(doing, lambda: tuple(extra(config)))
    return (found or ()) + problems + (more or ()) + other_problems


def _settle(
    doing: str, block: Block, expected: State, answer: Mapping[str, Any]
) -> tuple[State, tuple[Diagnostic, ...]]:
    """Return the state to keep: the answer in the expected spelling, wholly known, of the right types.

    A value of a wrong type is a defect of the provider. It is reported and replaced by the expected one, for a state
    with one wrong value is better than a thing nobody remembers.
    """
    usable = dict(answer)
    problems: list[Diagnostic] = []
    for name, value in answer.items():
        kind = block.type.attributes.get(name)
        try:
            if kind is None:
                raise ValueMismatch((), f'the provider returned "{name}", which its schema does not have')
            kind.conform(value, (name,))
        except ValueMismatch as mismatch:
            del usable[name]
            problems += failures.explain(doing, mismatch)
    state = unknown_to_null(reconcile(block, expected, usable))
    for nested in block.blocks:
        state[nested.name] = state[nested.name] or []
    return state, tuple(problems)
