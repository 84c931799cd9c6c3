from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sym import plugins
from sym.errors import NotFound


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A distribution of somebody else's with a strategy, and an entry point that is no module."""
    (tmp_path / "acme_access.py").write_text("STRATEGY = 'of acme'\n\n\nclass NotAModule:\n    pass\n")
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[sym.strategies]\nacme_vault = acme_access\ncustom = acme_access\nnothing = acme_access:NotAModule\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme_access", raising=False)
    plugins._installed.cache_clear()
    yield tmp_path
    plugins._installed.cache_clear()


@pytest.mark.parametrize("shelf", plugins.SHELVES)
def test_every_item_on_a_shelf_can_be_loaded_by_its_name(shelf: str) -> None:
    for name in plugins.names(shelf):
        assert plugins.load(shelf, name).__name__ == f"sym.{shelf}.{name}"


def test_names_are_sorted_and_without_private_modules() -> None:
    found = plugins.names("resources")
    assert "flow" in found
    assert list(found) == sorted(found)
    assert not [name for shelf in plugins.SHELVES for name in plugins.names(shelf) if name.startswith("_")]


def test_an_unknown_type_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(NotFound) as caught:
        plugins.load("resources", "flwo")
    assert caught.value.message == "There is no resources type 'flwo'."
    assert "environment" in caught.value.hint
    assert "flow" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["", "__init__", "_private", "Flow", "flow.py", "flow ", "../flow", "os.path", "flow\n", "..errors", "flöw"]
)
def test_a_name_that_is_none_never_reaches_the_import_system(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_import(*_: object) -> None:
        raise AssertionError("something was imported")

    known = plugins.names("resources")
    monkeypatch.setattr(plugins, "names", lambda _: known)
    monkeypatch.setattr("importlib.util.find_spec", no_import)
    monkeypatch.setattr("importlib.import_module", no_import)
    with pytest.raises(NotFound):
        plugins.load("resources", name)


def test_there_are_only_so_many_shelves() -> None:
    with pytest.raises(ValueError, match="engine is not a shelf"):
        plugins.load("engine", "lifecycle")


def test_an_item_of_somebody_elses_is_found_by_its_entry_point(installed: Path) -> None:
    assert "acme_vault" in plugins.names("strategies")
    assert plugins.load("strategies", "acme_vault").STRATEGY == "of acme"


def test_what_is_built_in_comes_first(installed: Path) -> None:
    assert plugins.load("strategies", "custom").__name__ == "sym.strategies.custom"


def test_an_entry_point_must_name_a_module(installed: Path) -> None:
    with pytest.raises(NotFound):
        plugins.load("strategies", "nothing")
