"""Who is there when it starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sym.simulator import cast
from sym.simulator.server import Simulator


def brought(document: Any) -> Simulator:
    simulator = Simulator()
    cast.bring(simulator, document)
    return simulator


def test_the_cast_has_everybody_a_demonstration_needs() -> None:
    simulator = brought(cast.DEFAULT)
    assert simulator.person("Ada Park").account.is_admin
    assert simulator.person("gil").account.is_guest
    assert simulator.person("sam@globex.test").account.is_stranger
    ops, security = simulator.channel("#ops"), simulator.channel("security")
    assert security.kind == "private_channel"
    assert simulator.installation.bot_user in ops.members
    general = simulator.channel("general")
    names = {simulator.workspace.accounts[member].name for member in general.members}
    assert names == {"Ada Park", "Ben Ruiz", "Cleo Tran"}


def test_two_starts_have_the_same_ids() -> None:
    first, second = brought(cast.DEFAULT), brought(cast.DEFAULT)
    assert first.team_id == second.team_id
    assert list(first.workspace.accounts) == list(second.workspace.accounts)
    assert list(first.workspace.conversations) == list(second.workspace.conversations)


def test_a_file_may_be_json_or_yaml(tmp_path: Path) -> None:
    document = {"workspace": "Globex", "people": [{"name": "Zoe Li"}], "channels": [{"name": "x", "members": ["zoe"]}]}
    (tmp_path / "people.json").write_text(json.dumps(document))
    (tmp_path / "people.yaml").write_text(
        "workspace: Globex\npeople:\n- name: Zoe Li\nchannels:\n- {name: x, members: [zoe]}"
    )
    for name in ("people.json", "people.yaml"):
        simulator = brought(cast.read(tmp_path / name))
        assert simulator.workspace.name == "Globex"
        assert simulator.channel("x").members == [simulator.person("Zoe Li").id]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"peple": []}, "the file: peple is not known"),
        ({"people": [{"email": "x"}]}, r"people\[0\]: name is missing"),
        ({"people": [{"name": "x", "age": 3}]}, r"people\[0\]: age is not known"),
        ({"channels": ["ops"]}, r"channels\[0\]: must be an object"),
        ({"channels": [{"name": "ops", "members": ["nobody"]}]}, r"channels\[0\].members\[0\]: there is nobody called"),
    ],
)
def test_a_mistake_is_named_with_its_place(document: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        brought(document)


@pytest.mark.parametrize("text", ["[]", "{", "people: [", "3"])
def test_a_file_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    for name in ("people.json", "people.yaml"):
        (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match=name):
            cast.read(tmp_path / name)
