"""What holds for whatever authors and stored documents may bring, tried on things nobody would think of."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sym.sdk._model import Model
from sym.sdk.duration import duration_seconds
from sym.sdk.exceptions import SlackError
from sym.sdk.forms import FieldOption, FieldType, PromptField, SlackUserSelection, SymPromptForm
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification
from sym.sdk.request_destination import (
    RequestDestination,
    RequestDestinationFallback,
    RequestForwardContext,
    SlackChannelID,
    SlackChannelName,
    SlackUser,
    SlackUserGroup,
)
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.resource import SRN, InvalidSRNError
from sym.sdk.templates import ApprovalTemplateStep
from sym.sdk.templates.step import EventRequest

_TYPED = "access_strategy|access_target|user|secret|secrets|integration|log_destination"
_SLUG = "[A-Za-z0-9_-]+"
_REST = rf"{_SLUG}:(?:latest|[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{2}})(?::{_SLUG}(?::.*[^:])?)?"
GRAMMAR = re.compile(
    rf"{_SLUG}:(?:(?:{_TYPED}):{_SLUG}:{_REST}|(?!(?:{_TYPED}):){_SLUG}:{_REST})", re.IGNORECASE | re.ASCII | re.DOTALL
)
"""The whole grammar of SRNs once more, as one expression; parts after the identifier are let pass."""

# Pieces that are nearly right: letters and digits of other alphabets that Python takes for ours, and stray separators.
_PLAIN_PIECES = [
    "acme",
    "flow",
    "user",
    "secrets",
    "integration",
    "Flow",
    "USER",
    "latest",
    "LATEST",
    "1.0.0",
    "1.300.0",
    "1000.0.0",
    "id",
    "-",
    "_",
]
_ODD_PIECES = ("", "a b", "\u212aey", "\u0130d", "\u017f", "1.0.\u0663", "\uff11.0.0", "latest\n", "x\n")
_PIECES = st.sampled_from([*_PLAIN_PIECES, *_ODD_PIECES])
_SRN_LIKE = st.lists(_PIECES, min_size=1, max_size=8).map(":".join)


@given(_SRN_LIKE | st.text(":aZ0.-_\u212a\n", max_size=30))
@example("acme:flow:\u212aelvin:latest")
def test_an_srn_is_read_exactly_if_it_fits_the_grammar(text: str) -> None:
    try:
        SRN.parse(text)
    except InvalidSRNError:
        assert not GRAMMAR.fullmatch(text)
    else:
        assert GRAMMAR.fullmatch(text)


@given(st.from_regex(re.compile(r"[ \t]*[0-9]{1,9}[ \t]*(s|m|h|d|mo)?[ \t]*", re.ASCII), fullmatch=True) | st.text())
@example("\u0663\u0660s")
@example("1\u00a0h")
def test_a_duration_is_read_exactly_if_it_is_a_number_and_a_unit(text: str) -> None:
    fits = re.fullmatch(r"\s*0*[1-9][0-9]*\s*(s|m|h|d|mo)?\s*", text) and re.search("[0-9]{1,9}", text)
    try:
        assert duration_seconds(text) > 0
        assert fits
    except ValueError:
        assert not fits or re.search("[0-9]{10}", text)


TIMEOUTS = st.none() | st.integers(0, 10**6)
_COMMON = {"allow_self": st.booleans(), "timeout": TIMEOUTS}
_ID = st.text("ABC019", max_size=8)
_USERS = st.builds(SlackUser, user_id=_ID.map("U".__add__), **_COMMON)
_NAMED = st.text(min_size=1).filter(str.strip)
DESTINATIONS = st.one_of(
    _USERS,
    st.builds(SlackChannelID, channel_id=_ID.map("D".__add__), **_COMMON),
    st.builds(SlackChannelName, channel_name=_NAMED, **_COMMON),
    st.builds(SlackUserGroup, users=st.lists(_USERS, min_size=1, max_size=7), **_COMMON),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
OPTIONS = st.builds(
    FieldOption, value=st.text(max_size=55) | st.integers(0, 9) | st.booleans(), label=st.text(max_size=55)
)
SELECTIONS = st.builds(SlackUserSelection, user_id=st.text(), username=st.none() | st.text())
PROMPTS = st.builds(
    PromptField,
    name=st.text(),
    type=st.sampled_from(FieldType),
    value=PLAIN | SELECTIONS | st.lists(SELECTIONS, max_size=2),
    label=st.none() | st.text(),
    required=st.booleans(),
    current_allowed_values=st.lists(OPTIONS, max_size=2),
    original_allowed_values=st.lists(OPTIONS, max_size=2),
    visible=st.booleans(),
)
FORMS = st.builds(
    SymPromptForm,
    fields=st.dictionaries(st.text(), PROMPTS, max_size=2) | st.dictionaries(st.text(), PROMPTS).map(OrderedDict),
    flow_vars=st.dictionaries(st.text(), st.text(), max_size=2),
    additional_header_text=st.none() | st.text(),
)
_WHO = st.sampled_from(PermissionLevel) | st.lists(st.uuids(), min_size=1, max_size=3)
MODELS: dict[str, st.SearchStrategy[Any]] = {
    "destination": DESTINATIONS,
    "option": OPTIONS,
    "selection": SELECTIONS,
    "prompt": PROMPTS,
    "form": FORMS,
    "notification": st.builds(
        Notification, destinations=st.lists(DESTINATIONS, min_size=1, max_size=1), timeout=TIMEOUTS
    ),
    "fallback": st.builds(
        RequestDestinationFallback,
        destinations=st.lists(DESTINATIONS, max_size=3),
        continue_on_delivery_failure=st.booleans(),
        continue_on_timeout=st.booleans(),
    ),
    "forward context": st.builds(
        RequestForwardContext,
        all_request_destinations=st.lists(DESTINATIONS, max_size=3),
        current_destination_index=st.integers(0, 3),
        next_destination_index=st.none() | st.integers(0, 3),
    ),
    "permission": st.builds(RequestPermission, webapp_view=_WHO, approve_deny=_WHO, allow_self_approval=st.booleans()),
}
"""Every model an author may construct, by what it is."""


@pytest.mark.parametrize("what", MODELS)
@given(data=st.data())
def test_a_model_has_one_content_in_every_form(what: str, data: st.DataObject) -> None:
    model = data.draw(MODELS[what])
    kind = type(model)
    for twin in (
        kind.parse_obj(model.dict()),
        kind.parse_raw(model.json()),
        kind.parse_raw(model.json().encode()),
        kind.construct(**dict(model)),
        model.copy(),
        model.copy(deep=True),
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
    ):
        assert type(twin) is kind
        assert twin == model
        assert twin.dict() == model
        assert twin.json() == model.json()
    assert list(json.loads(model.json())) == list(model.dict()) == list(dict(model))
    assert model.json().isascii()


@pytest.mark.parametrize("what", MODELS)
@given(data=st.data())
def test_a_model_is_not_changed_by_changing_its_deep_copy(what: str, data: st.DataObject) -> None:
    model = data.draw(MODELS[what])
    before = model.json()
    twin = model.copy(deep=True)
    for value in twin.__dict__.values():
        if isinstance(value, (list, dict)):
            value.clear()
    assert model.json() == before


# Documents that are nearly right: the keys the models know, with anything below.
_KEYS = st.sampled_from(
    [
        "destinations",
        "timeout",
        "channel_id",
        "channel_name",
        "user_id",
        "users",
        "allow_self",
        "lookup_type",
        "fields",
        "name",
        "type",
        "value",
        "label",
        "required",
        "webapp_view",
        "approve_deny",
        "flow_vars",
        "current_allowed_values",
        "all_request_destinations",
        "current_destination_index",
        "username",
        "visible",
    ]
)
_ANYTHING = st.recursive(
    PLAIN
    | st.sampled_from(["admin", "U1", "C1", "string", "#x", "1" * 32, float("inf"), float("nan"), b"\xff", object()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6) | st.tuples(inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    "kind",
    [
        RequestDestination, SlackUserGroup, RequestDestinationFallback, RequestForwardContext, Notification,
        RequestPermission, FieldOption, SlackUserSelection, PromptField, SymPromptForm,
    ],
)  # fmt: skip
@given(document=st.dictionaries(_KEYS, _ANYTHING, max_size=6) | _ANYTHING)
def test_a_document_is_a_model_or_a_value_error(kind: type[Model], document: Any) -> None:
    try:
        model = kind.parse_obj(document)
    except ValueError:
        return
    assert isinstance(model, Model)


@given(st.text())
def test_a_text_is_a_channel_of_slack_or_an_error_of_slack(text: str) -> None:
    try:
        channel = slack.channel(text)
    except SlackError:
        assert not text.strip()
        return
    assert RequestDestination.parse_raw(channel.json()) == channel
    assert type(RequestDestination.parse_raw(channel.json())) is type(channel)


@given(
    st.builds(
        EventRequest,
        st.sampled_from(ApprovalTemplateStep),
        st.none() | st.just(SRN.parse("acme:access_target:okta:x:latest")),
        st.none() | st.integers(1, 10**9),
        extra=st.dictionaries(st.text(), PLAIN, max_size=3),
    )
)
def test_a_hooks_request_survives_json_copying_and_pickling(request_: EventRequest) -> None:
    document = json.loads(json.dumps(request_.to_dict()))
    step = ApprovalTemplateStep(document.pop("step"))
    assert EventRequest(step, **document) == request_
    assert copy.deepcopy(request_) == pickle.loads(pickle.dumps(request_)) == request_
