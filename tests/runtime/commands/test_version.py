from __future__ import annotations

from importlib.metadata import version

from tests.runtime.commands.conftest import Symflow


def test_it_prints_the_version_and_nothing_else(bare: Symflow) -> None:
    assert bare("version").stdout == f"{version('symflow')}\n"
    assert version("symflow") in bare("--version").stdout
