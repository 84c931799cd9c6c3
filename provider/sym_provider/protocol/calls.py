"""The protocol's calls: each is decoded, handed to the driver, and the response encoded. No gRPC here."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.framework import failures
from sym_provider.framework.diagnostics import Failure, error
from sym_provider.framework.interfaces import Function, FunctionFailure, MoveSource
from sym_provider.framework.lifecycle import PRIVATE, Driver
from sym_provider.framework.schema import Block, State
from sym_provider.framework.upgrading import Document
from sym_provider.framework.values import Value, ValueMismatch
from sym_provider.protocol import wire
from sym_provider.protocol.messages import diagnostic_messages, function_message, path_message, schema_message

_CAPABILITIES: Final = pb.ServerCapabilities(get_provider_schema_optional=True, move_resource_state=True)


class ProviderCalls:
    """tfplugin6.Provider, one method per call; the names are the protocol's."""

    # ruff: noqa: N802

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def GetMetadata(self, _request: pb.GetMetadata.Request) -> pb.GetMetadata.Response:
        provider = self._driver.provider
        return pb.GetMetadata.Response(
            server_capabilities=_CAPABILITIES,
            resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in provider.resources],
            data_sources=[pb.GetMetadata.DataSourceMetadata(type_name=name) for name in provider.data_sources],
            functions=[pb.GetMetadata.FunctionMetadata(name=name) for name in provider.functions],
        )

    def GetProviderSchema(self, _request: pb.GetProviderSchema.Request) -> pb.GetProviderSchema.Response:
        return self._schemas

    @cached_property
    def _schemas(self) -> pb.GetProviderSchema.Response:
        provider = self._driver.provider
        return pb.GetProviderSchema.Response(
            provider=schema_message(provider.schema),
            resource_schemas={name: schema_message(item.schema) for name, item in provider.resources.items()},
            data_source_schemas={name: schema_message(item.schema) for name, item in provider.data_sources.items()},
            functions=self._functions,
            server_capabilities=_CAPABILITIES,
        )

    @property
    def _functions(self) -> dict[str, pb.Function]:
        return {name: function_message(item) for name, item in self._driver.provider.functions.items()}

    def ValidateProviderConfig(self, request: pb.ValidateProviderConfig.Request) -> pb.ValidateProviderConfig.Response:
        config = _decode_known(self._driver.provider.schema, request.config)
        found = self._driver.validate_provider(config)
        return pb.ValidateProviderConfig.Response(diagnostics=diagnostic_messages(found))

    def ConfigureProvider(self, request: pb.ConfigureProvider.Request) -> pb.ConfigureProvider.Response:
        config = _decode_known(self._driver.provider.schema, request.config)
        found = self._driver.configure(config, request.terraform_version)
        return pb.ConfigureProvider.Response(diagnostics=diagnostic_messages(found))

    def ValidateResourceConfig(self, request: pb.ValidateResourceConfig.Request) -> pb.ValidateResourceConfig.Response:
        config = _decode_known(self._driver.resource(request.type_name).schema, request.config)
        allowed = request.client_capabilities.write_only_attributes_allowed
        found = self._driver.validate_resource(request.type_name, config, write_only_allowed=allowed)
        return pb.ValidateResourceConfig.Response(diagnostics=diagnostic_messages(found))

    def ValidateDataResourceConfig(
        self, request: pb.ValidateDataResourceConfig.Request
    ) -> pb.ValidateDataResourceConfig.Response:
        config = _decode_known(self._driver.data_source(request.type_name).schema, request.config)
        found = self._driver.validate_data_source(request.type_name, config)
        return pb.ValidateDataResourceConfig.Response(diagnostics=diagnostic_messages(found))

    def UpgradeResourceState(self, request: pb.UpgradeResourceState.Request) -> pb.UpgradeResourceState.Response:
        document = _document(request.raw_state)
        response = self._driver.upgrade(request.type_name, request.version, document)
        return pb.UpgradeResourceState.Response(
            upgraded_state=self._encode(request.type_name, response.state),
            diagnostics=diagnostic_messages(response.diagnostics),
        )

    def ReadResource(self, request: pb.ReadResource.Request) -> pb.ReadResource.Response:
        prior = _decode_known(self._driver.resource(request.type_name).schema, request.current_state)
        response = self._driver.read(request.type_name, prior, request.private)
        return pb.ReadResource.Response(
            new_state=self._encode(request.type_name, response.state),
            private=response.private,
            diagnostics=diagnostic_messages(response.diagnostics),
        )

    def PlanResourceChange(self, request: pb.PlanResourceChange.Request) -> pb.PlanResourceChange.Response:
        # proposed_new_state is Terraform's own guess at the plan; ours comes from configuration and prior state alone.
        schema = self._driver.resource(request.type_name).schema
        prior, config = _decode(schema, request.prior_state), _decode(schema, request.config)
        response = self._driver.plan(request.type_name, prior, config)
        return pb.PlanResourceChange.Response(
            planned_state=self._encode(request.type_name, response.state),
            planned_private=response.private,
            requires_replace=[path_message(path) for path in response.requires_replace],
            diagnostics=diagnostic_messages(response.diagnostics),
        )

    def ApplyResourceChange(self, request: pb.ApplyResourceChange.Request) -> pb.ApplyResourceChange.Response:
        schema = self._driver.resource(request.type_name).schema
        prior, planned = _decode(schema, request.prior_state), _decode(schema, request.planned_state)
        config = _decode(schema, request.config)
        response = self._driver.apply(request.type_name, prior, planned, config)
        return pb.ApplyResourceChange.Response(
            new_state=self._encode(request.type_name, response.state),
            private=response.private,
            diagnostics=diagnostic_messages(response.diagnostics),
        )

    def ImportResourceState(self, request: pb.ImportResourceState.Request) -> pb.ImportResourceState.Response:
        imported, found = self._driver.import_state(request.type_name, request.id)
        return pb.ImportResourceState.Response(
            imported_resources=[
                pb.ImportResourceState.ImportedResource(
                    type_name=item.type_name, state=self._encode(item.type_name, item.state), private=PRIVATE
                )
                for item in imported
            ],
            diagnostics=diagnostic_messages(found),
        )

    def MoveResourceState(self, request: pb.MoveResourceState.Request) -> pb.MoveResourceState.Response:
        source = MoveSource(
            provider_address=request.source_provider_address,
            type_name=request.source_type_name,
            schema_version=request.source_schema_version,
            state=_document(request.source_state),
        )
        response = self._driver.move(request.target_type_name, source)
        return pb.MoveResourceState.Response(
            target_state=self._encode(request.target_type_name, response.state),
            target_private=response.private,
            diagnostics=diagnostic_messages(response.diagnostics),
        )

    def ReadDataSource(self, request: pb.ReadDataSource.Request) -> pb.ReadDataSource.Response:
        schema = self._driver.data_source(request.type_name).schema
        response = self._driver.read_data_source(request.type_name, _decode_known(schema, request.config))
        return pb.ReadDataSource.Response(
            state=pb.DynamicValue(msgpack=wire.encode(schema.type, response.state)),
            diagnostics=diagnostic_messages(response.diagnostics),
        )

    def GetFunctions(self, _request: pb.GetFunctions.Request) -> pb.GetFunctions.Response:
        return pb.GetFunctions.Response(functions=self._functions)

    def CallFunction(self, request: pb.CallFunction.Request) -> pb.CallFunction.Response:
        function = self._driver.function(request.name)
        result = self._driver.call_function(request.name, _arguments(function, request))
        return pb.CallFunction.Response(result=pb.DynamicValue(msgpack=wire.encode(function.returns, result)))

    def StopProvider(self, _request: pb.StopProvider.Request) -> pb.StopProvider.Response:
        self._driver.stop()
        return pb.StopProvider.Response()

    def _encode(self, type_name: str, state: State | None) -> pb.DynamicValue:
        kind = self._driver.resource(type_name).schema.type
        return pb.DynamicValue(msgpack=wire.encode(kind, state))


