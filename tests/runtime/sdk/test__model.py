"""The base of the models: the leniency and the refusals authors' code relies on."""

from __future__ import annotations

import inspect
import json
import pickle
from collections import OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk._model import Model, ValidationError, field
from sym.sdk.resource import SRN, InvalidSRNError


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("must be even")
    return value


class Leaf(Model):
    name: str
    count: int | None = None


class Tree(Model):
    key: str = field(read_only=True)
    even: int = field(default=0, after=_even)
    on: bool = False
    leaves: list[Leaf] = field(factory=list)
    notes: dict[str, str] = {}
    anything: Any = None


class Sub(Leaf):
    extra: str = "e"


class Named(Model):
    srn: SRN
    id: UUID | None = None


@pytest.mark.parametrize(
    ("given_", "kept"),
    [(1, "1"), (True, "True"), (1.5, "1.5"), (Decimal("2.50"), "2.50"), (b"x", "x"), ("x", "x")],
)
def test_text_takes_numbers(given_: Any, kept: str) -> None:
    assert Leaf(name=given_).name == kept


@pytest.mark.parametrize("given_", [None, [], {}, object()])
def test_text_takes_nothing_else(given_: Any) -> None:
    with pytest.raises(ValidationError, match="name"):
        Leaf(name=given_)


@pytest.mark.parametrize(("given_", "kept"), [("15", 15), (15.0, 15), (15.7, 15), (True, 1), (None, None)])
def test_whole_numbers_take_text_and_cut_off_fractions(given_: Any, kept: int | None) -> None:
    assert Leaf(name="n", count=given_).count == kept


@pytest.mark.parametrize("given_", ["x", "15.7", float("inf"), float("nan"), [], {}])
def test_whole_numbers_take_nothing_else(given_: Any) -> None:
    with pytest.raises(ValidationError, match="count\n  value is not a valid integer"):
        Leaf(name="n", count=given_)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [("yes", True), ("ON", True), (1, True), ("true", True), ("no", False), (0, False), ("off", False), (1.0, True)],
)
def test_truth_takes_the_usual_words(given_: Any, kept: bool) -> None:
    assert Tree(key="k", on=given_).on is kept


@pytest.mark.parametrize("given_", [None, 2, "maybe", [], {}])
def test_truth_takes_nothing_else(given_: Any) -> None:
    with pytest.raises(ValidationError, match="on\n  value could not be parsed to a boolean"):
        Tree(key="k", on=given_)


def test_positional_arguments_are_refused_and_unknown_keywords_ignored() -> None:
    with pytest.raises(TypeError):
        Leaf("n")  # type: ignore[call-arg]
    assert Leaf(name="n", colour="red").dict() == {"name": "n", "count": None}  # type: ignore[call-arg]


def test_every_field_that_does_not_fit_is_named_with_its_place() -> None:
    with pytest.raises(ValueError, match="2 validation errors for Tree") as caught:
        Tree(even=3, leaves=[], key=[])  # type: ignore[arg-type]
    assert isinstance(caught.value, ValidationError)
    assert [error["loc"] for error in caught.value.errors()] == [("key",), ("even",)]
    with pytest.raises(ValidationError, match="leaves -> 1 -> name\n  field required") as nested:
        Tree(key="k", leaves=[{"name": "a"}, {}])  # type: ignore[list-item]
    assert nested.value.errors()[0] == {
        "loc": ("leaves", 1, "name"),
        "msg": "field required",
        "type": "value_error.missing",
    }
    assert str(pickle.loads(pickle.dumps(nested.value))) == str(nested.value)


def test_a_refused_value_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValidationError) as caught:
        Tree(key="k", on="hunter2", even="hunter2", leaves=["hunter2"])  # type: ignore[arg-type, list-item]
    assert "hunter2" not in str(caught.value)


def test_a_default_is_not_checked_and_belongs_to_one_instance() -> None:
    one, other = Tree(key="k"), Tree(key="k")
    one.leaves.append(Leaf(name="n"))
    one.notes["a"] = "b"
    assert other.leaves == []
    assert other.notes == {}


def test_equality_compares_content_with_models_and_dictionaries() -> None:
    class Twin(Model):
        name: str
        count: int | None = None

    assert Leaf(name="n") == Twin(name="n")
    assert Leaf(name="n") == {"name": "n", "count": None}
    assert Leaf(name="n") == {"name": "n", "count": None}
    assert Leaf(name="n") != Leaf(name="m")
    assert Leaf(name="n") != "n"


def test_models_have_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(Leaf(name="n"))


def test_assignment_is_checked() -> None:
    tree = Tree(key="k")
    tree.even = "4"  # type: ignore[assignment]
    assert tree.even == 4
    with pytest.raises(ValidationError, match="even"):
        tree.even = 5
    assert tree.even == 4
    with pytest.raises(TypeError, match="cannot be assigned"):
        tree.key = "other"
    with pytest.raises(ValueError, match='"Tree" object has no field "colour"'):
        tree.colour = "red"
    with pytest.raises(TypeError, match="cannot be deleted"):
        del tree.key


