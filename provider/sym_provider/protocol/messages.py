"""Schemas, diagnostics and paths as protocol messages."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.framework.diagnostics import Diagnostic, MapKey, Path, Severity, render_path
from sym_provider.framework.interfaces import Function, Parameter
from sym_provider.framework.schema import Attribute, Block, NestedBlock
from sym_provider.framework.values import Type

_SEVERITIES = {Severity.ERROR: pb.Diagnostic.ERROR, Severity.WARNING: pb.Diagnostic.WARNING}


def diagnostic_messages(diagnostics: Iterable[Diagnostic]) -> list[pb.Diagnostic]:
    """Return the diagnostics as messages, in order."""
    return [_diagnostic(diagnostic) for diagnostic in diagnostics]


def _diagnostic(diagnostic: Diagnostic) -> pb.Diagnostic:
    message = pb.Diagnostic(
        severity=_SEVERITIES[diagnostic.severity], summary=diagnostic.summary, detail=diagnostic.detail
    )
    if diagnostic.path:
        message.attribute.CopyFrom(path_message(diagnostic.path))
    if len(diagnostic.path) > 1:
        # Terraform shows the line of a path, but not which of several elements or generated blocks it means.
        message.detail = f"{diagnostic.detail}\n\n(at {render_path(diagnostic.path)})".lstrip()
    return message


def path_message(path: Path) -> pb.AttributePath:
    """Return a path as a message."""
    return pb.AttributePath(steps=[_step(step) for step in path])


def _step(step: str | int) -> pb.AttributePath.Step:
    if isinstance(step, int):
        return pb.AttributePath.Step(element_key_int=step)
    if isinstance(step, MapKey):
        return pb.AttributePath.Step(element_key_string=step)
    return pb.AttributePath.Step(attribute_name=step)


def schema_message(block: Block) -> pb.Schema:
    """Return the schema of a provider, resource or data source."""
    version = getattr(block, "version", 0)
    return pb.Schema(version=version, block=_block(block))


def _block(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[_attribute(attribute) for attribute in block.attributes],
        block_types=[_nested(nested) for nested in block.blocks],
        description=block.description,
        description_kind=pb.MARKDOWN,
        deprecated=bool(block.deprecation),
    )


def _attribute(attribute: Attribute) -> pb.Schema.Attribute:
    return pb.Schema.Attribute(
        name=attribute.name,
        type=_type(attribute.type),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.may_be_chosen,
        sensitive=attribute.sensitive,
        write_only=attribute.write_only,
        description=attribute.description,
        description_kind=pb.MARKDOWN,
        deprecated=bool(attribute.deprecation),
    )


def _nested(nested: NestedBlock) -> pb.Schema.NestedBlock:
    return pb.Schema.NestedBlock(
        type_name=nested.name,
        block=_block(nested),
        nesting=pb.Schema.NestedBlock.LIST,
        min_items=nested.min_items,
        max_items=nested.max_items,
    )


def function_message(function: Function) -> pb.Function:
    """Return the signature of a function."""
    message = pb.Function(
        parameters=[_parameter(parameter) for parameter in function.parameters],
        summary=function.summary,
        description=function.description,
        description_kind=pb.MARKDOWN,
        deprecation_message=function.deprecation,
    )
    if function.variadic is not None:
        message.variadic_parameter.CopyFrom(_parameter(function.variadic))
    # "return" is a word of Python's, so the field cannot be written as an attribute.
    getattr(message, "return").type = _type(function.returns)
    return message


def _parameter(parameter: Parameter) -> pb.Function.Parameter:
    return pb.Function.Parameter(
        name=parameter.name,
        type=_type(parameter.type),
        description=parameter.description,
        description_kind=pb.MARKDOWN,
        allow_null_value=parameter.allow_null,
        allow_unknown_values=parameter.allow_unknown,
    )


def _type(kind: Type) -> bytes:
    return json.dumps(kind.to_json()).encode()
