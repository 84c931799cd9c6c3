"""The provider's functions, ``provider::sym::<name>(…)``: pure, so they work before the provider is configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.sdk import duration
from sym.sdk.resource import SRN, InvalidSRNError, MultipleErrors
from sym_provider.framework.interfaces import Function, FunctionFailure, Parameter
from sym_provider.framework.values import NUMBER, STRING, ListOf, ObjectOf

# The functions of sym.implementation that read code, by its kind. Terraform starts this process more often than anybody
# calls lint, so they are imported when it is called.
_READERS = {"flow": "read_implementation", "flows_filter": "read_flows_filter", "strategy": "read_strategy_code"}


class ParseSRN(Function):
    """Text to object. What does not occur in an SRN (a type, an identifier) is null in the object."""

    name = "parse_srn"
    summary = "Take the name of a Sym resource (SRN) apart."
    description = (
        "Takes `ORG:MODEL:SLUG:VERSION`, or `ORG:MODEL:TYPE:SLUG:VERSION` for models with types; an identifier may "
        "follow. Gives an object with the parts in lower case: `organization`, `model`, `type`, `slug`, `version` and "
        "`identifier`; a type or identifier that is not there is null. Fails for a text that is not an SRN."
    )
    parameters = (Parameter(name="srn", type=STRING, description="The SRN, such as `acme:flow:access:latest`."),)
    returns = ObjectOf(dict.fromkeys(("organization", "model", "type", "slug", "version", "identifier"), STRING))

    def call(self, *arguments: Any) -> dict[str, str | None]:
        """The parts of an SRN. Raises FunctionFailure, blaming the argument."""
        try:
            srn = SRN.parse(arguments[0])
        except InvalidSRNError as problem:
            raise FunctionFailure(f"{problem.message} {problem.hint}", 0) from None
        return {part: getattr(srn, part) for part in ParseSRN.returns.attributes}


class BuildSRN(Function):
    """The inverse of :class:`ParseSRN`, with the parts in the order of the text."""

    name = "build_srn"
    summary = "Put the name of a Sym resource (SRN) together."
    description = (
        "The arguments are the parts in the order of the text; letters become lower case. Fails, naming the part, for "
        "parts that make no SRN. `parse_srn` is the inverse."
    )
    parameters = (
        Parameter(name="organization", type=STRING, description="Slug of the organization."),
        Parameter(name="model", type=STRING, description="Kind of resource, such as `flow` or `access_target`."),
        Parameter(
            name="type",
            type=STRING,
            allow_null=True,
            description="Type within the model, such as `okta_group`; null or empty for models without types.",
        ),
        Parameter(name="slug", type=STRING, description="The resource's name."),
        Parameter(name="version", type=STRING, description="`latest`, or three numbers such as `1.0.0`."),
    )
    variadic = Parameter(
        name="identifier", type=STRING, description="Which of several instances is meant; left out, or one text."
    )
    returns = STRING

    def call(self, *arguments: Any) -> str:
        """The text of an SRN. Raises FunctionFailure, blaming the first argument that is wrong."""
        organization, model, kind, slug, version, *rest = arguments
        if len(rest) > 1:
            raise FunctionFailure("An SRN has one identifier at most.", 6)
        parts = (organization, model, kind or None, slug, version, rest[0] if rest else None)
        try:
            return str(SRN(*parts))
        except InvalidSRNError as problem:
            raise FunctionFailure(_why(problem), _wrong_part(parts)) from None


class DurationSeconds(Function):
    """The grammar of a ``duration`` prompt field, as a number to compute with."""

    name = "duration_seconds"
    summary = "The seconds of a duration such as 30m."
    description = (
        "Takes a whole number above 0 and a unit, as the `allowed_values` of a `duration` prompt field do: `s`, `m`, "
        "`h`, `d` or `mo` (30 days). A bare number counts as seconds. Fails for anything else."
    )
    parameters = (Parameter(name="duration", type=STRING, description="The duration, such as `30m`."),)
    returns = NUMBER

    def call(self, *arguments: Any) -> int:
        """The seconds. Raises FunctionFailure, blaming the argument."""
        try:
            return duration.duration_seconds(arguments[0])
        except ValueError as problem:
            raise FunctionFailure(f"{problem}.", 0) from None


class LintImplementation(Function):
    """What ``symflow lint`` and the plan say about code, as values for checks and tests."""

    name = "lint_implementation"
    summary = "What is wrong with the Python source of a flow, a strategy or a flows filter."
    description = (
        "Reads the source without running it. Gives a list of objects in order of lines: `severity` (`error` for code "
        "that cannot work, `warning` for code that does something else than it seems to), `line` (0: no particular "
        "line), `message`, and `hint`, what to do next. The list is empty when nothing is wrong."
    )
    parameters = (
        Parameter(name="source", type=STRING, description='The source text: `file("${path.module}/impl.py")`.'),
    )
    variadic = Parameter(
        name="kind",
        type=STRING,
        description=f"What the source is for, one of: {', '.join(f'`{kind}`' for kind in _READERS)}. "
        "Left out, it is `flow`.",
    )
    returns = ListOf(ObjectOf({"severity": STRING, "line": NUMBER, "message": STRING, "hint": STRING}))

    def call(self, *arguments: Any) -> list[dict[str, str | int]]:
        """What is wrong with the source. Raises FunctionFailure for an unknown kind."""
        source, *kinds = arguments
        if len(kinds) > 1:
            raise FunctionFailure("The source is of one kind.", 2)
        from sym import implementation

        read = _READERS.get(kinds[0] if kinds else "flow")
        if read is None:
            raise FunctionFailure(f'"{kinds[0]}" is not one of: {", ".join(_READERS)}.', 1)
        return [
            {"severity": found.severity, "line": found.line, "message": found.message, "hint": found.hint}
            for found in getattr(implementation, read)(source).problems
        ]


def _why(problem: InvalidSRNError) -> str:
    problems = problem.errors if isinstance(problem, MultipleErrors) else [problem]
    return f"{problem.message} {' '.join(one.hint for one in problems)}"


def _wrong_part(parts: tuple[str | None, ...]) -> int:
    """The index of the first part that is wrong; that of the type if every part is right by itself."""
    patterns = [pattern for pattern, _ in SRN.COMPONENTS.values()]
    for index, (pattern, part) in enumerate(zip(patterns, parts, strict=True)):
        if part is not None and not pattern.fullmatch(part):
            return index
    return 2


FUNCTIONS: Mapping[str, Function] = {
    function.name: function for function in (ParseSRN(), BuildSRN(), DurationSeconds(), LintImplementation())
}
"""Every function by its name."""
