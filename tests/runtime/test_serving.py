"""Which types are carried out: what their modules have decides it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sym import plugins, serving


@pytest.fixture
def shelf(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that is for one test part of the shelf that the test names."""
    package: ModuleType = __import__(f"sym.{request.param}", fromlist=["x"])
    package.__path__.append(str(tmp_path))
    yield tmp_path
    package.__path__.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith(f"sym.{request.param}.planted")]:
        del sys.modules[name]


CASES = [
    ("integrations", "def connect(host): ..."),
    ("integrations", "needs_no_connection = True"),
    ("strategies", "class Strategy: ..."),
    ("strategies", "needs_implementation = True"),
    ("log_destinations", "class Destination: ..."),
    ("secret_sources", "class Source: ..."),
]


@pytest.mark.parametrize(("shelf", "code"), CASES, indirect=["shelf"], ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_what_a_module_has_decides_whether_it_is_served(shelf: Path, code: str, request: pytest.FixtureRequest) -> None:
    (shelf / "planted_full.py").write_text(code)
    (shelf / "planted_bare.py").write_text("class Settings: ...\nneeds_implementation = needs_no_connection = False")
    name = request.node.callspec.params["shelf"]
    assert serving.is_served(name, "planted_full")
    assert not serving.is_served(name, "planted_bare")
    assert "planted_bare" in serving.not_served()[name]
    assert "planted_full" not in serving.not_served()[name]


def test_what_is_served_today_is_served() -> None:
    assert serving.is_served("strategies", "custom")
    assert serving.is_served("integrations", "custom")
    assert serving.is_served("secret_sources", "env")
    assert serving.is_served("secret_sources", "file")


@pytest.mark.parametrize("name", ["okta_in_2040", "", "../custom", "Custom", "_json_text"])
def test_a_type_that_is_not_on_the_shelf_is_not_served(name: str) -> None:
    assert not serving.is_served("strategies", name)


@pytest.mark.parametrize("shelf", ["resources", "nothing", ""])
def test_another_shelf_has_nothing_to_serve(shelf: str) -> None:
    with pytest.raises(ValueError, match="not a shelf"):
        serving.is_served(shelf, "custom")


def test_every_type_is_either_served_or_listed() -> None:
    listed = serving.not_served()
    assert tuple(listed) == serving.SHELVES
    for shelf, missing in listed.items():
        served = {name for name in plugins.names(shelf) if serving.is_served(shelf, name)}
        assert served | set(missing) == set(plugins.names(shelf))
        assert served.isdisjoint(missing)
