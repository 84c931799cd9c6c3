"""A view is kept for as long as nothing it shows changes."""

from __future__ import annotations

from typing import Any

from sym.engine.views import view_flow
from sym.store.resources import find


def look(engine: Any) -> dict[str, Any]:
    with engine.store.reading() as conn:
        flow = find(conn, "flow", slug="flow")
        assert flow is not None
        return view_flow(conn, "acme", flow)


def names(view: dict[str, Any]) -> list[str]:
    return sorted(target["name"] for target in view["strategy"]["targets"])


def test_a_view_is_made_once(engine: Any) -> None:
    engine.flow()
    assert look(engine) is look(engine)


def test_what_is_declared_anew_is_seen_at_once(engine: Any) -> None:
    engine.flow()
    before = look(engine)
    document = {"type": "custom", "name": "admins", "label": "new", "settings": {"identifier": "other"}}
    engine.save("target", "admins", document)
    after = look(engine)
    assert [target["label"] for target in before["strategy"]["targets"]] != ["readers", "new"]
    assert {target["label"] for target in after["strategy"]["targets"]} == {"readers", "new"}


def test_a_target_that_is_deleted_and_one_that_comes_are_seen_at_once(engine: Any) -> None:
    engine.flow()
    assert names(look(engine)) == ["admins", "readers"]
    engine.strategy(targets=("readers",))
    assert names(look(engine)) == ["readers"]
    engine.strategy(targets=("readers", "late"))
    assert names(look(engine)) == ["late", "readers"]
