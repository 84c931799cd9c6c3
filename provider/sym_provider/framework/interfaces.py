# ruff: noqa: ARG002 - arguments without a use here are the interface
"""What the author of a provider writes: a provider, its resources, data sources and functions.

One instance of each serves every call, several at a time on different threads: keep no state in it that a call
changes. To end a call with errors of your own raise :class:`Failure`; any other exception is reported as unexpected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sym_provider.framework.diagnostics import Diagnostic
from sym_provider.framework.schema import Block, ResourceSchema, State
from sym_provider.framework.upgrading import Document, Upgrade
from sym_provider.framework.values import Type, Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """A state together with warnings to show."""

    state: State | None
    diagnostics: tuple[Diagnostic, ...] = ()


Result = State | Outcome
"""What an operation answers. Attributes it leaves out are taken to be as planned (after a read: as they were)."""


class PartialStateError(Exception):
    """Raised by create or update when it failed after something had been done.

    *state* is what there is now. After a create Terraform marks it as tainted and replaces it next time. Chain the
    cause (``raise PartialStateError(state) from error``): it is what the practitioner is told.
    """

    def __init__(self, state: State, message: str = "the operation stopped half-way") -> None:
        super().__init__(message)
        self.state = state


@dataclass(frozen=True, slots=True)
class MoveSource:
    """The other end of a ``moved`` block that changes the type of a resource."""

    provider_address: str
    type_name: str
    schema_version: int
    state: Document


class Resource:
    """A kind of thing Terraform manages.

    ``type_name`` and ``schema`` are set by the subclass. A schema of version n needs methods ``upgrade_0`` to
    ``upgrade_<n-1>``, each taking the stored document of its version and returning that of the next.
    """

    type_name: str
    schema: ResourceSchema

    def validate(self, config: State) -> Iterable[Diagnostic]:
        """Say what is wrong with a configuration, beyond the schema's own rules. Values may be unknown."""
        return ()

    def modify_plan(self, config: State, prior: State | None, planned: State) -> Result:
        """Return the plan, changed where need be; *prior* is None when the resource will be created.

        Only computed attributes which the configuration leaves null may be changed.
        """
        return planned

    def create(self, planned: State) -> Result:
        """Make the thing. *planned* has an Unknown where the provider is to fill in the value, and holds the write-only
        values of the configuration; what is returned of those is left out of the state."""
        raise NotImplementedError

    def read(self, prior: State) -> Result | None:
        """Return the thing as it is now, or None when it is gone."""
        raise NotImplementedError

    def update(self, prior: State, planned: State) -> Result:
        """Change the thing in place. *planned* holds the write-only values of the configuration, *prior* never does."""
        raise NotImplementedError

    def delete(self, prior: State) -> None:
        """Remove the thing. That it is gone already is no error."""
        raise NotImplementedError

    def import_state(self, identifier: str) -> list[tuple[str, State]]:
        """Find the thing an import names: type names and states, of which :meth:`read` gets to see the rest."""
        raise NotImplementedError

    def move_state(self, source: MoveSource) -> State | None:
        """Make a state from that of another type of resource; None when that type cannot be moved here."""
        return None

    def upgrades(self) -> Mapping[int, Upgrade]:
        """Return the ``upgrade_<n>`` methods by n."""
        steps = range(self.schema.version)
        return {step: getattr(self, f"upgrade_{step}") for step in steps if hasattr(self, f"upgrade_{step}")}


class DataSource:
    """A kind of thing Terraform looks up."""

    type_name: str
    schema: ResourceSchema

    def validate(self, config: State) -> Iterable[Diagnostic]:
        """Say what is wrong with a configuration, beyond the schema's own rules. Values may be unknown."""
        return ()

    def read(self, config: State) -> Result:
        """Look the thing up. Attributes the answer leaves out are as in the configuration."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument of a function. Unless it says otherwise, Terraform itself deals with null and unknown arguments."""

    name: str
    type: Type
    description: str = ""
    allow_null: bool = False
    allow_unknown: bool = False


class FunctionFailure(Exception):
    """Raised by a function to refuse its arguments; *argument* is the index of the one that is wrong."""

    def __init__(self, text: str, argument: int | None = None) -> None:
        super().__init__(text)
        self.argument = argument


class Function:
    """A function for use in configurations: ``provider::<name of the provider>::<name>(…)``. It must be pure."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    variadic: Parameter | None = None
    returns: Type
    summary: str = ""
    description: str = ""
    deprecation: str = ""

    def call(self, *arguments: Value) -> Value:
        """Compute the result."""
        raise NotImplementedError


class Provider:
    """The provider block and everything behind it."""

    schema: Block = Block()
    resources: Mapping[str, Resource] = {}
    data_sources: Mapping[str, DataSource] = {}
    functions: Mapping[str, Function] = {}

    def validate(self, config: State) -> Iterable[Diagnostic]:
        """Say what is wrong with the provider block, beyond the schema's own rules. Values may be unknown."""
        return ()

    def configure(self, config: State, terraform_version: str) -> Iterable[Diagnostic]:
        """Take the provider block's configuration; called before any resource is read or changed."""
        return ()

    def stop(self) -> None:
        """Hear that the practitioner wants to stop. What is being done is finished; long waits may be cut short."""


def unwrap(result: Any) -> tuple[State | None, tuple[Diagnostic, ...]]:
    """Split the answer of an operation into state and diagnostics."""
    if isinstance(result, Outcome):
        return result.state, result.diagnostics
    return result, ()