def refuse(name: str, request: Any, response_type: Any, problem: Exception) -> Any:
    """Return the response of the call *name* that says what went wrong.

    What Terraform knew before the call stays as it was, so that nothing is forgotten.
    """
    if name == "CallFunction":
        return pb.CallFunction.Response(error=_function_error(problem))
    if name == "StopProvider":
        return pb.StopProvider.Response(Error=f"{type(problem).__name__}: {problem}")
    response = response_type(diagnostics=diagnostic_messages(failures.explain(f"answer {name}", problem)))
    if name == "ApplyResourceChange":
        response.new_state.CopyFrom(request.prior_state)
        response.private = request.planned_private
    if name == "ReadResource":
        response.new_state.CopyFrom(request.current_state)
        response.private = request.private
    return response


def _function_error(problem: Exception) -> pb.FunctionError:
    if isinstance(problem, FunctionFailure):
        return pb.FunctionError(text=str(problem), function_argument=problem.argument)
    (diagnostic, *_) = failures.explain("call the function", problem)
    return pb.FunctionError(text=f"{diagnostic.summary}: {diagnostic.detail}")


def _decode(block: Block, value: pb.DynamicValue) -> State | None:
    state: State | None = wire.decode(block.type, value.msgpack, value.json)
    return state


def _decode_known(block: Block, value: pb.DynamicValue) -> State:
    """Decode what Terraform sends as an object in any case; should it be null, nothing in it is set."""
    return _decode(block, value) or block.empty()


def _document(raw: pb.RawState) -> Document:
    if not raw.json:
        detail = "It was written by Terraform 0.11 or older. Open it with Terraform 0.12 first, or import the resource."
        raise Failure(error("State too old", detail))
    document = wire.parse_json(raw.json)
    if not isinstance(document, dict):
        raise ValueMismatch((), "the stored state is not an object")
    return document


def _arguments(function: Function, request: pb.CallFunction.Request) -> list[Value]:
    arguments = []
    for index, packed in enumerate(request.arguments):
        parameter = function.parameters[index] if index < len(function.parameters) else function.variadic
        if parameter is None:
            raise FunctionFailure(f"{function.name} takes {len(function.parameters)} arguments", index)
        try:
            arguments.append(wire.decode(parameter.type, packed.msgpack, packed.json))
        except ValueMismatch as mismatch:
            raise FunctionFailure(str(mismatch), index) from None
    return arguments
