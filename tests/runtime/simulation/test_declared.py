"""What is read of a flow's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.errors import Invalid, NotFound
from sym.simulation import read_flow


def test_form_targets_and_variables_come_from_the_configuration(flow_folder: Path) -> None:
    flow = read_flow(flow_folder)
    assert (flow.name, flow.is_access, list(flow.targets)) == ("access", True, ["readers"])
    assert [field["name"] for field in flow.fields] == ["reason", "duration"]
    assert flow.variables == {"channel": "#ops"}
    assert flow.unknown == ("vars.region",)


def test_an_implementation_alone_is_a_flow_without_a_form(tmp_path: Path) -> None:
    (tmp_path / "impl.py").write_text("x = 1\n")
    flow = read_flow(tmp_path)
    assert (flow.name, flow.implementation, flow.fields, flow.is_access) == ("flow", "x = 1\n", (), False)


def test_a_folder_without_any_flow_is_refused(tmp_path: Path, flow_folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NotFound):
        read_flow(empty)
    with pytest.raises(NotFound, match="no such flow"):
        read_flow(flow_folder, "other")


def test_of_several_flows_one_has_to_be_named(flow_folder: Path) -> None:
    text = (flow_folder / "main.tf").read_text()
    (flow_folder / "more.tf").write_text(text[text.index('resource "sym_flow"') :].replace('"access"', '"other"'))
    with pytest.raises(Invalid, match="several flows"):
        read_flow(flow_folder)
    assert read_flow(flow_folder, "other").name == "other"
