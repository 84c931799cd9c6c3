"""The modal in which a flow is picked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sym.engine.form import OfferedFlow
from sym.slack.blocks import ids
from sym.slack.blocks.selector import picked, picked_id, selector, suggestions
from tests.slack_rules import loose_marks, problems_of_view

Golden = Callable[[str, Any], None]


def flow(slug: str, environment: str = "prod", label: str | None = None) -> OfferedFlow:
    return OfferedFlow(
        id=f"id-{slug}", slug=slug, label=label or slug.title(), environment=environment,
        environment_label=environment.title(),
    )  # fmt: skip


def made(*flows: OfferedFlow) -> dict[str, Any]:
    view = selector(flows, greeting="Hello <Alice>!", private_metadata="C1")
    assert problems_of_view(view) == []
    assert loose_marks(view) == []
    assert (view["callback_id"], view["private_metadata"]) == (ids.SELECTOR, "C1")
    return view


def element(*flows: OfferedFlow) -> dict[str, Any]:
    found: dict[str, Any] = made(*flows)["blocks"][-1]["element"]
    return found


def chosen(flow_id: str) -> dict[str, Any]:
    state = {"type": "static_select", "selected_option": {"value": flow_id}}
    return {ids.FLOW_PICK: {ids.FLOW_PICK: state}}


def test_flows_of_one_environment_are_one_list(golden: Golden) -> None:
    golden("selector", made(flow("deploy"), flow("database")))


def test_flows_of_several_environments_are_grouped(golden: Golden) -> None:
    golden("selector_environments", made(flow("deploy"), flow("sandbox", "dev"), flow("database")))


def test_without_flows_it_says_so_and_goes_nowhere(golden: Golden) -> None:
    view = made()
    golden("selector_empty", view)
    assert "submit" not in view


def test_an_only_flow_is_chosen_already() -> None:
    assert element(flow("deploy"))["initial_option"]["value"] == "id-deploy"
    assert "initial_option" not in element(flow("deploy"), flow("database"))


def test_flows_with_the_same_label_are_told_apart() -> None:
    options = element(flow("a", label="Access"), flow("b", label="Access"), flow("c", label="Other"))["options"]
    assert [option["text"]["text"] for option in options] == ["Access (a)", "Access (b)", "Other"]


def test_more_than_a_hundred_flows_are_searched_by_typing() -> None:
    flows = [flow(f"flow-{number}", f"env-{number % 2}") for number in range(150)]
    assert element(*flows)["type"] == "external_select"
    found = suggestions(flows, " FLOW-14")["option_groups"]
    assert [group["label"]["text"] for group in found] == ["Env-0", "Env-1"]
    assert sum(len(group["options"]) for group in found) == 11
    assert sum(len(group["options"]) for group in suggestions(flows, "")["option_groups"]) == 100
    assert suggestions(flows, "nothing") == {"options": []}


def test_what_was_picked_is_found_again() -> None:
    flows = [flow("deploy"), flow("database")]
    assert picked(chosen("id-database"), flows) == flows[1]
    assert picked_id(chosen("id-database")) == "id-database"
    assert picked(chosen("id-other"), flows) is None
    nothing = {ids.FLOW_PICK: {ids.FLOW_PICK: {"type": "static_select", "selected_option": None}}}
    assert (picked(nothing, flows), picked_id(nothing), picked_id({})) == (None, None, None)
