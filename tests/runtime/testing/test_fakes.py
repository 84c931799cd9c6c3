"""Fakes of services answer what they were told to, record everything, and refuse the rest."""

from __future__ import annotations

from typing import Any

import pytest

from sym.sdk.exceptions import OktaError, SymIntegrationError
from sym.testing.fakes import MODULES, FakeHost, UnexpectedCall, questions


@pytest.fixture
def host() -> FakeHost:
    return FakeHost(lambda: {"impl.py": "okta.list_groups()\n\nlist_groups()"})


def test_what_was_said_last_about_a_call_counts(host: FakeHost) -> None:
    host.okta.is_user_in_group.returns(False)
    host.okta.is_user_in_group.when(group_id="a").returns(True)
    assert host.call("okta", "is_user_in_group", {"user": None, "group_id": "a"}) is True
    assert host.call("okta", "is_user_in_group", {"user": None, "group_id": "b"}) is False
    host.okta.is_user_in_group.answers(lambda arguments: arguments["group_id"])
    assert host.call("okta", "is_user_in_group", {"user": None, "group_id": "a"}) == "a"
    assert len(host.okta.is_user_in_group.calls) == 3
    assert host.okta.is_user_in_group.called_with(group_id="b")
    assert not host.okta.is_user_in_group.called_with(group_id="c")
    host.check()


def test_an_error_is_raised_as_it_is(host: FakeHost) -> None:
    host.okta.list_groups.raises(OktaError("GROUP_NOT_FOUND", "None."))
    with pytest.raises(OktaError, match=r"None\."):
        host.call("okta", "list_groups", {})
    with pytest.raises(TypeError, match=r"raises errors of sym\.sdk"):
        host.okta.list_groups.raises(ValueError())  # type: ignore[arg-type]


def test_a_call_nobody_foresaw_is_kept_even_if_the_flow_catches_it(host: FakeHost) -> None:
    with pytest.raises(SymIntegrationError):
        host.call("okta", "list_groups", {"filter": "x"})
    with pytest.raises(UnexpectedCall, match=r"impl.py:1 or 3 calls okta.list_groups\(filter='x'\)"):
        host.check()
    host.check()


def test_what_there_is_not_cannot_be_foreseen(host: FakeHost) -> None:
    with pytest.raises(AttributeError, match="no author module 'otka'"):
        _: Any = host.otka
    with pytest.raises(AttributeError, match="okta has no 'is_user_in_grup'; there are: get_user_info"):
        _ = host.okta.is_user_in_grup


@pytest.mark.parametrize(
    ("module", "function", "asks"),
    [("slack", "user", "find_user_id"), ("slack", "group", "find_user_id"), ("slack", "channel", None),
     ("pagerduty", "has_incident", "get_incidents")],
)  # fmt: skip
def test_a_function_that_asks_by_another_name_says_which(
    host: FakeHost, module: str, function: str, asks: str | None
) -> None:
    says = f"asks {asks}: fake that" if asks else f"{module} has no '{function}'"
    with pytest.raises(AttributeError, match=says):
        getattr(getattr(host, module), function)


@pytest.mark.parametrize("module", MODULES)
def test_every_author_module_can_be_faked(module: str) -> None:
    assert questions(module)


def test_an_answer_that_is_no_json_is_refused(host: FakeHost) -> None:
    with pytest.raises(TypeError, match="a fake cannot answer with a object"):
        host.okta.list_groups.returns(object())


def test_what_a_test_speaks_of_is_faked_and_nothing_else(host: FakeHost) -> None:
    host.okta.list_groups.returns([])
    assert host.is_faked("okta", "list_groups")
    assert not host.is_faked("okta", "get_user_info")
    assert not host.is_faked("github", "get_repo_collaborators")
