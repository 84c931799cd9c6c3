"""The server seen from a bare gRPC client: what Terraform does rarely, or never on purpose."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import grpc
import pytest

from sym_provider._generated import grpc_controller_pb2, grpc_stdio_pb2
from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.protocol.handshake import listening
from tests.provider.protocol.toy import Toy

OPTIONS = [("grpc.max_receive_message_length", 256 << 20), ("grpc.max_send_message_length", 256 << 20)]


@pytest.fixture(name="shutdown")
def _shutdown() -> threading.Event:
    return threading.Event()


@pytest.fixture(name="channel")
def _channel(shutdown: threading.Event) -> Iterator[grpc.Channel]:
    with (
        listening(Toy(), shutdown, None) as (_network, address),
        grpc.insecure_channel(f"unix:{address}", options=OPTIONS) as channel,
    ):
        yield channel


def call(channel: grpc.Channel, name: str, /, **fields: Any) -> Any:
    messages = getattr(pb, name)
    method = channel.unary_unary(
        f"/tfplugin6.Provider/{name}",
        request_serializer=messages.Request.SerializeToString,
        response_deserializer=messages.Response.FromString,
    )
    return method(messages.Request(**fields), timeout=60)


def test_it_says_what_there_is(channel: grpc.Channel) -> None:
    metadata = call(channel, "GetMetadata")
    assert [item.type_name for item in metadata.resources] == ["toy_thing", "toy_old"]
    assert metadata.server_capabilities.get_provider_schema_optional
    schemas = call(channel, "GetProviderSchema")
    assert set(schemas.resource_schemas) == {"toy_thing", "toy_old"}
    assert set(schemas.functions) == set(call(channel, "GetFunctions").functions) == {"describe", "total"}
    assert schemas.server_capabilities.move_resource_state


def test_it_is_healthy(channel: grpc.Channel) -> None:
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    assert check(b"\x0a\x06plugin", timeout=30) == b"\x08\x01"


def test_what_is_not_served_is_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary("/tfplugin6.Provider/OpenEphemeralResource")(b"", timeout=30)
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_shutdown_sets_the_event_and_ends_the_output_stream(channel: grpc.Channel, shutdown: threading.Event) -> None:
    stream = channel.unary_stream(
        "/plugin.GRPCStdio/StreamStdio", response_deserializer=grpc_stdio_pb2.StdioData.FromString
    )(b"", timeout=30)
    stop = channel.unary_unary(
        "/plugin.GRPCController/Shutdown", request_serializer=grpc_controller_pb2.Empty.SerializeToString
    )
    stop(grpc_controller_pb2.Empty(), timeout=30)
    assert shutdown.is_set()
    assert list(stream) == []


def test_a_crash_of_stop_is_told(channel: grpc.Channel) -> None:
    assert "AttributeError" in call(channel, "StopProvider").Error  # never configured: the toy has no folder to stop in


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("ValidateResourceConfig", {"type_name": "other"}),
        ("ReadDataSource", {"type_name": "other"}),
        ("ValidateResourceConfig", {"type_name": "toy_thing", "config": pb.DynamicValue(msgpack=b"\xc1")}),
        ("UpgradeResourceState", {"type_name": "toy_thing", "version": 1}),
        ("UpgradeResourceState", {"type_name": "toy_thing", "version": 1, "raw_state": pb.RawState(json=b"[]")}),
        ("ImportResourceState", {"type_name": "other", "id": "x"}),
    ],
)
def test_a_bad_request_is_one_error_not_a_broken_call(channel: grpc.Channel, name: str, fields: dict[str, Any]) -> None:
    (diagnostic,) = call(channel, name, **fields).diagnostics
    assert diagnostic.severity == pb.Diagnostic.ERROR


def test_a_bad_request_forgets_no_state(channel: grpc.Channel) -> None:
    state = pb.DynamicValue(msgpack=b"\x81")
    read = call(channel, "ReadResource", type_name="toy_thing", current_state=state, private=b"p")
    applied = call(channel, "ApplyResourceChange", type_name="other", prior_state=state, planned_private=b"p")
    assert read.new_state == applied.new_state == state
    assert read.private == applied.private == b"p"
    assert read.diagnostics
    assert applied.diagnostics


@pytest.mark.parametrize(
    ("name", "arguments", "text", "position"),
    [
        ("other", [], "Unknown function", None),
        ("describe", [b"\x05", b"\xc0"], "a string is required, not a number", 0),
        ("describe", [b"\xa0", b"\xc0"], "the text must not be empty", 0),
        ("describe", [b"\xa1x", b"\xa1x", b"\xa1x"], "describe takes 2 arguments", 2),
    ],
)
def test_a_function_refuses_with_the_position(
    channel: grpc.Channel, name: str, arguments: list[bytes], text: str, position: int | None
) -> None:
    values = [pb.DynamicValue(msgpack=argument) for argument in arguments]
    failed = call(channel, "CallFunction", name=name, arguments=values).error
    assert text in failed.text
    assert failed.HasField("function_argument") is (position is not None)
    assert failed.function_argument == (position or 0)


def test_messages_far_over_grpcs_own_limit_pass_both_ways(channel: grpc.Channel) -> None:
    text = b"\xdb" + (20 << 20).to_bytes(4, "big") + b"x" * (20 << 20)
    values = [pb.DynamicValue(msgpack=text), pb.DynamicValue(msgpack=b"\xc0")]
    assert len(call(channel, "CallFunction", name="describe", arguments=values).result.msgpack) > 20 << 20


def test_the_address_is_of_this_process_alone(shutdown: threading.Event) -> None:
    with listening(Toy(), shutdown, None) as (network, address):
        assert network == "unix"
        assert os.stat(os.path.dirname(address)).st_mode & 0o777 == 0o700  # noqa: PTH116, PTH120
    assert not os.path.exists(os.path.dirname(address))  # noqa: PTH110, PTH120


class Waiting(Toy):
    """Its StopProvider takes until somebody lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let_go = threading.Event(), threading.Event()

    def stop(self) -> None:
        self.begun.set()
        self.let_go.wait(60)


def call_until_refused(channel: grpc.Channel) -> None:
    """Calls again and again: the end may need a moment after it was announced."""
    for _ in range(1000):
        call(channel, "GetMetadata")


def test_calls_in_hand_end_and_later_ones_are_not_begun(shutdown: threading.Event) -> None:
    toy = Waiting()
    with ExitStack() as served:
        _, address = served.enter_context(listening(toy, shutdown, None))
        with grpc.insecure_channel(f"unix:{address}") as channel:
            held = channel.unary_unary("/tfplugin6.Provider/StopProvider").future(b"", timeout=60)
            assert toy.begun.wait(60)
            end = threading.Thread(target=served.pop_all().close)
            end.start()
            assert shutdown.wait(60)
            with pytest.raises(grpc.RpcError) as refused:
                call_until_refused(channel)
            # Cancelled, if gRPC had taken it in but not yet handed it to anybody.
            assert refused.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
            toy.let_go.set()
            assert held.result(60) == b""
            end.join(60)
    assert not end.is_alive()
