from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk.schema import Declaration, SchemaError, attribute, block, fields, leaves, read, schema, write


def positive(value: int) -> str | None:
    return None if value > 0 else "It must be above 0."


@schema
class Door:
    """One door."""

    width: int = attribute("Centimetres.", validators=(positive,))
    colour: str = attribute("Paint.", choices=("red", "blue"), default="red")


@schema
class Roof:
    """What is on top."""

    flat: bool = attribute("Whether it is flat.", default=False)
    doors: list[Door] = block("Doors to the roof.")


@schema
class House:
    """A house."""

    street: str = attribute("Where it is.", case_insensitive=True)
    number: int | None = attribute("Its number.", default=None)
    owners: list[str] | None = attribute("Who owns it.", default=None, references="person")
    notes: dict[str, str] = attribute("Whatever else.", default={"a": "b"}, empty_is_unset=True)
    roof: Roof | None = block("The roof.")


def kinds(cls: type[Any]) -> dict[str, str]:
    return {field.name: field.kind for field in fields(cls)}


def test_a_schema_is_a_frozen_dataclass_with_keywords_only() -> None:
    house = House(street="Elm Street")
    with pytest.raises(dataclasses.FrozenInstanceError):
        house.street = "Oak Street"  # type: ignore[misc]
    with pytest.raises(TypeError):
        House("Elm Street")  # type: ignore[misc]
    with pytest.raises(TypeError):
        House()  # type: ignore[call-arg]


def test_a_schema_needs_a_docstring() -> None:
    class Bare:
        pass

    with pytest.raises(TypeError, match="needs a docstring"):
        schema(Bare)


def test_fields_are_told_in_order_with_their_kinds() -> None:
    assert kinds(House) == {"street": "string", "number": "number", "owners": "list", "notes": "map", "roof": "block"}
    assert kinds(Roof) == {"flat": "bool", "doors": "blocks"}


def test_a_field_is_required_unless_it_has_a_default() -> None:
    assert [field.name for field in fields(House) if field.required] == ["street"]
    assert {field.name: field.default for field in fields(House)}["notes"] == {"a": "b"}
    assert [field.name for field in fields(House) if field.is_block] == ["roof"]


def test_a_field_knows_what_was_declared() -> None:
    declared = {field.name: field.declaration for field in fields(House)}
    assert declared["street"] == Declaration(description="Where it is.", case_insensitive=True)
    assert declared["owners"].references == "person"
    assert declared["notes"].empty_is_unset
    assert fields(Door)[0].declaration.validators[0](0) == "It must be above 0."


def test_two_instances_do_not_share_a_default() -> None:
    first, second = House(street="a"), House(street="b")
    first.notes["c"] = "d"
    assert second.notes == {"a": "b"}
    assert read(House, {"street": "c"}).notes == {"a": "b"}


@pytest.mark.parametrize("hint", [float, list[int], dict[str, int], str | int, str | int | None, tuple[str], Any])
def test_a_type_terraform_cannot_hold_is_refused(hint: Any) -> None:
    made = dataclasses.make_dataclass("Made", [("value", hint, attribute("A value.", default=None))], kw_only=True)
    with pytest.raises(TypeError, match=r"Made.value: a schema cannot hold"):
        fields(made)


def test_what_may_be_none_needs_a_default() -> None:
    made = dataclasses.make_dataclass("Made", [("value", str | None, attribute("A value."))], kw_only=True)
    with pytest.raises(TypeError, match="may be None and therefore needs a default"):
        fields(made)


def test_reading_applies_defaults_to_what_is_null_or_missing() -> None:
    assert read(House, {"street": "Elm Street", "number": None, "notes": None}) == House(street="Elm Street")


def test_reading_drops_what_the_schema_does_not_know() -> None:
    assert read(Door, {"width": 80, "weight": 20}) == Door(width=80)


@pytest.mark.parametrize("roof", [{"flat": True}, [{"flat": True}]])
def test_a_block_may_be_one_object_or_a_list_of_one(roof: Any) -> None:
    house = read(House, {"street": "a", "roof": roof})
    assert house.roof == Roof(flat=True, doors=[])


@pytest.mark.parametrize("roof", [None, []])
def test_no_block_is_none(roof: Any) -> None:
    assert read(House, {"street": "a", "roof": roof}).roof is None


def test_numbers_may_come_as_text() -> None:
    assert read(Door, {"width": "80"}).width == 80


def test_null_keys_of_a_map_are_left_out() -> None:
    assert read(House, {"street": "a", "notes": {"b": None, "c": ""}}).notes == {"c": ""}


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({}, "street", "a value is required"),
        ({"street": 5}, "street", "a string is needed, not 5"),
        ({"street": "a", "number": "x"}, "number", "'x' is not a whole number"),
        ({"street": "a", "number": True}, "number", "a number is needed, not True"),
        ({"street": "a", "number": 1.5}, "number", "a number is needed, not 1.5"),
        ({"street": "a", "owners": "ann"}, "owners", "a list is needed, not 'ann'"),
        ({"street": "a", "owners": [1]}, "owners", "a list is needed, not [1]"),
        ({"street": "a", "notes": ["b"]}, "notes", "a map is needed, not ['b']"),
        ({"street": "a", "notes": {"ö": 1}}, 'notes["ö"]', "text is needed, not 1"),
        ({"street": "a", "roof": "flat"}, "roof[0]", "a block is needed"),
        ({"street": "a", "roof": {"flat": "yes"}}, "roof[0].flat", "a bool is needed, not 'yes'"),
        ({"street": "a", "roof": {"doors": [{"width": 1}, {}]}}, "roof[0].doors[1].width", "a value is required"),
        ({"street": "a", "roof": {"doors": [None]}}, "roof[0].doors[0]", "a block is needed"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(document: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        read(House, document)
    assert (caught.value.path, caught.value.message) == (path, message)
    assert str(caught.value) == f"{path}: {message}"


texts = st.text(max_size=5)


@given(
    st.builds(
        House,
        street=texts,
        number=st.none() | st.integers(),
        owners=st.none() | st.lists(texts),
        notes=st.dictionaries(texts, texts),
        roof=st.none() | st.builds(Roof, flat=st.booleans(), doors=st.lists(st.builds(Door, width=st.integers()))),
    )
)
def test_what_is_written_is_read_back(house: House) -> None:
    assert read(House, write(house)) == house


def test_leaves_are_every_value_with_its_path() -> None:
    document = {
        "street": "a",
        "number": None,
        "notes": {"b": "c"},
        "roof": [{"flat": False, "doors": [{"width": 1}, {"width": 2, "colour": "red"}]}],
    }
    found = [(path, field.name, value) for path, field, value in leaves(House, document)]
    assert found == [
        ("street", "street", "a"),
        ("notes", "notes", {"b": "c"}),
        ("roof[0].flat", "flat", False),
        ("roof[0].doors[0].width", "width", 1),
        ("roof[0].doors[1].width", "width", 2),
        ("roof[0].doors[1].colour", "colour", "red"),
    ]


def test_leaves_of_one_block_that_is_an_object_have_the_path_of_a_list() -> None:
    assert [path for path, _, _ in leaves(House, {"roof": {"flat": True}})] == ["roof[0].flat"]