def test_nested_models_are_copied_but_not_deeply_and_keep_their_class() -> None:
    leaf = Sub(name="n")
    tree = Tree(key="k", leaves=[leaf])
    assert tree.leaves[0] is not leaf
    assert type(tree.leaves[0]) is Sub
    assert tree.dict()["leaves"] == [{"name": "n", "count": None, "extra": "e"}]


def test_lists_take_tuples_and_sets_but_not_text() -> None:
    assert Tree(key="k", leaves=(Leaf(name="n"),)).leaves == [{"name": "n", "count": None}]  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="not a valid list"):
        Tree(key="k", leaves="n")  # type: ignore[arg-type]


def test_dictionaries_have_their_values_coerced_and_keep_their_kind() -> None:
    assert Tree(key="k", notes={1: True}).notes == {"1": "True"}  # type: ignore[dict-item]
    assert type(Tree(key="k", notes=OrderedDict(a="b")).notes) is OrderedDict
    assert type(Tree(key="k", notes={"a": "b"}).notes) is dict
    with pytest.raises(ValidationError, match="notes -> a"):
        Tree(key="k", notes={"a": None})  # type: ignore[dict-item]
    with pytest.raises(ValidationError, match="not a valid dict"):
        Tree(key="k", notes=[])  # type: ignore[arg-type]


def test_an_srn_field_raises_the_srns_own_error() -> None:
    assert Named(srn="SYM:flow:x:latest").srn == SRN.parse("sym:flow:x:latest")  # type: ignore[arg-type]
    with pytest.raises(InvalidSRNError):
        Named(srn="x")  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="not a valid uuid"):
        Named(srn="sym:flow:x:latest", id="x")  # type: ignore[arg-type]


def test_json_is_written_as_json_dumps_would() -> None:
    tree = Tree(key="ü", leaves=[Leaf(name="n")], anything=datetime(2024, 1, 2, tzinfo=UTC))
    assert tree.json() == (
        '{"key": "\\u00fc", "even": 0, "on": false, "leaves": [{"name": "n", "count": null}], "notes": {}, '
        '"anything": "2024-01-02T00:00:00+00:00"}'
    )
    assert tree.json(include={"key"}, indent=1) == '{\n "key": "\\u00fc"\n}'
    named = Named(srn=SRN.parse("sym:flow:x:latest"), id=UUID(int=1))
    assert json.loads(named.json()) == {"srn": "sym:flow:x:latest", "id": str(UUID(int=1))}
    with pytest.raises(TypeError, match="'object' is not JSON serializable"):
        Tree(key="k", anything=object()).json()


def test_dict_keeps_objects_and_takes_a_choice_of_fields() -> None:
    named = Named(srn=SRN.parse("sym:flow:x:latest"))
    assert named.dict()["srn"] is named.srn
    assert named.dict(exclude_none=True) == {"srn": named.srn}
    assert named.dict(include={"id"}) == {"id": None}
    assert named.dict(exclude={"srn"}) == {"id": None}
    assert dict(named) == {"srn": named.srn, "id": None}


def test_a_copy_shares_what_is_inside_unless_deep() -> None:
    tree = Tree(key="k", leaves=[Leaf(name="n")])
    assert tree.copy() == tree
    assert tree.copy().leaves is tree.leaves
    assert tree.copy(deep=True).leaves[0] is not tree.leaves[0]
    assert tree.copy(update={"even": 3}).even == 3
    assert tree.copy(include={"key"}).dict() == {"key": "k"}
    assert "leaves" not in tree.copy(exclude={"leaves"}).dict()


def test_help_shows_the_fields_of_a_model() -> None:
    assert str(inspect.signature(Sub)) == "(*, name: 'str', count: 'int | None' = None, extra: 'str' = 'e')"


def test_parsing_starts_from_dictionaries_and_json() -> None:
    assert Leaf.parse_obj({"name": "n"}) == Leaf.parse_raw('{"name": "n"}') == Leaf.parse_obj(Leaf(name="n"))
    with pytest.raises(ValidationError, match="expected dict not int"):
        Leaf.parse_obj(5)
    with pytest.raises(ValidationError, match="__root__"):
        Leaf.parse_raw("{")


def test_construct_checks_nothing() -> None:
    leaf = Leaf.construct(name=5)
    assert leaf.name == 5  # type: ignore[comparison-overlap]
    assert leaf.count is None
    assert not hasattr(Leaf.construct(), "name")


def test_how_a_model_is_shown() -> None:
    assert repr(Leaf(name="n")) == "Leaf(name='n', count=None)"
    assert str(Leaf(name="n")) == "name='n' count=None"


def test_a_field_without_instance_has_no_value() -> None:
    with pytest.raises(AttributeError):
        _ = Tree.even


@given(
    st.builds(
        Tree,
        key=st.text(),
        even=st.integers().map(lambda n: n * 2),
        on=st.booleans(),
        leaves=st.lists(st.builds(Leaf, name=st.text(), count=st.none() | st.integers()), max_size=3),
        notes=st.dictionaries(st.text(), st.text(), max_size=3),
        anything=st.none() | st.text() | st.integers(),
    )
)
def test_a_model_survives_json_dictionaries_and_pickling(tree: Tree) -> None:
    assert Tree.parse_raw(tree.json()) == tree
    assert Tree.parse_obj(tree.dict()) == tree
    assert pickle.loads(pickle.dumps(tree)) == tree
