"""Schemas refuse what Terraform could not work with, when they are declared and not when they are used."""

from __future__ import annotations

from typing import Any

import pytest

from sym_provider.framework.schema import Attribute, Block, NestedBlock, ResourceSchema
from sym_provider.framework.values import NUMBER, STRING, UNKNOWN, ListOf, MapOf, ValueMismatch


@pytest.mark.parametrize(
    "modes",
    [
        {},
        {"required": True, "optional": True},
        {"required": True, "computed": True},
        {"computed": True, "default": "x"},
        {"write_only": True, "optional": True, "computed": True},
        {"write_only": True, "optional": True, "default": "x"},
        {"write_only": True, "optional": True, "requires_replace": True},
    ],
)
def test_modes_that_contradict_each_other_are_refused(modes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="attribute a"):
        Attribute(name="a", type=STRING, **modes)


def test_a_default_must_be_of_the_attributes_type() -> None:
    with pytest.raises(ValueMismatch):
        Attribute(name="a", type=NUMBER, optional=True, default="x")


@pytest.mark.parametrize("name", ["", "A", "a-b", "1a", "a b"])
def test_names_terraform_cannot_have_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name of an attribute"):
        Attribute(name=name, type=STRING, optional=True)
    with pytest.raises(ValueError, match="name of an attribute"):
        NestedBlock(name=name)


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="more than once: a"):
        Block(attributes=(Attribute(name="a", type=STRING, optional=True),), blocks=(NestedBlock(name="a"),))


def test_a_default_makes_an_attribute_computed_for_terraform() -> None:
    attribute = Attribute(name="a", type=STRING, optional=True, default="x")
    assert attribute.may_be_chosen
    assert not attribute.computed


def test_the_type_of_a_block_nests() -> None:
    attribute = Attribute(name="a", type=STRING, optional=True)
    schema = ResourceSchema(attributes=(attribute,), blocks=(NestedBlock(name="b", attributes=(attribute,)),))
    nested = ["list", ["object", {"a": "string"}]]
    assert schema.type.to_json() == ["object", {"a": "string", "b": nested}]
    assert schema.empty() == {"a": None, "b": []}


def test_equality_of_its_own_is_asked_for_known_values_only() -> None:
    attribute = Attribute(name="a", type=STRING, optional=True, equal=lambda a, b: a.lower() == b.lower())
    assert attribute.means_the_same("A", "a")
    assert not attribute.means_the_same("A", None)
    assert not attribute.means_the_same("A", UNKNOWN)


def test_maps_may_take_empty_keys_for_missing() -> None:
    attribute = Attribute(name="a", type=MapOf(STRING), optional=True, empty_keys_are_missing=True)
    assert attribute.means_the_same({"a": "", "b": "1"}, {"b": "1", "c": None})


def test_null_may_mean_something_else_than_empty() -> None:
    usual = Attribute(name="a", type=ListOf(STRING), optional=True)
    strict = Attribute(name="a", type=ListOf(STRING), optional=True, empty_is_null=False)
    assert usual.means_the_same(None, [])
    assert not strict.means_the_same(None, [])
    assert not strict.means_the_same([], None)
    assert strict.means_the_same([], [])
    assert strict.means_the_same(None, None)
    assert not strict.means_the_same([], ["x"])
