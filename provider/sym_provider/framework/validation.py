"""Check a configuration leaf by leaf, so that a partly unknown one is checked as far as it is known."""

from __future__ import annotations

from collections.abc import Iterator

from sym_provider.framework.diagnostics import Diagnostic, MapKey, Path, error, warning
from sym_provider.framework.schema import Attribute, Block, State, Validator
from sym_provider.framework.values import Value, is_unknown, is_wholly_known


def validate_config(block: Block, config: State, path: Path = ()) -> Iterator[Diagnostic]:
    """Yield what the schema's own rules find wrong, each with its full path.

    Types and numbers of blocks are not looked at: Terraform itself has checked them. Of required attributes it has only
    checked that they are mentioned; that one of them is null is for the *check* of its block to find.
    """
    for attribute in block.attributes:
        for diagnostic in _validate_attribute(attribute, config.get(attribute.name)):
            yield diagnostic.below((*path, attribute.name))
    for nested in block.blocks:
        elements = config.get(nested.name)
        if is_unknown(elements) or not elements:
            continue
        if nested.deprecation:
            yield warning("Deprecated block", nested.deprecation, (*path, nested.name))
        for index, element in enumerate(elements):
            yield from validate_config(nested, element, (*path, nested.name, index))
    if block.check is not None:
        for diagnostic in block.check(config):
            yield diagnostic.below(path)


def refuse_write_only(block: Block, config: State, path: Path = ()) -> Iterator[Diagnostic]:
    """Yield an error for every write-only value that is set: this Terraform would write it to its plan and state.

    A value that is not known yet counts as set: by the time it is known it would be too late.
    """
    for attribute in block.attributes:
        if attribute.write_only and config.get(attribute.name) is not None:
            yield error("Write-only value not possible", _TOO_OLD, (*path, attribute.name))
    for nested in block.blocks:
        elements = config.get(nested.name)
        for index, element in enumerate(elements if isinstance(elements, list) else []):
            yield from refuse_write_only(nested, element, (*path, nested.name, index))


_TOO_OLD = (
    "This Terraform does not know write-only arguments and would store the value in its plan and state. Use Terraform "
    "1.11 or newer, or leave this argument out."
)


def _validate_attribute(attribute: Attribute, value: Value) -> Iterator[Diagnostic]:
    if value is None:
        return
    if attribute.deprecation:
        yield warning("Deprecated attribute", attribute.deprecation)
    if is_wholly_known(value):
        yield from _run(attribute.validators, value, ())
    if attribute.element_validators:
        for step, element in _elements(value):
            if element is not None and is_wholly_known(element):
                yield from _run(attribute.element_validators, element, (step,))


def _run(validators: tuple[Validator, ...], value: Value, path: Path) -> Iterator[Diagnostic]:
    for validator in validators:
        for diagnostic in validator(value):
            yield diagnostic.below(path)


def _elements(value: Value) -> Iterator[tuple[int | str, Value]]:
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, dict):
        for key, element in value.items():
            yield MapKey(key), element
