"""SRNs and resources."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk.errors import SymSDKError
from sym.sdk.resource import (
    SRN,
    InvalidSlugError,
    InvalidSRNError,
    InvalidVersionError,
    MissingComponentError,
    MultipleErrors,
    SymBaseResource,
    SymResource,
    TrailingSeparatorError,
)

TYPED = ["access_strategy", "access_target", "user", "secret", "secrets", "integration", "log_destination"]
SLUGS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=12)
VERSIONS = st.just("latest") | st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True)


@st.composite
def srns(draw: st.DrawFn) -> SRN:
    model = draw(st.sampled_from(TYPED) | SLUGS)
    kind = draw(SLUGS) if model in TYPED else None
    return SRN(draw(SLUGS), model, kind, draw(SLUGS), draw(VERSIONS), draw(st.none() | SLUGS))


@given(srns())
def test_an_srn_survives_its_own_text(srn: SRN) -> None:
    assert SRN.parse(str(srn)) == srn
    assert SRN.parse(srn) == srn
    assert srn == str(srn)
    assert hash(srn) == hash(str(srn))
    assert pickle.loads(pickle.dumps(srn)) == srn


@given(srns())
def test_upper_case_is_read_as_lower_case(srn: SRN) -> None:
    assert SRN.parse(str(srn).upper()) == srn


@given(st.text(":aZ0!.-_\n", max_size=30))
def test_text_is_either_an_srn_or_an_invalid_srn_error(text: str) -> None:
    try:
        srn = SRN.parse(text)
    except InvalidSRNError:
        return
    assert SRN.parse(str(srn)) == srn


@pytest.mark.parametrize("text", ["", "foo", "foo:bar", "foo:bar:baz"])
def test_too_few_parts_are_explained_by_the_structure(text: str) -> None:
    with pytest.raises(InvalidSRNError, match="ORG:MODEL:SLUG:VERSION") as caught:
        SRN.parse(text)
    assert type(caught.value) is InvalidSRNError


@pytest.mark.parametrize(
    "text",
    [
        "foo:bar:baz:boz",
        "foo:bar:baz:boz:something",
        "foo:bar:baz:latestsomething",
        "foo:bar:baz:1.3000.0:x",
        "foo:bar:baz:latest\n",
    ],
)
def test_a_version_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidVersionError, match="version"):
        SRN.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "foo:bar:baz:lates:",
        "foo:bar:baz:1.0:",
        "foo:bar:baz:1.0.0::",
        "foo:bar:baz:latest:",
        "sym:flow:something::",
    ],
)
def test_a_trailing_separator_is_refused_before_anything_else(text: str) -> None:
    with pytest.raises(TrailingSeparatorError, match=r"trailing separator\."):
        SRN.parse(text)


def test_a_bad_part_is_named() -> None:
    with pytest.raises(InvalidSlugError, match="org") as caught:
        SRN.parse("foo!foobar:bar:baz:latest:foo")
    assert caught.value.srn == "foo!foobar:bar:baz:latest:foo"
    assert "org" in caught.value.hint
    assert caught.value.doc_url
    with pytest.raises(InvalidSlugError, match="type"):
        SRN.parse("sym:integration::empty-type:1.0.0")
    with pytest.raises(InvalidSlugError, match="identifier"):
        SRN.parse("foo:bar:baz:latest:1.0.0")


def test_several_bad_parts_are_named_together() -> None:
    with pytest.raises(MultipleErrors, match=r"(?s)org.*version") as caught:
        SRN.parse("foo!foobar:bar:baz:1000.0.2000:foo")
    assert [type(error) for error in caught.value.errors] == [InvalidSlugError, InvalidVersionError]
    with pytest.raises(MultipleErrors, match=r"(?s)slug.*version"):
        SRN.parse("sym:integration:missing-type:1.0.0:1234-5667")


def test_models_with_a_type_demand_it() -> None:
    with pytest.raises(InvalidSRNError, match="five parts"):
        SRN.parse("sym:integration:missing-type:1.0.0")
    with pytest.raises(MissingComponentError, match="type"):
        SRN("sym", "integration", None, "slack", "latest")
    with pytest.raises(InvalidSRNError, match="type component cannot be present"):
        SRN("sym", "flow", "okta", "x", "latest")


@pytest.mark.parametrize("text", ["sym:user:0b5c:latest", "sym:access_target:lambda_access:latest:0b5c"])
def test_old_names_without_a_type_are_refused(text: str) -> None:
    with pytest.raises(InvalidSRNError):
        SRN.parse(text)


@pytest.mark.parametrize(
    ("text", "kind", "slug", "version", "identifier"),
    [
        ("foo:bar:baz:1.300.0:something", None, "baz", "1.300.0", "something"),
        ("foo_foo:bar:baz:latest", None, "baz", "latest", None),
        ("sym:template:approval:1.0.0:0b5c-77", None, "approval", "1.0.0", "0b5c-77"),
        ("sym:integration:slack:my-integration:latest", "slack", "my-integration", "latest", None),
        ("healthy-health:user:normal:0b5c:latest", "normal", "0b5c", "latest", None),
        ("SYM:FLOW:X:LATEST:ABC", None, "x", "latest", "abc"),
    ],
)
def test_good_srns_fall_into_their_parts(
    text: str, kind: str | None, slug: str, version: str, identifier: str | None
) -> None:
    srn = SRN.parse(text)
    assert (srn.type, srn.slug, srn.version, srn.identifier) == (kind, slug, version, identifier)


@pytest.mark.parametrize("text", ["foo:bar:baz:latest:id:surplus!:more", "foo:user:bot:baz:latest:id:surplus!"])
def test_parts_after_the_identifier_are_dropped_with_a_warning(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert SRN.parse(text).identifier == "id"
    assert "ignored" in caplog.text


def test_the_constructor_lower_cases_all_but_the_version() -> None:
    assert str(SRN("SYM", "Flow", None, "My-Flow", "latest", "ID")) == "sym:flow:my-flow:latest:id"
    with pytest.raises(InvalidVersionError):
        SRN("sym", "flow", None, "x", "LATEST")
    with pytest.raises(InvalidSlugError, match="identifier"):
        SRN("sym", "flow", None, "x", "latest", "")


@pytest.mark.parametrize("model", TYPED)
def test_the_seven_models_with_types(model: str) -> None:
    assert SRN.requires_type(model)
    assert not SRN.requires_type(model.upper())
    assert not SRN.requires_type("flow")


def test_a_copy_takes_new_parts_and_is_checked_again() -> None:
    srn = SRN.parse("sym:integration:slack:x:latest:id")
    assert str(srn.copy(slug="y", version="1.0.0")) == "sym:integration:slack:y:1.0.0:id"
    assert srn.copy(identifier="", type="") == srn
    with pytest.raises(InvalidSRNError, match="type component cannot be present"):
        srn.copy(model="flow")
    flow = SRN.parse("sym:flow:x:latest")
    with pytest.raises(MissingComponentError):
        flow.copy(model="integration")
    assert str(flow.copy(model="integration", type="okta")) == "sym:integration:okta:x:latest"
    assert srn.organization == "sym"
    assert srn.model == "integration"


def test_how_an_srn_is_shown() -> None:
    assert repr(SRN.parse("sym:flow:x:latest")) == "SRN(org=sym, model=flow, slug=x, version=latest)"


def test_what_an_srn_equals() -> None:
    srn = SRN.parse("sym:flow:x:latest")
    assert srn == "SYM:flow:x:latest"
    assert srn != "not an srn"
    assert srn != SRN.parse("sym:flow:x:1.0.0")
    assert srn != 5
    assert {srn: 1}["sym:flow:x:latest"] == 1  # type: ignore[index]


def test_srn_errors_are_not_value_errors() -> None:
    for error in (InvalidSlugError, InvalidVersionError, MissingComponentError, TrailingSeparatorError, MultipleErrors):
        assert issubclass(error, InvalidSRNError)
    assert issubclass(InvalidSRNError, SymSDKError)
    assert not issubclass(InvalidSRNError, ValueError)


def test_collected_errors_are_raised_as_few_as_there_are() -> None:
    several = MultipleErrors("x")
    several.check()
    one = InvalidSlugError("x", "org", "")
    several.add(one)
    with pytest.raises(InvalidSlugError) as caught:
        several.check()
    assert caught.value is one
    several.add(TrailingSeparatorError("x"))
    with pytest.raises(MultipleErrors) as several_caught:
        several.check()
    assert several_caught.value.hint.count("\n- ") == 2


def test_pydantic_models_of_authors_may_hold_srns() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Named", srn=(SRN, ...))
    named = model(srn="SYM:flow:x:latest")
    assert named.srn == SRN.parse("sym:flow:x:latest")
    assert named.model_dump_json() == '{"srn":"sym:flow:x:latest"}'
    assert model.model_json_schema()["properties"]["srn"]["type"] == "string"
    with pytest.raises(TrailingSeparatorError):
        model(srn="sym:flow:x:")


class Shown(SymBaseResource):
    zebra = 1
    alpha = "a"
    flag = True
    nothing = None
    ratio = 0.5
    when = datetime(2024, 1, 1, tzinfo=UTC)
    key = uuid4()
    srn = SRN.parse("sym:flow:x:latest")
    settings = {"a": object}
    names = ["n"]
    _private = "p"

    def method(self) -> str:
        return "m"


def test_a_resource_shows_its_simple_public_attributes_in_alphabetical_order() -> None:
    shown = Shown().dict()
    assert list(shown) == ["alpha", "flag", "names", "settings", "zebra"]
    assert shown["settings"] is Shown.settings


def test_resources_inside_a_resource_are_shown_as_dictionaries() -> None:
    class Outer(SymBaseResource):
        inner = Shown()

    assert Outer().dict() == {"inner": Shown().dict()}


def test_a_resource_prints_as_json_even_with_resources_in_its_fields() -> None:
    class Inner(SymBaseResource):
        n = 1

    class Outer(SymBaseResource):
        fields = {"target": Inner()}

    assert json.loads(str(Outer())) == {"fields": {"target": {"n": 1}}}
    assert str(Inner()) == repr(Inner()) == '{\n  "n": 1\n}'


def test_resources_are_equal_by_what_they_show_and_have_no_hash() -> None:
    class Other(SymBaseResource):
        alpha = "a"

    class Same(SymBaseResource):
        alpha = "a"

    assert Other() == Same()
    assert Other() != {"alpha": "a"}
    with pytest.raises(TypeError):
        hash(Other())


class SDKThing(SymResource):
    pass


def test_a_resource_takes_from_its_srn_what_it_does_not_have() -> None:
    thing = SDKThing("sym:integration:slack:x:1.0.0:id")
    assert thing.name == thing.slug == "x"
    assert (thing.organization, thing.model, thing.type) == ("sym", "integration", "slack")
    assert (thing.version, thing.identifier) == ("1.0.0", "id")
    assert thing.copy(slug="y").slug == "y"
    assert thing.srn == SRN.parse("sym:integration:slack:x:1.0.0:id")


def test_a_missing_attribute_names_the_class_authors_know() -> None:
    thing = SDKThing("sym:flow:x:latest")
    with pytest.raises(AttributeError, match=r"^'Thing' object has no attribute 'nonsense'$"):
        _ = thing.nonsense
    with pytest.raises(AttributeError):
        _ = thing._slug


def test_a_resource_without_its_srn_does_not_recurse() -> None:
    thing = SDKThing("sym:flow:x:latest")
    del thing._srn
    with pytest.raises(AttributeError):
        _ = thing.srn


def test_named_resources_are_equal_by_srn() -> None:
    one, same = SDKThing("sym:flow:x:latest"), SymResource(SRN.parse("SYM:flow:x:latest"))
    assert one == same
    assert hash(one) == hash(same) == hash("sym:flow:x:latest")
    assert one != SDKThing("sym:flow:y:latest")
    assert one != "sym:flow:x:latest"
    assert repr(one) == "Thing(sym:flow:x:latest)"
    assert json.loads(str(one)) == {"name": "x"}
    assert copy.deepcopy(one) == one
    with pytest.raises(InvalidSRNError):
        SDKThing("x")
