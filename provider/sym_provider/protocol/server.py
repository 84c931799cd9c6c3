"""The gRPC server: the provider's calls, and the three small services go-plugin wants beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc

from sym_provider._generated import grpc_controller_pb2, grpc_stdio_pb2
from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.framework.interfaces import Provider
from sym_provider.framework.lifecycle import Driver
from sym_provider.protocol.calls import ProviderCalls, refuse

MESSAGE_LIMIT: Final = 256 << 20
"""Bytes of one message. gRPC's own limit of 4 MiB is less than one large attribute."""

THREADS: Final = 64
"""At most: threads are made when calls need them. More than Terraform's usual ten calls at once, so that StopProvider
does not queue behind slow ones."""

_SERVING: Final = b"\x08\x01"
"""A grpc.health.v1.HealthCheckResponse with status SERVING: too little to generate code for."""


def make_server(provider: Provider, shutdown: threading.Event) -> grpc.Server:
    """Return a server for the provider, without a port and not started.

    It sets *shutdown* when Terraform has no more use for it; whoever sets the event itself ends the open streams too.
    """
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(THREADS, thread_name_prefix="call"), options=limits)
    server.add_generic_rpc_handlers(
        (
            _provider(Driver(provider)),
            _controller(shutdown),
            _stdio(shutdown),
            _health(),
        )
    )
    return server


def _provider(driver: Driver) -> grpc.GenericRpcHandler[Any, Any]:
    calls = ProviderCalls(driver)
    methods = pb.DESCRIPTOR.services_by_name["Provider"].methods
    return grpc.method_handlers_generic_handler(
        "tfplugin6.Provider", {method.name: _handler(calls, method.name) for method in methods}
    )


def _handler(calls: ProviderCalls, name: str) -> grpc.RpcMethodHandler[Any, Any]:
    # Every call X of the protocol has the messages X.Request and X.Response.
    messages, method = getattr(pb, name), getattr(calls, name)

    def answer(request: Any, _context: grpc.ServicerContext) -> Any:
        try:
            return method(request)
        except Exception as problem:  # noqa: BLE001 - a call that fails would be "the plugin did not respond"
            return refuse(name, request, messages.Response, problem)

    return _unary(answer, messages.Request.FromString, messages.Response.SerializeToString)


def _controller(shutdown: threading.Event) -> grpc.GenericRpcHandler[Any, Any]:
    empty = grpc_controller_pb2.Empty

    def answer(_request: Any, _context: grpc.ServicerContext) -> Any:
        shutdown.set()
        return empty()

    handler = _unary(answer, empty.FromString, empty.SerializeToString)
    return grpc.method_handlers_generic_handler("plugin.GRPCController", {"Shutdown": handler})


def _stdio(shutdown: threading.Event) -> grpc.GenericRpcHandler[Any, Any]:
    """Keep open the stream that would carry our output: we log to standard error and print nothing."""

    open_streams: set[threading.Event] = set()

    def end_streams() -> None:
        shutdown.wait()
        for ended in tuple(open_streams):
            ended.set()

    def stream(_request: bytes, context: grpc.ServicerContext) -> Iterator[Any]:
        ended = threading.Event()
        open_streams.add(ended)
        context.add_callback(ended.set)
        if not shutdown.is_set():  # else the streams have been ended already, and this one came too late
            ended.wait()
        open_streams.discard(ended)
        yield from ()

    # A thread that waits and not a loop that looks: Terraform waits for our exit three or four times per command.
    threading.Thread(target=end_streams, name="streams", daemon=True).start()
    handler = grpc.unary_stream_rpc_method_handler(
        stream, response_serializer=grpc_stdio_pb2.StdioData.SerializeToString
    )
    return grpc.method_handlers_generic_handler("plugin.GRPCStdio", {"StreamStdio": handler})


def _health() -> grpc.GenericRpcHandler[Any, Any]:
    handler = _unary(lambda _request, _context: _SERVING, None, None)
    return grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": handler})


def _unary(
    answer: Callable[[Any, grpc.ServicerContext], Any],
    read: Callable[[bytes], Any] | None,
    write: Callable[[Any], bytes] | None,
) -> grpc.RpcMethodHandler[Any, Any]:
    return grpc.unary_unary_rpc_method_handler(answer, request_deserializer=read, response_serializer=write)
