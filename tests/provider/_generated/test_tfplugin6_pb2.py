"""The generated code is that of proto/, and proto/ is what Terraform speaks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from sym_provider._generated import tfplugin6_pb2
from tests.terraform_cli import find_terraform

ROOT = Path(__file__).parents[3]
GENERATED = ROOT / "provider" / "sym_provider" / "_generated"


def test_generating_again_changes_nothing(tmp_path: Path) -> None:
    protos = sorted(str(path) for path in (ROOT / "proto").glob("*.proto"))
    command = [sys.executable, "-W", "ignore", "-m", "grpc_tools.protoc", f"--proto_path={ROOT / 'proto'}"]
    subprocess.run([*command, f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", *protos], check=True, timeout=60)
    fresh = {path.name: path.read_text() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text() for path in GENERATED.glob("*_pb2.py*")}
    assert fresh == kept, "run make proto"


def numbers(messages: Any, prefix: str = "") -> dict[str, Any]:
    """Everything that is on the wire of some messages, by full name."""
    found: dict[str, Any] = {}
    for message in messages:
        name = f"{prefix}{message.name}"
        for field in message.field:
            kind = (field.number, field.type, field.label, field.type_name, field.HasField("oneof_index"))
            found[f"{name}.{field.name}"] = kind
        for enum in message.enum_type:
            found |= {f"{name}.{enum.name}.{value.name}": value.number for value in enum.value}
        found |= numbers(message.nested_type, f"{name}.")
    return found


def methods(file: descriptor_pb2.FileDescriptorProto) -> dict[str, Any]:
    return {
        f"{service.name}/{method.name}": (method.input_type, method.output_type, method.server_streaming)
        for service in file.service
        for method in service.method
    }


def read_descriptor(data: bytes, name: str) -> descriptor_pb2.FileDescriptorProto:
    """Find the description of a .proto file that a Go program carries in itself."""
    start = data.index(b"\n" + bytes([len(name)]) + name.encode())
    end = start
    while data[end] & 7 == 2 and data[end] >> 3 in range(1, 13):  # every field of a file is a length and bytes
        length, shift, end = 0, 0, end + 1
        while True:
            byte, end = data[end], end + 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        end += length
    return descriptor_pb2.FileDescriptorProto.FromString(data[start:end])


@pytest.mark.terraform
def test_names_and_numbers_are_those_in_terraform_itself() -> None:
    theirs = read_descriptor(Path(find_terraform()).resolve().read_bytes(), "tfplugin6.proto")
    ours = descriptor_pb2.FileDescriptorProto()
    tfplugin6_pb2.DESCRIPTOR.CopyToProto(ours)
    assert numbers(ours.message_type).items() <= numbers(theirs.message_type).items()
    assert methods(ours).items() <= methods(theirs).items()
    assert len(methods(ours)) == 16
