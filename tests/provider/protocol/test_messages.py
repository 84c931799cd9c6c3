"""Schemas, functions, diagnostics and paths as messages."""

from __future__ import annotations

from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.framework.diagnostics import MapKey, error, warning
from sym_provider.protocol.messages import diagnostic_messages, function_message, path_message, schema_message
from tests.provider.protocol.toy import THING, Describe, Total


def test_a_schema_tells_terraform_what_each_attribute_is() -> None:
    schema = schema_message(THING)
    attributes = {attribute.name: attribute for attribute in schema.block.attributes}
    assert schema.version == 1
    assert (attributes["id"].computed, attributes["id"].optional) == (True, False)
    assert (attributes["size"].computed, attributes["size"].optional) == (True, True)
    assert attributes["name"].required
    assert attributes["secret"].sensitive
    assert attributes["old_label"].deprecated
    assert attributes["tags"].type == b'["map", "string"]'


def test_nested_blocks_are_lists() -> None:
    (params,) = schema_message(THING).block.block_types
    assert (params.type_name, params.max_items, params.nesting) == ("params", 1, pb.Schema.NestedBlock.LIST)
    assert [nested.type_name for nested in params.block.block_types] == ["prompt_field"]


def test_functions_have_signatures() -> None:
    describe, total = function_message(Describe()), function_message(Total())
    assert [parameter.name for parameter in describe.parameters] == ["text", "fallback"]
    assert [parameter.allow_null_value for parameter in describe.parameters] == [False, True]
    assert getattr(total, "return").type == b'"number"'
    assert total.variadic_parameter.name == "numbers"
    assert not describe.HasField("variadic_parameter")


def test_each_kind_of_step_has_its_field() -> None:
    steps = path_message(("params", 2, MapKey("k"))).steps
    assert [step.WhichOneof("selector") for step in steps] == [
        "attribute_name",
        "element_key_int",
        "element_key_string",
    ]


def test_diagnostics_say_which_element_they_mean() -> None:
    plain, deep, bare = diagnostic_messages(
        [warning("w", "detail", ("a",)), error("e", "detail", ("a", 0, "b")), error("e", path=("a", 0))]
    )
    assert (plain.severity, plain.detail) == (pb.Diagnostic.WARNING, "detail")
    assert (deep.severity, deep.detail) == (pb.Diagnostic.ERROR, "detail\n\n(at a[0].b)")
    assert bare.detail == "(at a[0])"
    assert not diagnostic_messages([error("e")])[0].HasField("attribute")
