from __future__ import annotations

import pytest

from sym.resources import resources
from sym.sdk.schema import attribute, block, schema
from sym_provider.framework.diagnostics import Diagnostic, has_errors, render_path
from sym_provider.framework.schema import Attribute, NestedBlock
from sym_provider.framework.values import BOOL, NUMBER, STRING, UNKNOWN, ListOf, MapOf
from sym_provider.schemas import description_of, nulls_check, resource_schema


@schema
class Room:
    """One room."""

    kind: str = attribute("What for.", choices=("kitchen", "bathroom"))
    window: bool = attribute("Whether it has a window.", default=True)


@schema
class House:
    """
    A house.

        indented = "example"
    """

    version = 3

    name: str = attribute("Its name.", case_insensitive=True)
    floors: int = attribute("How many.", default=1, validators=(lambda value: None if value else "None at all.",))
    owners: list[str] | None = attribute("Who owns it.", default=None)
    notes: dict[str, str] | None = attribute("Notes.", default=None, empty_is_unset=True)
    guests: list[str] | None = attribute("Who may stay.", default=None, empty_is_null=False)
    code: str | None = attribute("Of the door.", default=None, write_only=True)
    plan: str | None = attribute("Source.", default=None, code="content")
    script: str | None = attribute("Source or path.", default=None, code="path_or_content")
    rooms: list[Room] = block("Its rooms.")
    best: Room | None = block("Its best room.")


SCHEMA = resource_schema(House)
ATTRIBUTES = {item.name: item for item in SCHEMA.attributes}
BLOCKS: dict[str, NestedBlock] = {item.name: item for item in SCHEMA.blocks}


def diagnostics(declared: Attribute, value: object) -> list[Diagnostic]:
    return [found for validator in declared.validators for found in validator(value)]


def test_every_resource_has_an_id_it_is_given() -> None:
    identity = ATTRIBUTES["id"]
    assert (identity.type, identity.computed, identity.optional, identity.required) == (STRING, True, False, False)


def test_version_and_documentation_are_the_classs() -> None:
    assert SCHEMA.version == 3
    assert SCHEMA.description == 'A house.\n\n    indented = "example"'
    assert description_of(Room) == "One room."


def test_types_are_terraforms() -> None:
    assert {name: item.type for name, item in ATTRIBUTES.items() if name != "id"} == {
        "name": STRING,
        "floors": NUMBER,
        "owners": ListOf(STRING),
        "notes": MapOf(STRING),
        "guests": ListOf(STRING),
        "code": STRING,
        "plan": STRING,
        "script": STRING,
    }
    assert BLOCKS["rooms"].attributes[1].type is BOOL


def test_what_has_no_default_is_required_and_a_default_is_planned() -> None:
    assert [name for name, item in ATTRIBUTES.items() if item.required] == ["name"]
    assert (ATTRIBUTES["floors"].optional, ATTRIBUTES["floors"].default) == (True, 1)
    assert BLOCKS["rooms"].attributes[1].default is True


def test_a_block_may_be_repeated_if_it_is_a_list() -> None:
    assert {name: item.max_items for name, item in BLOCKS.items()} == {"rooms": 0, "best": 1}
    assert BLOCKS["rooms"].description == "Its rooms."


def test_names_that_differ_in_letter_case_are_equal() -> None:
    assert ATTRIBUTES["name"].means_the_same("Straße", "STRASSE")
    assert not ATTRIBUTES["name"].means_the_same("a", "b")
    assert not ATTRIBUTES["script"].means_the_same("a", "A")


def test_keys_that_are_empty_are_missing_where_it_was_declared() -> None:
    assert ATTRIBUTES["notes"].means_the_same({"a": "", "b": None}, None)
    assert not ATTRIBUTES["notes"].means_the_same({"a": "1"}, None)


def test_a_value_outside_the_choices_is_refused_with_the_nearest() -> None:
    kind = BLOCKS["rooms"].attributes[0]
    assert diagnostics(kind, "kitchen") == []
    (found,) = diagnostics(kind, "kitchn")
    assert found.detail == '"kitchn" is not one of: kitchen, bathroom. Did you mean "kitchen"?'
    (found,) = diagnostics(kind, "zzz")
    assert found.detail == '"zzz" is not one of: kitchen, bathroom.'


def test_a_declared_validator_becomes_an_error() -> None:
    assert diagnostics(ATTRIBUTES["floors"], 2) == []
    (found,) = diagnostics(ATTRIBUTES["floors"], 0)
    assert found.detail == "None at all."


def test_a_path_where_text_is_expected_is_told_from_one_where_it_is_not(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("code") / "plan.py"
    path.write_text("pass\n")
    assert [found.summary for found in diagnostics(ATTRIBUTES["plan"], str(path))] == [
        "A path where source text is expected"
    ]
    assert diagnostics(ATTRIBUTES["script"], str(path)) == []
    assert ATTRIBUTES["plan"].means_the_same(str(path), "pass\n")


@pytest.mark.parametrize("name", resources())
def test_every_resource_of_the_shelf_has_a_documented_schema(name: str) -> None:
    made = resource_schema(resources()[name])
    assert made.description
    assert all(item.description for item in made.attributes)
    assert not [item.name for item in made.attributes if item.requires_replace or item.sensitive]


def test_what_is_write_only_or_tells_null_from_empty_stays_so() -> None:
    assert [name for name, item in ATTRIBUTES.items() if item.write_only] == ["code"]
    assert [name for name, item in ATTRIBUTES.items() if not item.empty_is_null] == ["guests"]
    assert ATTRIBUTES["owners"].means_the_same(None, [])
    assert not ATTRIBUTES["guests"].means_the_same(None, [])


NULLS = nulls_check(
    (
        Attribute(name="name", type=STRING, required=True),
        Attribute(name="label", type=STRING, optional=True),
        Attribute(name="owners", type=ListOf(STRING), optional=True),
        Attribute(name="notes", type=MapOf(STRING), optional=True),
    )
)


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ({"name": "n"}, []),
        ({"name": ""}, []),
        ({"name": UNKNOWN, "owners": UNKNOWN}, []),
        ({"name": "n", "label": None, "owners": None, "notes": None}, []),
        ({"name": "n", "owners": ["a", UNKNOWN], "notes": {"a": None}}, []),
        ({"name": None}, ["name"]),
        ({}, ["name"]),
        ({"name": "n", "owners": [None, "a", None]}, ["owners[0]", "owners[2]"]),
        ({"name": None, "owners": [None]}, ["name", "owners[0]"]),
    ],
)
def test_a_null_where_there_must_be_a_value_is_an_error_at_its_place(
    config: dict[str, object], places: list[str]
) -> None:
    found = list(NULLS(config))
    assert [render_path(item.path) for item in found] == places
    assert has_errors(found) == bool(places)


def test_nested_blocks_are_checked_for_nulls_too() -> None:
    check = BLOCKS["rooms"].check
    assert check is not None
    assert [item.path for item in check({"kind": None, "window": None})] == [("kind",)]
